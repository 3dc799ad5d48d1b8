// What type a column of a stored row has, which anybody may have changed.
#pragma once

#include "sqlite/bindings/sqlite_api.h"
#include "sqlite/bindings/statement.h"

namespace subjrec {

inline bool is_number(const Statement& query, int column) {
  const int type = sqlite3_value_type(query.value(column));
  return type == SQLITE_FLOAT || type == SQLITE_INTEGER;
}

inline bool is_count(const Statement& query, int column) {
  return sqlite3_value_type(query.value(column)) == SQLITE_INTEGER && query.integer(column) >= 0;
}

}  // namespace subjrec
