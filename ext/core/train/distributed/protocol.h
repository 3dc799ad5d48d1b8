// Training over shards: pure steps that any engine can drive (transition, merge and final, in the
// manner of MADlib's aggregates, repeated until the state says that it is done).
//
//     state = begin_run(options)
//     until state.done():
//       parts = answer(state, shard k's number, shard k's data)   for every k, anywhere
//       next_state(merged parts, &state)                          in one place
//     embed_works(state, works of a shard)                        for every k, anywhere
//
// Nothing depends on the machine: a step gives the same bytes wherever it runs and however often,
// and parts are merged in any order (core/train/distributed/part.h). So an engine may run, repeat
// and reorder as it likes. A part may be for another shard: those for one are merged, and are its
// inbox in all later steps until something is sent to it again.
//
// "ials" solves its rows where they are (core/train/distributed/ials_shards.h), "composed" trains
// in rounds (core/train/distributed/composed_shards.h). "ease" gathers what works carry and is
// trained by next_state(), in one place: its matrix is inverted there anyway, and what a work
// carries takes some 16 bytes and its id, less than what the work adds to the matrix of
// co-occurrences until there are more works than cells. So the model is that of subjrec_train over
// all shards together, with the same bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/train/distributed/part.h"
#include "core/train/distributed/shard_data.h"
#include "core/train/distributed/state.h"

namespace subjrec {

/// Options of a training as JSON, and "shards": how many there are. `who` opens the error texts.
Result<DistributedState> begin_run(std::string_view who, std::string_view json);

/// What the shard says to the state, and to other shards: the parts of one step. `inbox` is what
/// was sent to it last, or null. Code::kInvalid where its source is not what it was in the phase
/// "count", or the inbox is missing or another's.
Result<std::vector<Part>> answer(const DistributedState& state, std::string_view library,
                                 uint32_t shard, const ShardData& data, const Part* inbox,
                                 Monitor& monitor);

/// The state after `part`, which holds the parts of all shards. Code::kInvalid where one is
/// missing, is of another run or state, or has a work that another has too.
Status next_state(const Part& part, std::string_view library, DistributedState* state,
                  Monitor& monitor);

/// Whether the shard, or with kAllShards all of them in one, is what was counted.
inline constexpr uint32_t kAllShards = ~uint32_t{0};
Status check_counted(const DistributedState& state, uint32_t shard, const ShardCounts& counts);

/// The rows of works in a model that is trained: shard_rows.works x model.dim.
Result<std::vector<float>> embed_works(const DistributedState& state, const ShardRows& shard_rows,
                                       Monitor& monitor);

/// {"phase":...,"done":...,...}: see sql/REFERENCE.md.
std::string state_json(const DistributedState& state, size_t bytes);

}  // namespace subjrec
