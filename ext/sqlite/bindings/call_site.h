// EXPLAIN of the statements that run: what xBestIndex does not learn about the query around a call.
//
// SQLite tells a virtual table neither whether it stands alone in FROM or in a join, nor whether an
// equality compares with a parameter or with a column of another table, nor of NOT IN. All of it is
// in the bytecode of the running statement, which EXPLAIN lists:
//
//     VOpen    0       "vtab:55D0..."   this table, on cursor 0
//     Variable 1 a                      an argument: here a parameter
//     VFilter  0 end r                  xFilter; arguments in registers r + 2, ...
//     VColumn  0 1 b                    conditions: they jump to VNext where a row does not meet
//     them Found    2 next b                 ... NOT IN (list) VColumn  0 6 c the argument k, which
//     SQLite compares again, after those Ne       d next c
//     ...                               the row is used
//     VNext    0 loop                   xNext
//
// An EXPLAIN costs as much as preparing the statement, so it is for what is rare: an id that is not
// known, a condition that took a row away.
#pragma once

#include <cstdint>
#include <optional>

#include "sqlite/bindings/sqlite_api.h"

namespace subjrec {

struct CallSite {
  /// The call is the only table that its statement reads, and runs once.
  bool alone = false;
  /// Bit i: the i-th argument of xFilter is a literal or a parameter.
  uint32_t typed = 0;
  /// The conditions that SQLite tests on a row before it compares k, and that read the column of
  /// ids alone, take away what is in a list or equals a constant (NOT IN, <>), and no other table
  /// is read for them.
  bool excludes = false;
};

/// Asks once, when it is first needed.
class CallSiteQuery {
 public:
  /// The columns of the argument k and of the ids, or -1.
  CallSiteQuery(sqlite3* db, const sqlite3_vtab* table, int k_column, int id_column)
      : db_(db), table_(table), k_column_(k_column), id_column_(id_column) {}

  /// How the running statements call the table: where several do, what holds for each of them;
  /// where none can be listed, nothing.
  const CallSite& get();

 private:
  sqlite3* db_;
  const sqlite3_vtab* table_;
  int k_column_;
  int id_column_;
  std::optional<CallSite> site_;
};

}  // namespace subjrec
