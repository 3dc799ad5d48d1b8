// "ials" over shards: works are solved where they are, and again where their subjects are.
//
// The columns (subjects and features) are dealt out to the shards, heaviest first. Once, each shard
// sends the works that carry a column to the shard of the column ("exchange"). An epoch is then two
// turns: shards solve the works of their own file and send W'W as sums of integers ("works"); and
// each solves the works it was sent, and from them its columns ("columns"). A work is solved again
// wherever one of its columns is, which is cheaper than to send its vector; nothing of the works
// crosses the wire after the first turn. Before the last of several epochs there is one more turn
// "works", since what was kept out to calibrate by has then come in.
//
// Every row is solved whole, from the same inputs, in the order of the ids, and what is summed over
// shards are integers. So the model is that of IalsTrainer, byte for byte.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/train/distributed/part.h"
#include "core/train/distributed/shard_data.h"
#include "core/train/distributed/state.h"

namespace subjrec {

using Pieces = std::map<uint32_t, std::string>;

/// In the phase "count": works that may be kept out to calibrate by.
std::string encode_candidates(const ShardData& shard, const TrainOptions& options);
/// Draws what is kept out; `pieces` are those of encode_candidates(), `vocabularies` in the same
/// order. Code::kInvalid where nothing can be kept out.
Status draw_kept_out(const std::vector<ShardVocabulary>& vocabularies,
                     const std::vector<std::string>& pieces, DistributedState* state,
                     Monitor& monitor);

/// For each shard what this one sends to it: works, and claims of works.
Result<Pieces> exchange_pieces(const DistributedState& state, const ShardRows& shard_rows,
                               Monitor& monitor);
/// Sums over the works of this shard.
Result<std::string> works_piece(const DistributedState& state, const ShardRows& shard_rows,
                                Monitor& monitor);
/// The columns of this shard, from what others sent it. Code::kInvalid where two of them have one
/// work.
Result<std::string> columns_piece(const DistributedState& state, uint32_t shard,
                                  const Pieces& inbox, Monitor& monitor);

/// What follows from the pieces of all shards.
Status start_ials(DistributedState* state, Monitor& monitor);
Status next_after_works(const Pieces& pieces, DistributedState* state, Monitor& monitor);
Status next_after_columns(const Pieces& pieces, DistributedState* state, Monitor& monitor);

/// The rows of works in the trained model.
Result<std::vector<float>> solve_works(const DistributedState& state, const ShardRows& shard_rows,
                                       Monitor& monitor);

}  // namespace subjrec
