#include "sqlite/store/disk_space.h"

#include <optional>

#include "core/base/files.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/bindings/status.h"

namespace subjrec {
namespace {

Result<uint64_t> pragma(sqlite3* db, std::string_view who, const std::string& schema,
                        const char* name) {
  SUBJREC_ASSIGN(Statement query,
                 Statement::prepare(db, who, sql("PRAGMA \"%w\".%s", schema.c_str(), name)));
  SUBJREC_ASSIGN(const bool row, query.step(who));
  return row ? static_cast<uint64_t>(query.integer(0)) : 0;
}

}  // namespace

Status check_disk_space(sqlite3* db, std::string_view who, const std::string& schema,
                        uint64_t bytes, std::string_view what, std::string_view so) {
  const char* file = sqlite3_db_filename(db, schema.c_str());
  if (file == nullptr || *file == '\0') return {};
  std::string folder(file);
  folder.resize(folder.find_last_of('/') == std::string::npos ? 0 : folder.find_last_of('/'));
  const std::optional<uint64_t> free = free_disk_bytes(folder.empty() ? "." : folder);
  if (!free || *free >= bytes) return {};
  SUBJREC_ASSIGN(const uint64_t pages, pragma(db, who, schema, "freelist_count"));
  SUBJREC_ASSIGN(const uint64_t page_size, pragma(db, who, schema, "page_size"));
  const uint64_t left = *free + pages * page_size;
  if (left >= bytes) return {};
  constexpr uint64_t kMegabyte = 1000000;
  return {Code::kIo, std::string(who) + ": " + std::string(what) + " at least " +
                         std::to_string(bytes / kMegabyte + 1) + " MB, and the disk of '" + file +
                         "' has " + std::to_string(left / kMegabyte) + " MB left; " +
                         std::string(so)};
}

}  // namespace subjrec
