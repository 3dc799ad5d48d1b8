#include "core/data/id_table.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "core/base/one_line.h"
#include "core/base/random.h"

namespace subjrec {
namespace {

constexpr size_t kShownBytes = 120;  // of an id, in a message

}  // namespace

uint64_t hash_id(const IdView& id) {
  if (id.kind == IdKind::kInteger) return splitmix64(static_cast<uint64_t>(id.integer));
  uint64_t hash = static_cast<uint64_t>(id.kind) + id.bytes.size();
  const char* p = id.bytes.data();
  size_t left = id.bytes.size();
  while (left > 0) {
    uint64_t word = 0;
    const size_t take = std::min<size_t>(left, 8);
    std::memcpy(&word, p, take);
    hash = splitmix64(hash ^ word);
    p += take;
    left -= take;
  }
  return hash;
}

std::string id_text(const IdView& id) {
  if (id.kind == IdKind::kInteger) return std::to_string(id.integer);
  if (id.kind == IdKind::kText) {
    std::string text = "'";
    for (const char c : one_line(id.bytes, kShownBytes)) text.append(c == '\'' ? 2 : 1, c);
    return text + "'";
  }
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "x'";
  for (const char c : id.bytes.substr(0, kShownBytes)) {
    text += kDigits[static_cast<unsigned char>(c) >> 4];
    text += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return text + (id.bytes.size() > kShownBytes ? "...'" : "'");
}

std::vector<uint64_t> hashes_of(const IdTable& ids) {
  std::vector<uint64_t> hashes(ids.size());
  for (size_t i = 0; i < ids.size(); ++i) hashes[i] = hash_id(ids[i]);
  return hashes;
}

IdView IdTable::operator[](size_t position) const {
  const Entry& entry = entries_[position];
  if (entry.kind == IdKind::kInteger) return {entry.kind, entry.where, {}};
  return {entry.kind, 0, std::string_view(bytes_).substr(entry.where, entry.length)};
}

size_t IdTable::slot_of(const IdView& id) const {
  size_t slot = hash_id(id) & (slots_.size() - 1);
  while (slots_[slot] != 0 && !((*this)[slots_[slot] - 1] == id)) {
    slot = (slot + 1) & (slots_.size() - 1);
  }
  return slot;
}

void IdTable::rehash(size_t slots) {
  slots_.assign(slots, 0);
  for (size_t i = 0; i < entries_.size(); ++i) {
    slots_[slot_of((*this)[i])] = static_cast<uint32_t>(i) + 1;
  }
}

uint32_t IdTable::intern(const IdView& id) {
  if (slots_.size() < 2 * (entries_.size() + 1)) rehash(std::max<size_t>(64, slots_.size() * 2));
  const size_t slot = slot_of(id);
  if (slots_[slot] == 0) {
    const bool whole = id.kind == IdKind::kInteger;
    entries_.push_back({id.kind, static_cast<uint32_t>(id.bytes.size()),
                        whole ? id.integer : static_cast<int64_t>(bytes_.size())});
    bytes_.append(id.bytes);
    slots_[slot] = static_cast<uint32_t>(entries_.size());
  }
  return slots_[slot] - 1;
}

std::optional<uint32_t> IdTable::find(const IdView& id) const {
  const uint32_t found = slots_.empty() ? 0 : slots_[slot_of(id)];
  if (found != 0) return found - 1;
  if (!aliases_) return std::nullopt;
  const auto alias = aliases_->ids.find(id);
  if (!alias) return std::nullopt;
  return aliases_->positions[*alias];
}

Result<std::vector<uint32_t>> IdTable::sort(Monitor& monitor) {
  std::vector<uint32_t> order(entries_.size());
  std::iota(order.begin(), order.end(), 0);
  SUBJREC_TRY(stoppable_sort(
      order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return (*this)[a] < (*this)[b]; },
      monitor));
  std::vector<Entry> sorted;
  sorted.reserve(entries_.size());
  std::vector<uint32_t> moved(entries_.size());
  for (size_t i = 0; i < order.size(); ++i) {
    sorted.push_back(entries_[order[i]]);
    moved[order[i]] = static_cast<uint32_t>(i);
  }
  entries_ = std::move(sorted);
  if (!slots_.empty()) rehash(slots_.size());
  return moved;
}

}  // namespace subjrec
