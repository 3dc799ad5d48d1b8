// Free space on the disk, before an import fills it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/status.h"
#include "sqlite/bindings/sqlite_api.h"
#include "sqlite/store/import_tables.h"

namespace subjrec {

/// An error where the tables of a first import, `table` among them, of at least `bytes`, do not fit
/// on the disk that has the database. An import into tables that are filled already may need next
/// to nothing, and a database in memory no disk: nothing is said of these.
Status check_import_space(sqlite3* db, std::string_view who, const std::string& schema,
                          const ImportTable& table, uint64_t bytes);

}  // namespace subjrec
