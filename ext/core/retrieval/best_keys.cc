#include "core/retrieval/best_keys.h"

#include <array>

namespace subjrec {

// A radix sort by the upper half alone: each pass is stable, so equal scores stay in order of item.
Status sort_keys(std::vector<uint64_t>* keys, Monitor& monitor) {
  constexpr uint64_t kDigits = 2048;
  constexpr std::array<int, 3> kShifts = {32, 43, 54};
  std::vector<uint64_t> sorted(keys->size());
  for (const int shift : kShifts) {
    std::array<size_t, kDigits + 1> start{};
    for (const uint64_t key : *keys) ++start[(key >> shift) % kDigits + 1];
    for (size_t digit = 0; digit < kDigits; ++digit) start[digit + 1] += start[digit];
    for (const uint64_t key : *keys) sorted[start[(key >> shift) % kDigits]++] = key;
    keys->swap(sorted);
    if (monitor.stop()) return Status::interrupted();
  }
  return {};
}

}  // namespace subjrec
