#include "sqlite/bindings/row_inserter.h"

#include <algorithm>

#include "sqlite/bindings/status.h"

namespace subjrec {

namespace {
constexpr size_t kNullBit = ~(~size_t{0} >> 1);
}

Result<RowInserter> RowInserter::prepare(sqlite3* db, std::string_view who,
                                         const std::string& table, const std::string& columns,
                                         int column_count, const std::string& conflict) {
  RowInserter inserter;
  inserter.who_ = who;
  inserter.db_ = db;
  inserter.columns_ = static_cast<size_t>(column_count);
  const int most = sqlite3_limit(db, SQLITE_LIMIT_VARIABLE_NUMBER, -1) / column_count;
  inserter.rows_at_once_ = static_cast<size_t>(std::clamp(most, 1, kRows));
  std::string row = "(?";
  for (int i = 1; i < column_count; ++i) row += ",?";
  row += ")";
  const std::string head = "INSERT INTO " + table + "(" + columns + ") VALUES ";
  // An upsert after VALUES is unambiguous; after a SELECT it would need a WHERE.
  SUBJREC_ASSIGN(inserter.one_, Statement::prepare(db, who, head + row + " " + conflict,
                                                   SQLITE_PREPARE_PERSISTENT));
  std::string rows = row;
  for (size_t i = 1; i < inserter.rows_at_once_; ++i) rows.append(",").append(row);
  SUBJREC_ASSIGN(inserter.many_, Statement::prepare(db, who, head + rows + " " + conflict,
                                                    SQLITE_PREPARE_PERSISTENT));
  return inserter;
}

Status RowInserter::add(std::span<const std::string_view> row) {
  for (const std::string_view value : row) {
    bytes_.append(value);
    ends_.push_back(value.data() == nullptr ? bytes_.size() | kNullBit : bytes_.size());
  }
  if (++gathered_ < rows_at_once_) return {};
  SUBJREC_TRY(insert(&many_, gathered_, 0));
  bytes_.clear();
  ends_.clear();
  gathered_ = 0;
  return {};
}

Status RowInserter::flush() {
  for (size_t row = 0; row < gathered_; ++row) SUBJREC_TRY(insert(&one_, 1, row));
  bytes_.clear();
  ends_.clear();
  gathered_ = 0;
  return {};
}

Status RowInserter::insert(Statement* statement, size_t rows, size_t first) {
  size_t start = first == 0 ? 0 : ends_[first * columns_ - 1] & ~kNullBit;
  for (size_t i = 0; i < rows * columns_; ++i) {
    const size_t end = ends_[first * columns_ + i];
    const int at = static_cast<int>(i) + 1;
    // The bytes stay where they are until the statement has run.
    const int code = (end & kNullBit) != 0
                         ? sqlite3_bind_null(statement->get(), at)
                         : sqlite3_bind_text64(statement->get(), at, bytes_.data() + start,
                                               end - start, SQLITE_STATIC, SQLITE_UTF8);
    if (code != SQLITE_OK) return sql_error(db_, who_);
    start = end & ~kNullBit;
  }
  SUBJREC_TRY(statement->run(who_));
  changes_ += sqlite3_changes(db_);
  return {};
}

}  // namespace subjrec
