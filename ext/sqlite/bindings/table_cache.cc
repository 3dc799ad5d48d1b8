#include "sqlite/bindings/table_cache.h"

#include <algorithm>

namespace subjrec {
namespace {

constexpr size_t kMostNames = 256;
constexpr size_t kManyObjects = 16;  // from which on those of tables that are gone are looked for

}  // namespace

bool TableCache::exists(const Table& table) const {
  return sqlite3_table_column_metadata(db_, table.first.c_str(), table.second.c_str(), nullptr,
                                       nullptr, nullptr, nullptr, nullptr, nullptr) == SQLITE_OK;
}

std::shared_ptr<CachedObject> TableCache::find_named(std::string_view text) const {
  const auto name = names_.find(text);
  if (name == names_.end()) return nullptr;
  const std::vector<Table>& before = name->second.before;
  if (std::any_of(before.begin(), before.end(), [this](const Table& t) { return exists(t); })) {
    return nullptr;
  }
  return find(name->second.table);
}

std::shared_ptr<CachedObject> TableCache::find(const Table& table) const {
  const auto at = objects_.find(table);
  return at == objects_.end() ? nullptr : at->second;
}

void TableCache::keep(std::string_view text, const Table& table, std::vector<Table> before,
                      std::shared_ptr<CachedObject> object) {
  if (names_.size() >= kMostNames) names_.clear();
  names_.insert_or_assign(std::string(text), Name{table, std::move(before)});
  if (objects_.size() >= kManyObjects && objects_.count(table) == 0) {
    std::erase_if(objects_, [this](const auto& entry) { return !exists(entry.first); });
  }
  objects_.insert_or_assign(table, std::move(object));
}

void TableCache::finalize_statements() {
  for (auto& [table, object] : objects_) object->finalize_statements();
}

}  // namespace subjrec
