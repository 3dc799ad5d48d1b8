#include "core/data/id_batch.h"

namespace subjrec {

void IdBatch::add(const IdView& id, const IdTable& table) {
  const uint64_t hash = hash_id(id);
  table.prefetch_slot(hash);
  bytes_.append(id.bytes);
  ids_.push_back({id.kind, id.integer, bytes_.size(), hash});
}

const std::vector<uint32_t>& IdBatch::intern_into(IdTable* table) {
  for (const Kept& id : ids_) table->prefetch_entry(id.hash);
  positions_.clear();
  size_t begin = 0;
  for (const Kept& id : ids_) {
    const std::string_view bytes = std::string_view(bytes_).substr(begin, id.end - begin);
    positions_.push_back(table->intern({id.kind, id.integer, bytes}, id.hash));
    begin = id.end;
  }
  ids_.clear();
  bytes_.clear();
  return positions_;
}

}  // namespace subjrec
