// Which shard a work is in: the one rule of the import, which deals works out to several databases,
// and of the training in rounds, which does on one machine what these do.
#pragma once

#include <cstdint>

#include "core/base/random.h"

namespace subjrec {

/// `work_key` is hash_id() of the work's id (core/data/id_table.h); from 0 to shards - 1.
inline uint32_t shard_of(uint64_t work_key, uint32_t shards) {
  return static_cast<uint32_t>(splitmix64(work_key) % shards);
}

}  // namespace subjrec
