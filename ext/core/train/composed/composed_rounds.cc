#include "core/train/composed/composed_rounds.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "core/train/composed/composed_batches.h"

namespace subjrec {
namespace {

constexpr uint64_t kOrderStream = 0x726f756e;
constexpr uint32_t kPollEvery = 1 << 12;

/// The slice of round `round` in a list of `n`.
size_t slice_begin(size_t n, int64_t round, const TrainOptions& options) {
  return n * static_cast<size_t>(round) / static_cast<size_t>(options.rounds);
}

/// Steps of an epoch before round `round`.
size_t steps_before(size_t n, int64_t round, const TrainOptions& options) {
  size_t steps = 0;
  for (int64_t r = 0; r < round; ++r) {
    steps += batch_count(slice_begin(n, r + 1, options) - slice_begin(n, r, options), options);
  }
  return steps;
}

/// The rows of `now` that differ from those of `before`.
Result<ChangedRows> changes(const SparseAdam& before, const SparseAdam& now, Monitor& monitor) {
  ChangedRows changed;
  for (std::vector<float>* rows : {&changed.value, &changed.first, &changed.second}) {
    rows->reserve(now.value.size());
  }
  const size_t bytes = now.stride * sizeof(float);
  Poll poll(monitor, kPollEvery);
  for (size_t r = 0; r < now.rows(); ++r) {
    if (poll.stop()) return Status::interrupted();
    const size_t at = r * now.stride;
    const auto differs = [&](const std::vector<float>& a, const std::vector<float>& b) {
      return std::memcmp(a.data() + at, b.data() + at, bytes) != 0;
    };
    if (!differs(before.first, now.first) && !differs(before.second, now.second) &&
        !differs(before.value, now.value)) {
      continue;
    }
    changed.rows.push_back(static_cast<uint32_t>(r));
    const auto add = [&](const std::vector<float>& from, std::vector<float>* to) {
      to->insert(to->end(), from.data() + at, from.data() + at + now.stride);
    };
    add(now.value, &changed.value);
    add(now.first, &changed.first);
    add(now.second, &changed.second);
  }
  return changed;
}

}  // namespace

Result<RoundResult> train_round(const RoundPlace& place, std::span<const uint32_t> works,
                                const ShardTraining& training, ComposedNetwork* network,
                                ThreadTeam& team, Monitor& monitor) {
  const TrainOptions& options = training.options;
  const auto seed = static_cast<uint64_t>(options.seed);
  const uint64_t stream =
      splitmix64(splitmix64(kOrderStream + place.shard) + static_cast<uint64_t>(place.epoch));
  std::vector<uint32_t> order(works.begin(), works.end());
  Random(seed, stream).shuffle(std::span(order));
  Random random(seed, splitmix64(stream + 1 + static_cast<uint64_t>(place.round)));
  const size_t begin = slice_begin(order.size(), place.round, options);
  const size_t n = slice_begin(order.size(), place.round + 1, options) - begin;
  const size_t an_epoch = steps_before(order.size(), options.rounds, options);
  const size_t done = static_cast<size_t>(place.epoch - 1) * an_epoch +
                      steps_before(order.size(), place.round, options);
  network->set_steps(done);
  SparseAdam subjects = network->subjects().own();
  SparseAdam inputs = network->inputs().own();
  RoundResult result;
  std::vector<EncoderInputs> pieces;
  const size_t batches = batch_count(n, options);
  for (size_t b = 0; b < batches; ++b) {
    const size_t from = begin + n * b / batches;
    const size_t to = begin + n * (b + 1) / batches;
    SUBJREC_ASSIGN(const ComposedBatch batch, draw_batch(training.interactions, training.examples,
                                                         std::span(order).subspan(from, to - from),
                                                         place.epoch, &pieces, team, monitor));
    const double rate =
        scheduled_rate(options, static_cast<double>(done + b + 1),
                       static_cast<double>(an_epoch) * static_cast<double>(options.epochs));
    const SampledClasses& sampled = training.sampler.draw(&random);
    SUBJREC_ASSIGN(const double loss,
                   network->step(batch, sampled, rate, random.next(), team, monitor));
    result.loss += loss * static_cast<double>(to - from);
  }
  result.examples = n;
  SUBJREC_ASSIGN(result.subjects, changes(subjects, network->subjects().own(), monitor));
  SUBJREC_ASSIGN(result.inputs, changes(inputs, network->inputs().own(), monitor));
  std::swap(network->subjects().own(), subjects);
  std::swap(network->inputs().own(), inputs);
  return result;
}

Status merge_rows(std::span<const ChangedRows* const> shards, SparseAdam* table, Monitor& monitor) {
  const size_t stride = table->stride;
  std::vector<size_t> next(shards.size(), 0);
  std::vector<double> sums(3 * stride);
  Poll poll(monitor, kPollEvery);
  for (size_t r = 0; r < table->rows(); ++r) {
    if (poll.stop()) return Status::interrupted();
    std::fill(sums.begin(), sums.end(), 0.0);
    float* value = table->value.data() + r * stride;
    double touched = 0;
    for (size_t k = 0; k < shards.size(); ++k) {
      const ChangedRows& of = *shards[k];
      if (next[k] == of.rows.size() || of.rows[next[k]] != r) continue;
      const size_t at = next[k]++ * stride;
      ++touched;
      for (size_t i = 0; i < stride; ++i) {
        sums[i] += double{of.value[at + i]} - double{value[i]};
        sums[stride + i] += double{of.first[at + i]};
        sums[2 * stride + i] += double{of.second[at + i]};
      }
    }
    if (touched == 0) continue;
    const double scale = 1 / std::sqrt(touched);
    for (size_t i = 0; i < stride; ++i) {
      value[i] = static_cast<float>(double{value[i]} + sums[i] * scale);
      table->first[r * stride + i] = static_cast<float>(sums[stride + i] / touched);
      table->second[r * stride + i] = static_cast<float>(sums[2 * stride + i] / touched);
    }
  }
  return {};
}

Status merge_results(std::span<const RoundResult> shards, SparseAdam* subjects, SparseAdam* inputs,
                     Monitor& monitor) {
  std::vector<const ChangedRows*> of_subjects;
  std::vector<const ChangedRows*> of_inputs;
  for (const RoundResult& shard : shards) {
    of_subjects.push_back(&shard.subjects);
    of_inputs.push_back(&shard.inputs);
  }
  SUBJREC_TRY(merge_rows(of_subjects, subjects, monitor));
  return merge_rows(of_inputs, inputs, monitor);
}

}  // namespace subjrec
