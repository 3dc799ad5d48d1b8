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

constexpr auto kParts = {&SparseAdam::value, &SparseAdam::first, &SparseAdam::second};

void copy_row(const SparseAdam& from, size_t r, SparseAdam* to) {
  for (const auto part : kParts) {
    std::copy_n((from.*part).data() + r * from.stride, from.stride,
                (to->*part).data() + r * from.stride);
  }
}

bool same_row(const SparseAdam& a, const SparseAdam& b, size_t r) {
  return std::all_of(kParts.begin(), kParts.end(), [&](const auto part) {
    return std::memcmp((a.*part).data() + r * a.stride, (b.*part).data() + r * a.stride,
                       a.stride * sizeof(float)) == 0;
  });
}

/// Moves the touched rows of `now` that differ from those of `before` to `changed`, and puts those
/// of `before` in their place.
Status take_changes(const SparseAdam& before, SparseAdam* now, ChangedRows* changed,
                    Monitor& monitor) {
  Poll poll(monitor, kPollEvery);
  changed->rows.clear();
  for (size_t r = 0; r < now->rows(); ++r) {
    if (poll.stop()) return Status::interrupted();
    if (now->touched[r] != 0 && !same_row(before, *now, r)) {
      changed->rows.push_back(static_cast<uint32_t>(r));
    }
  }
  const size_t stride = now->stride;
  const auto take = [&](const std::vector<float>& from, std::vector<float>* to) {
    to->resize(changed->rows.size() * stride);
    float* out = to->data();
    for (const uint32_t r : changed->rows) {
      std::copy_n(from.data() + r * stride, stride, out);
      out += stride;
    }
  };
  take(now->value, &changed->value);
  take(now->first, &changed->first);
  take(now->second, &changed->second);
  for (const uint32_t r : changed->rows) {
    if (poll.stop()) return Status::interrupted();
    copy_row(before, r, now);
  }
  now->touched.clear();
  return {};
}

}  // namespace

Status train_round(const RoundPlace& place, std::span<const uint32_t> works,
                   const ShardTraining& training, const RoundStart& start, ComposedNetwork* network,
                   ThreadTeam& team, Monitor& monitor, RoundResult* result) {
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
  for (SparseAdam* table : {&network->subjects().own(), &network->inputs().own()}) {
    table->touched.assign(table->rows(), 0);
  }
  result->loss = 0;
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
    result->loss += loss * static_cast<double>(to - from);
  }
  result->examples = n;
  SUBJREC_TRY(take_changes(start.subjects, &network->subjects().own(), &result->subjects, monitor));
  return take_changes(start.inputs, &network->inputs().own(), &result->inputs, monitor);
}

Status RowMerge::add(const ChangedRows& changed, const SparseAdam& before, Monitor& monitor) {
  const size_t stride = before.stride;
  touched_.resize(before.rows(), 0);
  SUBJREC_TRY(grow_zeroed(&sums_, before.rows() * 3 * stride, monitor));
  Poll poll(monitor, kPollEvery);
  for (size_t at = 0; at < changed.rows.size(); ++at) {
    if (poll.stop()) return Status::interrupted();
    const size_t r = changed.rows[at];
    double* sums = sums_.data() + r * 3 * stride;
    if (touched_[r]++ == 0) std::fill_n(sums, 3 * stride, 0.0);
    for (size_t i = 0; i < stride; ++i) {
      sums[i] += double{changed.value[at * stride + i]} - double{before.value[r * stride + i]};
      sums[stride + i] += double{changed.first[at * stride + i]};
      sums[2 * stride + i] += double{changed.second[at * stride + i]};
    }
  }
  return {};
}

Status RowMerge::apply(SparseAdam* table, SparseAdam* copy, Monitor& monitor) {
  const size_t stride = table->stride;
  Poll poll(monitor, kPollEvery);
  for (size_t r = 0; r < touched_.size(); ++r) {
    if (poll.stop()) return Status::interrupted();
    const double touched = touched_[r];
    if (touched == 0) continue;
    touched_[r] = 0;
    const double* sums = sums_.data() + r * 3 * stride;
    const double scale = 1 / std::sqrt(touched);
    float* value = table->value.data() + r * stride;
    for (size_t i = 0; i < stride; ++i) {
      value[i] = static_cast<float>(double{value[i]} + sums[i] * scale);
      table->first[r * stride + i] = static_cast<float>(sums[stride + i] / touched);
      table->second[r * stride + i] = static_cast<float>(sums[2 * stride + i] / touched);
    }
    if (copy != nullptr) copy_row(*table, r, copy);
  }
  return {};
}

}  // namespace subjrec
