#include "sqlite/store/import_space.h"

#include "sqlite/store/disk_space.h"
#include "sqlite/store/import_tables.h"

namespace subjrec {

Status check_import_space(sqlite3* db, std::string_view who, const std::string& schema,
                          const ImportTable& table, uint64_t bytes) {
  SUBJREC_ASSIGN(const bool filled, check_import_table(db, who, schema, table));
  if (filled) return {};
  return check_disk_space(db, who, schema, bytes, "the tables need", "nothing was imported");
}

}  // namespace subjrec
