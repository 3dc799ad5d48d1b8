// Ids that are interned some at a time, so that memory is asked for all of them at once: in a table
// of millions each would wait for memory by itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/data/id_table.h"

namespace subjrec {

/// Keeps ids, and interns them in their order.
class IdBatch {
 public:
  static constexpr size_t kMost = 64;

  size_t size() const { return ids_.size(); }
  void add(const IdView& id, const IdTable& table);
  /// Their positions, valid until the next call; the batch is empty then.
  const std::vector<uint32_t>& intern_into(IdTable* table);

 private:
  struct Kept {
    IdKind kind;
    int64_t integer;
    size_t end;  // of its bytes
    uint64_t hash;
  };
  std::vector<Kept> ids_;
  std::string bytes_;
  std::vector<uint32_t> positions_;
};

}  // namespace subjrec
