#include "core/train/composed/composed_network.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/base/portable_math.h"
#include "core/linalg/sum_rows.h"
#include "core/train/composed/composed_kernels.h"
#include "core/train/optim/adam.h"

namespace subjrec {
namespace {

constexpr float kNever = -1e30f;
constexpr size_t kBlockRows = 24;  // whose scores stay in the second-level cache
constexpr size_t kGroup = 512;     // sampled classes packed together
constexpr size_t kColumnsPerPiece = 128;
constexpr size_t kLongRow = 20000;  // scores, from which each row is worth a look at the monitor
constexpr uint64_t kSubjectStream = 1;
constexpr uint64_t kInputStream = 2;
constexpr uint64_t kWorkVectorStream = 4;

size_t round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }

float dot(const float* a, const float* b, size_t n) {
  float sum = 0;
  for (size_t k = 0; k < n; ++k) sum += a[k] * b[k];
  return sum;
}

std::vector<uint32_t> distinct(std::vector<uint32_t> numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

void draw_starts(uint64_t draw, uint64_t row, float (&start)[16]) {
  const uint64_t base = splitmix64(draw ^ splitmix64(row));
  for (uint64_t lane = 0; lane < 16; ++lane) {
    start[lane] = static_cast<float>(splitmix64(base + lane) >> 41) * 0x1.0p-23f;
  }
}

}  // namespace

size_t composed_stride(size_t dim) { return round_up(dim + 1, 16); }

size_t composed_input_stride(size_t dim) { return round_up(dim, 16); }

Status EmbeddingTower::initialise(const Start& start, const std::function<bool(size_t)>& used,
                                  ThreadTeam& team, Monitor& monitor) {
  SUBJREC_TRY(draw_rows(start, used, &own_, team, monitor));
  if (shared_.empty()) return {};
  whole_.resize(own_.value.size());
  return shared_.initialise(start, team, monitor);
}

Status EmbeddingTower::refresh(std::span<const uint32_t> which, ThreadTeam& team,
                               Monitor& monitor) {
  if (shared_.empty()) return {};
  shared_.pack();
  const size_t stride = own_.stride;
  return team.run((which.size() + kColumnsPerPiece - 1) / kColumnsPerPiece,
                  [&](size_t piece) {
                    const size_t begin = piece * kColumnsPerPiece;
                    const size_t n = std::min(kColumnsPerPiece, which.size() - begin);
                    std::vector<float> made(n * stride);
                    shared_.compose(own_, which.subspan(begin, n), made.data());
                    for (size_t i = 0; i < n; ++i) {
                      std::copy_n(made.data() + i * stride, stride,
                                  whole_.data() + which[begin + i] * stride);
                    }
                  },
                  monitor);
}

Status EmbeddingTower::refresh_all(ThreadTeam& team, Monitor& monitor) {
  if (shared_.empty()) return {};
  std::vector<uint32_t> all(own_.rows());
  std::iota(all.begin(), all.end(), 0);
  return refresh(all, team, monitor);
}

Status EmbeddingTower::update(const ColumnTerms& terms, const std::vector<float>& rows,
                              const RowStep& step, ThreadTeam& team, Monitor& monitor) {
  if (shared_.empty()) return update_rows(terms, rows, step, &own_, nullptr, team, monitor);
  SUBJREC_TRY(update_rows(terms, rows, step, &own_, &gradients_, team, monitor));
  return shared_.update(terms.columns, gradients_, step, team, monitor);
}

ComposedNetwork::ComposedNetwork(const TrainData& data, size_t n_inputs,
                                 std::vector<float> log_popularity, const TrainOptions& options)
    : dim_(static_cast<size_t>(options.embedding_dim)),
      stride_(composed_stride(dim_)),
      // A map of prior vectors has rows of one length for what it adds and for its gradients.
      input_stride_(data.work_vectors.empty() ? composed_input_stride(dim_) : stride_),
      options_(options),
      log_popularity_(std::move(log_popularity)),
      subject_features_(shared_features(data.subject_features)),
      inputs_(n_inputs, subject_features_, data.subject_vectors, log_popularity_.size(),
              input_stride_),
      subjects_(log_popularity_.size(), subject_features_, data.subject_vectors,
                log_popularity_.size(), stride_),
      work_vectors_(data.work_vectors, stride_),
      subject_terms_(log_popularity_.size()),
      input_terms_(n_inputs) {}

Status ComposedNetwork::initialise(const std::function<bool(size_t)>& used, ThreadTeam& team,
                                   Monitor& monitor) {
  Start start{dim_, static_cast<float>(options_.init_stddev), static_cast<uint64_t>(options_.seed),
              kSubjectStream};
  SUBJREC_TRY(subjects_.initialise(
      start, [](size_t) { return true; }, team, monitor));
  start.stream = kInputStream;
  SUBJREC_TRY(inputs_.initialise(start, used, team, monitor));
  start.stream = kWorkVectorStream;
  return work_vectors_.initialise(start, team, monitor);
}

Status ComposedNetwork::refresh(ThreadTeam& team, Monitor& monitor) {
  SUBJREC_TRY(subjects_.refresh_all(team, monitor));
  SUBJREC_TRY(inputs_.refresh_all(team, monitor));
  work_vectors_.pack();
  return {};
}

/// The same for the rows that a step reads alone.
Status ComposedNetwork::make_current(const ComposedBatch& batch, const SampledClasses& sampled,
                                     ThreadTeam& team, Monitor& monitor) {
  work_vectors_.pack();
  if (sampled.all) {
    SUBJREC_TRY(subjects_.refresh_all(team, monitor));
  } else if (subjects_.is_shared()) {
    std::vector<uint32_t> read = sampled.subjects;
    read.insert(read.end(), batch.hidden.begin(), batch.hidden.end());
    SUBJREC_TRY(subjects_.refresh(distinct(std::move(read)), team, monitor));
  }
  if (!inputs_.is_shared()) return {};
  return inputs_.refresh(distinct(batch.work_inputs.index), team, monitor);
}

void ComposedNetwork::embed(const EncoderInputs& work_inputs, size_t row, uint32_t work,
                            float* h) const {
  const size_t first = work_inputs.offsets[row];
  sum_rows(inputs_.rows().data(), input_stride_, work_inputs.index.data() + first,
           work_inputs.coefficient.data() + first, work_inputs.size(row), h);
  const float coefficient = work_inputs.vector_coefficient[row];
  if (coefficient != 0) work_vectors_.add_to({&work, 1}, {&coefficient, 1}, h);
}

void ComposedNetwork::pack(const SampledClasses& sampled, size_t group) {
  const size_t begin = group * kGroup;
  const size_t n = std::min(sampled.subjects.size() - begin, kGroup);
  const float* rows = subjects_.row(begin);
  if (!sampled.all) {
    for (size_t c = begin; c < begin + n; ++c) {
      std::copy_n(subjects_.row(sampled.subjects[c]), stride_, chosen_.data() + c * stride_);
    }
    rows = chosen_.data() + begin * stride_;
  }
  for (size_t c = begin; c < begin + n; ++c) {
    offsets_[c] = log_popularity_[sampled.subjects[c]] - sampled.log_chance[c];
  }
  packed_[group].emplace(MatrixView{rows, n, dim_ + 1, stride_, 1}.transposed());
}

void ComposedNetwork::run_row(const ComposedBatch& batch, const SampledClasses& sampled, size_t row,
                              uint64_t draw, float* scores, Scratch* scratch, Terms* terms) {
  const size_t n = scratch->index.size();
  for (const uint32_t s : batch.own[row]) {
    const auto at = std::lower_bound(sampled.subjects.begin(), sampled.subjects.end(), s);
    if (at != sampled.subjects.end() && *at == s) {
      scores[at - sampled.subjects.begin()] = kNever;
    }
  }
  const uint32_t hidden = batch.hidden[row];
  const float wanted = dot(vectors_.data() + row * stride_, subjects_.row(hidden), dim_ + 1) +
                       log_popularity_[hidden];
  float maximum = 0;
  float sum = 0;
  exponentiate(scores, n, &maximum, &sum);
  // The softmax of the hidden subject against the sum over its sampled classes.
  const double ratio = sum * portable_exp(double{maximum} - wanted);
  losses_[row] = portable_log(1 + ratio);
  const double share = ratio / (1 + ratio) / sum;
  float start[16];
  draw_starts(draw, row, start);
  const auto least = static_cast<float>(1.0 / options_.gradient_samples);
  const size_t count = thin(scores, n, static_cast<float>(share), least, start,
                            scratch->index.data(), scratch->kept.data());
  const float scale = 1.0f / static_cast<float>(batch.hidden.size());
  for (size_t e = 0; e < count; ++e) {
    // Where the training diverges, what fills up the last sixteen may be kept as well.
    if (scratch->index[e] >= sampled.subjects.size()) break;
    terms->add(sampled.subjects[scratch->index[e]], scratch->kept[e] * scale);
  }
  terms->add(hidden, static_cast<float>(-ratio / (1 + ratio)) * scale);
  terms->end_row();
}

Status ComposedNetwork::run_block(const ComposedBatch& batch, const SampledClasses& sampled,
                                  size_t block, uint64_t draw, Monitor& monitor) {
  Scratch scratch;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!spare_.empty()) {
      scratch = std::move(spare_.back());
      spare_.pop_back();
    }
  }
  const size_t n = offsets_.size();
  scratch.scores.resize(kBlockRows * n);
  scratch.index.resize(n);
  scratch.kept.resize(n);
  scratch.gradient.resize(stride_);
  const size_t begin = block * kBlockRows;
  const size_t end = std::min(begin + kBlockRows, batch.hidden.size());
  for (size_t r = begin; r < end; ++r) {
    const size_t first = batch.work_inputs.offsets[r];
    sum_rows(inputs_.rows().data(), input_stride_, batch.work_inputs.index.data() + first,
             batch.work_inputs.coefficient.data() + first, batch.work_inputs.size(r),
             vectors_.data() + r * stride_);
  }
  if (!work_vectors_.empty()) {
    work_vectors_.add_to(
        std::span(batch.works).subspan(begin, end - begin),
        std::span(batch.work_inputs.vector_coefficient).subspan(begin, end - begin),
        vectors_.data() + begin * stride_);
  }
  for (size_t r = begin; r < end; ++r) vectors_[r * stride_ + dim_] = 1;
  for (size_t r = begin; r < end; ++r) {
    std::copy(offsets_.begin(), offsets_.end(), scratch.scores.begin() + (r - begin) * n);
  }
  const MatrixView block_vectors{vectors_.data() + begin * stride_, end - begin, dim_ + 1, stride_,
                                 1};
  Poll poll(monitor, 16);
  for (size_t g = 0; g < packed_.size(); ++g) {
    if (poll.stop()) return Status::interrupted();
    multiply_add(1, block_vectors, *packed_[g], scratch.scores.data() + g * kGroup, n);
  }
  Terms& terms = gradient_terms_[block];
  terms.clear();
  for (size_t r = begin; r < end; ++r) {
    if (offsets_.size() > kLongRow && monitor.stop()) return Status::interrupted();
    const size_t first = terms.index.size();
    run_row(batch, sampled, r, draw, scratch.scores.data() + (r - begin) * n, &scratch, &terms);
    sum_rows(subjects_.rows().data(), stride_, terms.index.data() + first,
             terms.coefficient.data() + first, terms.index.size() - first, scratch.gradient.data());
    scratch.gradient[dim_] = 0;
    std::copy_n(scratch.gradient.data(), input_stride_,
                vector_gradient_.data() + r * input_stride_);
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  spare_.push_back(std::move(scratch));
  return {};
}

