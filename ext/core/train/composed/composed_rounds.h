// Training in rounds (local SGD): parts of the works, the shards, train by themselves from the same
// parameters, and then what they have changed is merged.
//
//   row = old + (sum of the changes of the T shards that touched it) / sqrt(T)
//
// Adam's moments of such a row are the means over the T. Federated averaging (McMahan et al. 2017)
// divides by all shards, which starves the rows of rare subjects; FedSubAvg (Ding et al. 2022) by
// T, which needs more rounds: with the root a common subject moves further than the mean does, and
// one that a single shard knows goes all the way.
//
// An epoch has options.rounds rounds. In each of them a shard goes through a slice of its works, in
// an order that follows from seed, epoch and shard, and everything that is drawn follows from
// these, the round and the works' ids. So the parameters do not depend on where a shard is trained.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/train/composed/composed_network.h"
#include "core/train/composed/example_source.h"
#include "core/train/composed/negative_sampler.h"

namespace subjrec {

/// Which round, of which shard. Epochs count from 1, the others from 0.
struct RoundPlace {
  int64_t epoch = 1;
  int64_t round = 0;
  uint32_t shard = 0;
};

/// Rows that a round has touched, ascending, as it left them.
struct ChangedRows {
  std::vector<uint32_t> rows;
  std::vector<float> value;  // rows x stride, as the moments
  std::vector<float> first;
  std::vector<float> second;
};

struct RoundResult {
  ChangedRows subjects;
  ChangedRows inputs;
  double loss = 0;  // summed over the examples
  uint64_t examples = 0;
};

/// What a shard trains with.
struct ShardTraining {
  const Interactions& interactions;
  const ExampleSource& examples;
  const TrainOptions& options;
  NegativeSampler& sampler;  // over the whole catalogue
};

/// The parameters that all shards of a round start from.
struct RoundStart {
  const SparseAdam& subjects;
  const SparseAdam& inputs;
};

/// Trains `network`, whose parameters are those of `start`, on the slice of `works`, the shard's
/// examples in the order of their ids, and leaves it as it was. What `result` has room for is used
/// again: fresh memory would cost more than the training.
Status train_round(const RoundPlace& place, std::span<const uint32_t> works,
                   const ShardTraining& training, const RoundStart& start, ComposedNetwork* network,
                   ThreadTeam& team, Monitor& monitor, RoundResult* result);

/// Merges what shards made of the rows of one table. They are added in their order, which decides
/// how sums are rounded, and forgotten: it holds twice a table, however many they are.
class RowMerge {
 public:
  /// `before` is the table that all of them started from.
  Status add(const ChangedRows& changed, const SparseAdam& before, Monitor& monitor);
  /// Puts the merged rows into `table`, which is `before`, and into `copy`, where it is not null.
  /// The next add() is that of another round.
  Status apply(SparseAdam* table, SparseAdam* copy, Monitor& monitor);

 private:
  std::vector<uint32_t> touched_;  // how many shards changed each row
  std::vector<double> sums_;       // rows x (changes of values, first and second moments) x stride
};

}  // namespace subjrec
