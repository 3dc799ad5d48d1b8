// Hits as whole numbers: the order of the numbers is the order of the hits.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"

namespace subjrec {

/// An item's position and its score.
struct ScoredItem {
  uint32_t item = 0;
  float score = 0;
  bool operator==(const ScoredItem&) const = default;
};

/// Keys ascend from the best hit to the worst: higher score first, then lower item.
inline uint64_t hit_key(float score, uint32_t item) {
  uint32_t bits;
  std::memcpy(&bits, &score, sizeof bits);
  const uint32_t ascending = (bits & 0x80000000u) != 0 ? ~bits : bits | 0x80000000u;
  return uint64_t{~ascending} << 32 | item;
}

inline float key_score(uint64_t key) {
  const uint32_t ascending = ~static_cast<uint32_t>(key >> 32);
  const uint32_t bits = (ascending & 0x80000000u) != 0 ? ascending & 0x7fffffffu : ~ascending;
  float score;
  std::memcpy(&score, &bits, sizeof score);
  return score;
}

inline void write_hits(std::span<const uint64_t> keys, std::vector<ScoredItem>* out) {
  out->resize(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    (*out)[i] = {static_cast<uint32_t>(keys[i]), key_score(keys[i])};
  }
}

/// Sorts keys whose items ascend, in three passes over them; asks the monitor between the passes.
Status sort_keys(std::vector<uint64_t>* keys, Monitor& monitor);

/// The k best keys seen, k > 0, the worst of them on top of a heap.
class BestKeys {
 public:
  BestKeys(size_t k, std::vector<uint64_t>* keys) : k_(k), keys_(*keys) { keys_.clear(); }

  /// What a score must reach to get in.
  float threshold() const {
    return keys_.size() < k_ ? -std::numeric_limits<float>::infinity() : key_score(keys_.front());
  }
  bool would_take(uint64_t key) const { return keys_.size() < k_ || key < keys_.front(); }
  void take(uint64_t key) {
    if (keys_.size() == k_) {
      std::pop_heap(keys_.begin(), keys_.end());
      keys_.back() = key;
    } else {
      keys_.push_back(key);
    }
    std::push_heap(keys_.begin(), keys_.end());
  }
  std::span<const uint64_t> sorted() {
    std::sort_heap(keys_.begin(), keys_.end());
    return keys_;
  }

 private:
  size_t k_;
  std::vector<uint64_t>& keys_;
};

}  // namespace subjrec