void ComposedNetwork::set_steps(uint64_t steps) {
  power1_ = power(options_.beta1, steps);
  power2_ = power(options_.beta2, steps);
}

RowStep ComposedNetwork::adam_step(double rate) {
  power1_ *= options_.beta1;
  power2_ *= options_.beta2;
  RowStep step;
  const double correction = std::sqrt(1 - power2_);
  step.rate = static_cast<float>(rate * correction / (1 - power1_));
  step.beta1 = static_cast<float>(options_.beta1);
  step.beta2 = static_cast<float>(options_.beta2);
  step.epsilon = static_cast<float>(options_.epsilon * correction);
  step.decay = static_cast<float>(rate * options_.regularization);
  return step;
}

Status ComposedNetwork::update(const ComposedBatch& batch, const SampledClasses& sampled,
                               double rate, ThreadTeam& team, Monitor& monitor) {
  const RowStep adam = adam_step(rate);
  SUBJREC_TRY(subjects_.update(subject_terms_.transpose(gradient_terms_, sampled.all), vectors_,
                               adam, team, monitor));
  const Terms& work_inputs = batch.work_inputs;
  SUBJREC_TRY(inputs_.update(input_terms_.transpose({&work_inputs, 1}, false), vector_gradient_,
                             adam, team, monitor));
  return work_vectors_.update(batch.works, batch.work_inputs.vector_coefficient,
                              vector_gradient_.data(), adam, team, monitor);
}

