#include "core/data/work_hash.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "core/base/aligned.h"

namespace subjrec {
namespace {

constexpr size_t kAhead = 16;  // hashes whose slots are fetched

}  // namespace

Result<std::optional<HashIndex>> HashIndex::build(std::vector<uint64_t> given, Monitor& monitor) {
  HashIndex index;
  index.hashes_ = std::move(given);
  const std::vector<uint64_t>& hashes = index.hashes_;
  const size_t slots = std::bit_ceil(2 * hashes.size() + 2);
  index.slots_.reserve(slots);
  advise_huge_pages(index.slots_.data(), slots * sizeof(Slot));
  index.slots_.resize(slots);
  index.mask_ = index.slots_.size() - 1;
  Poll poll(monitor, 1 << 14);
  for (size_t i = 0; i < hashes.size(); ++i) {
    if (poll.stop()) return Status::interrupted();
    if (i + kAhead < hashes.size()) index.prefetch(hashes[i + kAhead]);
    size_t slot = hashes[i] & index.mask_;
    for (; index.slots_[slot].next != 0; slot = (slot + 1) & index.mask_) {
      if (index.slots_[slot].hash == hashes[i]) return std::optional<HashIndex>();
    }
    index.slots_[slot] = {hashes[i], static_cast<uint32_t>(i + 1)};
  }
  return std::optional<HashIndex>(std::move(index));
}

}  // namespace subjrec
