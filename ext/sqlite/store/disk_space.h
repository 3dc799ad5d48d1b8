// Free space on a database's disk, before something fills it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/status.h"
#include "sqlite/bindings/sqlite_api.h"

namespace subjrec {

/// An error where fewer than `bytes` are left on the disk that has the database `schema`, its free
/// pages included: "<who>: <what> at least 35 MB, and the disk of '<file>' has 3 MB left; <so>".
/// Nothing is said of a database in memory, and where the system does not say what is left.
Status check_disk_space(sqlite3* db, std::string_view who, const std::string& schema,
                        uint64_t bytes, std::string_view what, std::string_view so);

}  // namespace subjrec
