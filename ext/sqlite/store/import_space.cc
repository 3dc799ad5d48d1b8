#include "sqlite/store/import_space.h"

#include <optional>

#include "core/base/files.h"
#include "sqlite/store/import_tables.h"

namespace subjrec {

Status check_import_space(sqlite3* db, std::string_view who, const std::string& schema,
                          const ImportTable& table, uint64_t bytes) {
  const char* file = sqlite3_db_filename(db, schema.c_str());
  if (file == nullptr || *file == '\0') return {};
  SUBJREC_ASSIGN(const bool filled, check_import_table(db, who, schema, table));
  if (filled) return {};
  std::string folder(file);
  folder.resize(folder.find_last_of('/') == std::string::npos ? 0 : folder.find_last_of('/'));
  const std::optional<uint64_t> free = free_disk_bytes(folder.empty() ? "." : folder);
  if (!free || *free >= bytes) return {};
  constexpr uint64_t kMegabyte = 1000000;
  return {Code::kIo, std::string(who) + ": the tables need at least " +
                         std::to_string(bytes / kMegabyte + 1) + " MB, and the disk of '" + file +
                         "' has " + std::to_string(*free / kMegabyte) +
                         " MB left; nothing was imported"};
}

}  // namespace subjrec
