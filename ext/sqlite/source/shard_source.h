// The arguments of the steps of a training over shards, and a shard's source.
#pragma once

#include <string>
#include <string_view>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/train/distributed/protocol.h"
#include "sqlite/bindings/arguments.h"
#include "sqlite/source/source.h"

namespace subjrec {

/// The state, or the part, that is argument `at` (counted from 0).
Result<DistributedState> state_argument(const Arguments& arguments, size_t at);
Result<Part> part_argument(const Arguments& arguments, size_t at);

/// The source of a shard, which is argument 3; `who` speaks of it.
Result<SourceText> source_argument(const Arguments& arguments, const std::string& who);

/// The number of a shard of the state.
Result<uint32_t> shard_number(const Arguments& arguments, size_t at, const DistributedState& state);

/// Reads pairs and features of the works, as subjrec_train does.
Result<ShardData> read_shard(sqlite3* db, std::string_view who, const SourceText& source,
                             const TrainOptions& options, Monitor& monitor);

}  // namespace subjrec
