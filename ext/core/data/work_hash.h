// Hashes of works: of an id, and of what a work carries in whatever order (a multiset hash: Clarke
// and others 2003), by which a catalogue is compared with its source without its rows.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/random.h"
#include "core/base/status.h"
#include "core/data/id_table.h"

namespace subjrec {

/// What a subject adds to the hash of a work, which is the sum over all that it carries; of a
/// subject its hash_id(), and its weight in the work.
inline uint64_t carried_hash(uint64_t subject, float weight) {
  uint32_t bits = 0;
  if (weight != 1) std::memcpy(&bits, &weight, sizeof bits);
  return splitmix64(subject + bits);
}

/// Finds a hash among distinct ones.
class HashIndex {
 public:
  /// Nothing where two are the same.
  static Result<std::optional<HashIndex>> build(std::vector<uint64_t> hashes, Monitor& monitor);

  size_t size() const { return hashes_.size(); }
  uint64_t operator[](size_t position) const { return hashes_[position]; }

  static constexpr uint32_t kNone = ~uint32_t{0};
  /// Its position, or kNone.
  uint32_t find(uint64_t hash) const {
    for (size_t slot = hash & mask_;; slot = (slot + 1) & mask_) {
      const Slot& taken = slots_[slot];
      if (taken.next == 0) return kNone;
      if (taken.hash == hash) return taken.next - 1;
    }
  }
  /// Fetches what find() will read: an index is larger than a cache.
  void prefetch([[maybe_unused]] uint64_t hash) const {
#if defined(__GNUC__)
    __builtin_prefetch(&slots_[hash & mask_]);
#endif
  }

 private:
  /// A hash and its position + 1, or 0 for an empty slot.
  struct Slot {
    uint64_t hash = 0;
    uint32_t next = 0;
  };

  std::vector<uint64_t> hashes_;
  std::vector<Slot> slots_;  // a power of two of them
  size_t mask_ = 0;
};

}  // namespace subjrec
