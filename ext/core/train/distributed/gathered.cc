#include "core/train/distributed/gathered.h"

#include <memory>
#include <string>
#include <utility>

#include "core/base/available_memory.h"
#include "core/base/parallel.h"
#include "core/linalg/columns.h"
#include "core/linalg/sparse_product.h"
#include "core/train/distributed/composed_shards.h"
#include "core/train/distributed/ials_layout.h"
#include "core/train/distributed/ials_shards.h"
#include "core/train/distributed/protocol.h"
#include "core/train/memory.h"
#include "core/train/trainer.h"

namespace subjrec {
namespace {

constexpr size_t kPollEvery = 1 << 12;

/// Appends values [row.first, row.second) of `from`.
template <class T>
void append(const std::vector<T>& from, std::pair<uint64_t, uint64_t> row, std::vector<T>* to) {
  to->insert(to->end(), from.begin() + static_cast<ptrdiff_t>(row.first),
             from.begin() + static_cast<ptrdiff_t>(row.second));
}

}  // namespace

Status Gathered::add(uint32_t shard, const ShardRows& shard_rows, Monitor& monitor) {
  Poll poll(monitor, kPollEvery);
  const Interactions& y = shard_rows.interactions;
  const SparseRows& f = shard_rows.features;
  const size_t first_subject = subjects_.size();
  const size_t first_feature = features_.size();
  for (size_t w = 0; w < shard_rows.works.size(); ++w) {
    if (poll.stop()) return Status::interrupted();
    const uint32_t at = works_.intern(shard_rows.works[w]);
    if (at < shard_of_.size()) {
      return in_two_shards(shard_rows.works[w], shard_of_[at], shard);
    }
    shard_of_.push_back(shard);
    subject_rows_.emplace_back(first_subject + y.offsets[w], first_subject + y.offsets[w + 1]);
    const bool featureless = f.n_rows == 0;
    feature_rows_.emplace_back(first_feature + (featureless ? 0 : f.offsets[w]),
                               first_feature + (featureless ? 0 : f.offsets[w + 1]));
  }
  append(y.subjects, {0, y.subjects.size()}, &subjects_);
  if (y.weighted() || !subject_weights_.empty()) subject_weights_.resize(first_subject, 1.0f);
  append(y.weights, {0, y.weights.size()}, &subject_weights_);
  append(f.columns, {0, f.columns.size()}, &features_);
  append(f.weights, {0, f.weights.size()}, &weights_);
  return {};
}

Result<TrainData> Gathered::sorted(size_t n_subjects, size_t n_features, Monitor& monitor) {
  Poll poll(monitor, kPollEvery);
  SUBJREC_ASSIGN(const std::vector<uint32_t> moved, works_.sort(monitor));
  std::vector<uint32_t> from(moved.size());
  if (!subject_weights_.empty()) subject_weights_.resize(subjects_.size(), 1.0f);
  for (size_t i = 0; i < moved.size(); ++i) from[moved[i]] = static_cast<uint32_t>(i);
  TrainData data;
  Interactions& y = data.interactions;
  SparseRows& f = data.work_features;
  y.n_works = from.size();
  y.n_subjects = n_subjects;
  y.offsets.assign(1, 0);
  if (n_features > 0) {
    f.n_rows = from.size();
    f.n_columns = n_features;
    f.offsets.assign(1, 0);
  }
  for (const uint32_t i : from) {
    if (poll.stop()) return Status::interrupted();
    append(subjects_, subject_rows_[i], &y.subjects);
    if (!subject_weights_.empty()) append(subject_weights_, subject_rows_[i], &y.weights);
    y.offsets.push_back(y.subjects.size());
    if (n_features == 0) continue;
    append(features_, feature_rows_[i], &f.columns);
    append(weights_, feature_rows_[i], &f.weights);
    f.offsets.push_back(f.columns.size());
  }
  return data;
}

Status train_gathered(const TrainData& data, DistributedState* state, Monitor& monitor) {
  const TrainOptions& options = state->options;
  SUBJREC_TRY(check_memory(data, options, available_memory()));
  SUBJREC_ASSIGN(const std::unique_ptr<Trainer> trainer, make_trainer(data, options));
  while (state->epoch < options.epochs && !trainer->finished()) {
    SUBJREC_ASSIGN(state->loss, trainer->run_epoch(&state->history, monitor));
    ++state->epoch;
  }
  SUBJREC_ASSIGN(state->model, trainer->finish(monitor));
  if (!all_finite(state->model)) {
    return {Code::kInvalid,
            "the training diverged: its embeddings are not finite numbers any more; try a larger "
            "regularization"};
  }
  state->model.works.clear();
  return {};
}

Result<std::vector<float>> embed_works(const DistributedState& state, const ShardRows& shard_rows,
                                       Monitor& monitor) {
  if (state.options.algorithm == "ials") return solve_works(state, shard_rows, monitor);
  if (state.options.algorithm == "composed") return compose_rows(state, shard_rows, monitor);
  ThreadTeam team(resolve_threads(state.options.threads));
  SUBJREC_ASSIGN(const SparseRows columns,
                 subject_and_feature_columns(shard_rows.interactions, shard_rows.features,
                                             state.options.feature_weight, monitor));
  if (state.model.projection == nullptr) {
    return Status(Code::kCorrupt, "is damaged: it does not say how works are embedded");
  }
  return project(columns, *state.model.projection, team, monitor);
}

}  // namespace subjrec
