#include "core/data/id_table.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "core/base/one_line.h"
#include "core/base/random.h"

namespace subjrec {
namespace {

constexpr size_t kShownBytes = 120;  // of an id, in a message

/// What decides most comparisons of two ids without going to their bytes.
struct SortKey {
  uint64_t leading;
  uint32_t position;
  IdKind kind;
};

/// A number that is in the order of the ids of one kind: the integer, or the first eight bytes;
/// where two are equal, the ids themselves decide.
uint64_t leading(const IdView& id) {
  if (id.kind == IdKind::kInteger) return static_cast<uint64_t>(id.integer) ^ (uint64_t{1} << 63);
  uint64_t first = 0;
  for (size_t i = 0; i < 8; ++i) {
    const char byte = i < id.bytes.size() ? id.bytes[i] : '\0';
    first = first << 8 | static_cast<unsigned char>(byte);
  }
  return first;
}

}  // namespace

void add_id(const IdView& id, Digest* digest) {
  digest->add_word(static_cast<uint64_t>(id.kind));
  digest->add_word(static_cast<uint64_t>(id.integer));
  digest->add(id.bytes);
}

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
  if (entry.length <= sizeof entry.where) {
    return {entry.kind, 0, {reinterpret_cast<const char*>(&entry.where), entry.length}};
  }
  return {entry.kind, 0, std::string_view(bytes_).substr(entry.where, entry.length)};
}

size_t IdTable::slot_of(const IdView& id, uint32_t hash) const {
  const size_t mask = slots_.size() - 1;
  size_t slot = hash & mask;
  while (slots_[slot].next != 0 &&
         !(slots_[slot].hash == hash && (*this)[slots_[slot].next - 1] == id)) {
    slot = (slot + 1) & mask;
  }
  return slot;
}

void IdTable::grow(size_t slots) {
  if (slots == slots_.size()) return;
  const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots));
  const auto put = [&](const Slot& taken) {
    size_t slot = taken.hash & (slots - 1);
    while (slots_[slot].next != 0) slot = (slot + 1) & (slots - 1);
    slots_[slot] = taken;
  };
  for (const Slot& taken : old) {
    if (taken.next != 0) put(taken);
  }
  if (!old.empty()) return;
  for (size_t i = 0; i < entries_.size(); ++i) {
    put({static_cast<uint32_t>(i) + 1, static_cast<uint32_t>(hash_id((*this)[i]))});
  }
}

void IdTable::add(const IdView& id) {
  Entry entry{id.kind, static_cast<uint32_t>(id.bytes.size()), id.integer};
  if (id.kind != IdKind::kInteger) {
    if (id.bytes.size() <= sizeof entry.where) {
      std::copy(id.bytes.begin(), id.bytes.end(), reinterpret_cast<char*>(&entry.where));
    } else {
      entry.where = static_cast<int64_t>(bytes_.size());
      bytes_.append(id.bytes);
    }
  }
  entries_.push_back(entry);
}

bool IdTable::append(const IdView& id) {
  if (!slots_.empty() || (!entries_.empty() && !((*this)[entries_.size() - 1] < id))) return false;
  add(id);
  return true;
}

std::optional<uint32_t> IdTable::find_by_halves(const IdView& id) const {
  const auto found = std::lower_bound(
      entries_.begin(), entries_.end(), id, [this](const Entry& entry, const IdView& wanted) {
        return (*this)[static_cast<size_t>(&entry - entries_.data())] < wanted;
      });
  const auto position = static_cast<uint32_t>(found - entries_.begin());
  if (found == entries_.end() || (*this)[position] != id) return std::nullopt;
  return position;
}

void IdTable::reserve(size_t ids, size_t bytes) {
  entries_.reserve(ids);
  bytes_.reserve(bytes);
  if (!slots_.empty()) grow(slots_for(ids));
}

size_t IdTable::slots_for(size_t ids) const {
  size_t slots = std::max<size_t>(64, slots_.size());
  while (slots < 2 * (ids + 1)) slots *= 2;
  return slots;
}

void IdTable::prefetch_slot(uint64_t hash) const {
  if (!slots_.empty())
    __builtin_prefetch(&slots_[static_cast<uint32_t>(hash) & (slots_.size() - 1)]);
}

void IdTable::prefetch_entry(uint64_t hash) const {
  if (slots_.empty()) return;
  const Slot& slot = slots_[static_cast<uint32_t>(hash) & (slots_.size() - 1)];
  if (slot.next != 0) __builtin_prefetch(&entries_[slot.next - 1]);
}

uint32_t IdTable::intern(const IdView& id) {
  // Rows mostly come work by work.
  if (latest_ < entries_.size() && (*this)[latest_] == id) return latest_;
  return intern(id, hash_id(id));
}

uint32_t IdTable::intern(const IdView& id, uint64_t whole_hash) {
  if (slots_.size() < 2 * (entries_.size() + 1)) {
    grow(slots_for(slots_.empty() ? entries_.capacity() : entries_.size()));
  }
  const auto hash = static_cast<uint32_t>(whole_hash);
  Slot& slot = slots_[slot_of(id, hash)];
  if (slot.next == 0) {
    add(id);
    slot = {static_cast<uint32_t>(entries_.size()), hash};
  }
  latest_ = slot.next - 1;
  return latest_;
}

std::optional<uint32_t> IdTable::find(const IdView& id) const {
  if (slots_.empty()) {
    if (const auto found = find_by_halves(id)) return found;
  } else if (const uint32_t next = slots_[slot_of(id, static_cast<uint32_t>(hash_id(id)))].next) {
    return next - 1;
  }
  if (!aliases_) return std::nullopt;
  const auto alias = aliases_->ids.find(id);
  if (!alias) return std::nullopt;
  return aliases_->positions[*alias];
}

Result<std::vector<uint32_t>> IdTable::sort(Monitor& monitor) {
  Poll poll(monitor, 1 << 14);
  std::vector<SortKey> order;
  order.reserve(entries_.size());
  bool in_order = true;
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (poll.stop()) return Status::interrupted();
    const IdView id = (*this)[i];
    in_order = in_order && (i == 0 || (*this)[i - 1] < id);
    order.push_back({leading(id), static_cast<uint32_t>(i), id.kind});
  }
  std::vector<uint32_t> moved(entries_.size());
  if (in_order) {
    std::iota(moved.begin(), moved.end(), 0);
    return moved;
  }
  const auto before = [&](const SortKey& a, const SortKey& b) {
    if (a.kind != b.kind) return a.kind < b.kind;
    if (a.leading != b.leading) return a.leading < b.leading;
    return (*this)[a.position] < (*this)[b.position];
  };
  SUBJREC_TRY(stoppable_sort(order.begin(), order.end(), before, monitor));
  std::vector<Entry> sorted;
  sorted.reserve(entries_.size());
  for (size_t i = 0; i < order.size(); ++i) {
    sorted.push_back(entries_[order[i].position]);
    moved[order[i].position] = static_cast<uint32_t>(i);
  }
  entries_ = std::move(sorted);
  for (Slot& slot : slots_) {
    if (slot.next != 0) slot.next = moved[slot.next - 1] + 1;
  }
  return moved;
}

}  // namespace subjrec
