// Which shard has which column, and the matrix of some works with or without what is kept out.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/train/distributed/shard_data.h"
#include "core/train/distributed/state.h"

namespace subjrec {

/// The shard of each column, subjects before features: the heaviest column first, to the shard with
/// the least so far (longest processing time).
std::vector<uint32_t> column_owners(const DistributedState& state);
/// Those of one shard, ascending.
std::vector<uint32_t> columns_of(const DistributedState& state, uint32_t shard);

/// The works by columns; unless `whole`, without what is kept out to calibrate by.
Result<SparseRows> laid_out(const ShardRows& shard_rows, const DistributedState& state, bool whole,
                            Monitor& monitor);

/// The entries of these columns, which are numbered anew from 0.
SparseRows only_columns(const SparseRows& rows, const std::vector<uint32_t>& columns);

/// Who claims which work.
class Claims {
 public:
  /// Code::kInvalid where another shard claimed one of the works.
  Status add(uint32_t shard, const IdTable& works);

 private:
  IdTable works_;
  std::vector<uint32_t> shards_;
};

/// Some of the works, by position, ascending.
ShardRows some_of(const ShardRows& shard_rows, const std::vector<uint32_t>& works);

/// The error for a work in two shards.
Status in_two_shards(const IdView& work, uint32_t one, uint32_t other);

}  // namespace subjrec
