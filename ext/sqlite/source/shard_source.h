// The arguments of the steps of a training over shards, and a shard's source.
#pragma once

#include <string>
#include <string_view>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/train/distributed/protocol.h"
#include "sqlite/source/source.h"

namespace subjrec {

/// The BLOB that is argument `at` (counted from 0), called `name`.
Result<std::string_view> blob_argument(std::string_view who, size_t at, std::string_view name,
                                       sqlite3_value* value);
/// Which is a state; a part.
Result<DistributedState> state_argument(std::string_view who, size_t at, sqlite3_value* value);
Result<Part> part_argument(std::string_view who, size_t at, sqlite3_value* value);

/// The source of a shard, which is argument 3.
Result<SourceText> source_argument(std::string_view who, sqlite3_value* value);

/// The number of a shard of the state.
Result<uint32_t> shard_number(std::string_view who, size_t at, const DistributedState& state,
                              sqlite3_value* value);

/// Reads pairs and features of the works, as subjrec_train does.
Result<ShardData> read_shard(sqlite3* db, std::string_view who, const SourceText& source,
                             const TrainOptions& options, Monitor& monitor);

}  // namespace subjrec
