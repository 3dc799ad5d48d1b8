// Many rows into one table, quickly.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "sqlite/bindings/statement.h"

namespace subjrec {

/// Gathers rows of text and inserts some dozens with one statement: per row, an INSERT costs
/// SQLite less than half as much that way.
class RowInserter {
 public:
  /// `columns` are named in the statement; `conflict` closes it ("ON CONFLICT DO NOTHING").
  static Result<RowInserter> prepare(sqlite3* db, std::string_view who, const std::string& table,
                                     const std::string& columns, int column_count,
                                     const std::string& conflict);

  /// Copies the row. A text whose data() is null is NULL.
  Status add(std::span<const std::string_view> row);
  /// Inserts what is gathered; call it at the end.
  Status flush();

  int64_t changes() const { return changes_; }

 private:
  static constexpr int kRows = 50;

  Status insert(Statement* statement, size_t rows, size_t first);

  std::string_view who_;
  sqlite3* db_ = nullptr;
  size_t columns_ = 0;
  size_t rows_at_once_ = 0;
  Statement many_, one_;
  std::string bytes_;
  std::vector<size_t> ends_;  // of the values, in bytes_; the highest bit says NULL
  size_t gathered_ = 0;
  int64_t changes_ = 0;
};

}  // namespace subjrec
