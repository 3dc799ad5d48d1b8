// The works of all shards in one place, and "ease" trained on them.
#pragma once

#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/train/distributed/shard_data.h"
#include "core/train/distributed/state.h"

namespace subjrec {

class Gathered {
 public:
  /// Code::kInvalid where a work is in a shard that was added before.
  Status add(uint32_t shard, const ShardRows& shard_rows, Monitor& monitor);

  /// All works in the order of their ids: what subjrec_train would read from all shards.
  Result<TrainData> sorted(size_t n_subjects, size_t n_features, Monitor& monitor);
  /// Their ids, in that order.
  const IdTable& works() const { return works_; }

 private:
  IdTable works_;
  std::vector<uint32_t> shard_of_;
  // Of each work, in the order in which they came.
  std::vector<std::pair<uint64_t, uint64_t>> subject_rows_;  // begin and end in subjects_
  std::vector<std::pair<uint64_t, uint64_t>> feature_rows_;
  std::vector<uint32_t> subjects_;
  std::vector<float> subject_weights_;  // as many, or none so far
  std::vector<uint32_t> features_;
  std::vector<float> weights_;
};

/// Trains by state->options, and leaves the model, without works, and its history in the state.
Status train_gathered(const TrainData& data, DistributedState* state, Monitor& monitor);

}  // namespace subjrec
