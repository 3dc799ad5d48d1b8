// The 'work' or 'subject' argument that similarity functions share.
#pragma once

#include "core/base/status.h"
#include "sqlite/bindings/sqlite_api.h"

namespace subjrec {

enum class Kind { kWork, kSubject };

/// The kind at argument `at`, counted from 0, or an error that names it.
Result<Kind> read_kind(std::string_view who, size_t at, sqlite3_value* value);

}  // namespace subjrec