Result<double> ComposedNetwork::step(const ComposedBatch& batch, const SampledClasses& sampled,
                                     double rate, uint64_t draw, ThreadTeam& team,
                                     Monitor& monitor) {
  const size_t n_rows = batch.hidden.size();
  const size_t n_blocks = (n_rows + kBlockRows - 1) / kBlockRows;
  const size_t n_groups = (sampled.subjects.size() + kGroup - 1) / kGroup;
  vectors_.resize(n_rows * stride_);
  vector_gradient_.resize(n_rows * input_stride_);
  losses_.resize(n_rows);
  gradient_terms_.resize(n_blocks);
  packed_.resize(n_groups);
  offsets_.assign(round_up(sampled.subjects.size(), 16), kNever);
  if (!sampled.all) chosen_.resize(sampled.subjects.size() * stride_);

  SUBJREC_TRY(make_current(batch, sampled, team, monitor));
  SUBJREC_TRY(team.run(
      n_groups, [&](size_t group) { pack(sampled, group); }, monitor));
  SUBJREC_TRY(team.try_run(
      n_blocks,
      [&](size_t block, Monitor& asked) { return run_block(batch, sampled, block, draw, asked); },
      monitor));
  SUBJREC_TRY(update(batch, sampled, rate, team, monitor));
  double loss = 0;
  for (const double l : losses_) loss += l;
  return loss / static_cast<double>(n_rows);
}

}  // namespace subjrec
