// "composed" over shards: each trains on its own works from the parameters of the state, and
// subjrec_next merges what they have changed (core/train/composed/composed_rounds.h).
//
// The first turn after the count ("exchange") carries nothing but claims, so that a work in two
// shards is noticed. Then each round is a turn ("round"). Pairs that are kept out of training lie
// in the state, and subjrec_next calibrates by them.
#pragma once

#include <string>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/train/distributed/ials_shards.h"
#include "core/train/distributed/shard_data.h"
#include "core/train/distributed/state.h"

namespace subjrec {

/// After the exchange: draws the first parameters.
Status start_composed(DistributedState* state, Monitor& monitor);

/// What the shard makes of the parameters in one round. Code::kInvalid where the claims in `inbox`
/// have a work of two shards.
Result<std::string> round_piece(const DistributedState& state, uint32_t shard,
                                const ShardRows& shard_rows, const Pieces& inbox, Monitor& monitor);

Status next_after_round(const Pieces& pieces, DistributedState* state, Monitor& monitor);

/// The rows of works in the trained model.
Result<std::vector<float>> compose_rows(const DistributedState& state, const ShardRows& shard_rows,
                                        Monitor& monitor);

}  // namespace subjrec
