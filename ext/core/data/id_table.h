// Ids of works, subjects and features: whatever the user's tables hold, kept as it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/digest.h"
#include "core/base/monitor.h"
#include "core/base/status.h"

namespace subjrec {

enum class IdKind : uint8_t { kInteger, kText, kBlob };

/// An id that somebody else keeps. Order is SQLite's: integers by value, then texts, then BLOBs,
/// both by their bytes.
struct IdView {
  IdKind kind = IdKind::kInteger;
  int64_t integer = 0;
  std::string_view bytes;  // text (UTF-8) or BLOB

  friend bool operator==(const IdView&, const IdView&) = default;
  friend bool operator<(const IdView& a, const IdView& b) {
    if (a.kind != b.kind) return a.kind < b.kind;
    return a.kind == IdKind::kInteger ? a.integer < b.integer : a.bytes < b.bytes;
  }
};

/// The id as an error message shows it: 42, 'cex557h4', x'00ff'; a long one is cut, and what would
/// break the line or turn it is escaped.
std::string id_text(const IdView& id);

/// A hash that is the same everywhere and for ever.
uint64_t hash_id(const IdView& id);

/// Adds the id, kind and all, to a digest.
void add_id(const IdView& id, Digest* digest);

struct IdAliases;
class IdTable;
/// That of each id.
std::vector<uint64_t> hashes_of(const IdTable& ids);

/// A list of distinct ids with a hash table to find them. Positions are given in order of
/// arrival until sort() puts the ids in order. One that append() alone has filled has no hash
/// table, and is searched by halves.
class IdTable {
 public:
  size_t size() const { return entries_.size(); }
  IdView operator[](size_t position) const;
  /// Room for so many ids in all, and for so many bytes of them.
  void reserve(size_t ids, size_t bytes);
  /// The position of `id`, added at the end if it is new.
  uint32_t intern(const IdView& id);
  /// The same where its hash_id() is known.
  uint32_t intern(const IdView& id, uint64_t hash);
  /// Asks memory for what a search for an id of that hash will read: its slot, and then, once that
  /// is there, the id in it.
  void prefetch_slot(uint64_t hash) const;
  void prefetch_entry(uint64_t hash) const;
  /// Adds `id` at the end of a list that append() alone has filled, if it is above all before it.
  bool append(const IdView& id);
  /// The position of `id`, or of what it is an alias of.
  std::optional<uint32_t> find(const IdView& id) const;
  /// Puts the ids in order. Returns, for each old position, the new one. Stopped, the table is as
  /// before.
  Result<std::vector<uint32_t>> sort(Monitor& monitor);

  /// Other ids by which find() finds some of these, from now on; after sort().
  void set_aliases(std::shared_ptr<const IdAliases> aliases) { aliases_ = std::move(aliases); }
  const IdAliases* aliases() const { return aliases_.get(); }

 private:
  struct Entry {
    IdKind kind;
    uint32_t length;
    int64_t where;  // the integer itself, the bytes themselves if they fit, or their offset
  };
  /// Where an id is: its position + 1, or 0 for an empty slot, and the low half of its hash, which
  /// tells nearly all other ids apart without looking at them.
  struct Slot {
    uint32_t next = 0;
    uint32_t hash = 0;
  };
  void add(const IdView& id);
  /// How many slots so many ids take, and no fewer than there are.
  size_t slots_for(size_t ids) const;
  void grow(size_t slots);
  size_t slot_of(const IdView& id, uint32_t hash) const;
  std::optional<uint32_t> find_by_halves(const IdView& id) const;

  std::vector<Entry> entries_;
  std::string bytes_;
  std::vector<Slot> slots_;  // a power of two of them
  uint32_t latest_ = 0;      // the position that intern() gave last
  std::shared_ptr<const IdAliases> aliases_;
};

/// Ids that stand for others: ids[i] for that at positions[i] of another table.
struct IdAliases {
  IdTable ids;
  std::vector<uint32_t> positions;
};

}  // namespace subjrec
