// A part: what one step on one shard has to say, and what several have, merged.
//
// A part holds pieces, one for each shard that it speaks for. Merging is the union of the pieces,
// so it is commutative, associative and idempotent: any order, any grouping and a part that comes
// twice give the same bytes. Sums over shards are formed where the pieces are complete, by
// next_state() (core/train/distributed/protocol.h), in the order of the shards.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/base/status.h"

namespace subjrec {

struct Part {
  std::string run;        // whose part it is: digest of the run's options and number of shards
  std::string state;      // the state that it answers: digest of its bytes
  std::string phase;      // of that state, for messages
  int32_t to_shard = -1;  // for which shard it is; -1: for subjrec_next
  std::map<uint32_t, std::string> pieces;
};

std::string encode_part(const Part& part, std::string_view library);
Result<Part> decode_part(std::string_view blob, std::string_view library);

/// Adds the pieces of `other`. Code::kInvalid where it is of another run, state or receiver, or has
/// another piece of a shard that is in `part` already.
Status merge_part(Part other, Part* part);

}  // namespace subjrec
