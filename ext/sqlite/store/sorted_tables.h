// Sorted rows into a table WITHOUT ROWID: appended where it is empty, merged into it where it is
// not.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/ingest/record.h"
#include "sqlite/bindings/row_inserter.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/store/import_tables.h"

namespace subjrec {

/// ON CONFLICT(key) DO UPDATE SET of these columns, unless nothing differs. `keep_old`: a NULL
/// leaves what is there.
std::string update_clause(const ImportTable& table, std::span<const char* const> columns,
                          bool keep_old);

/// How many rows the table has.
Result<uint64_t> count_rows(sqlite3* db, std::string_view who, const std::string& schema,
                            const ImportTable& table);

/// One table: inserts rows in ascending order of their key, and with `delete_missing` deletes what
/// lies between them.
class TableWriter {
 public:
  static Result<TableWriter> open(sqlite3* db, std::string_view who, const std::string& schema,
                                  bool delete_missing, const ImportTable& table,
                                  const std::string& conflict);

  bool was_empty() const { return empty_; }
  Status add(std::span<const std::string_view> row) { return inserter_->add(row); }
  /// Says that `key` is in the file, and the next one after the last such call.
  Status reached(std::string_view key);
  Status finish();

  int64_t changed() const { return inserter_->changes(); }
  int64_t deleted() const { return deleted_; }

 private:
  TableWriter(sqlite3* db, std::string_view who) : db_(db), who_(who) {}

  Status run_delete(Statement* statement);

  sqlite3* db_;
  std::string_view who_;
  bool empty_ = true;
  std::optional<RowInserter> inserter_;
  Statement delete_before_, delete_between_, delete_after_, delete_all_;
  std::optional<std::string> last_;
  int64_t deleted_ = 0;
};

/// A table of pairs, like (work, subject): after add(), the first of them has exactly these others.
class PairWriter {
 public:
  static Result<PairWriter> open(sqlite3* db, std::string_view who, const std::string& schema,
                                 bool delete_missing, const ImportTable& table);

  /// `others` ascend and are distinct; `weights` of the pairs where the table has a third column.
  Status add(std::string_view key, const std::vector<Text>& others,
             const std::vector<Text>& weights = {});
  Status finish() { return rows_.finish(); }

  int64_t added() const { return added_; }
  int64_t deleted() const { return deleted_ + rows_.deleted(); }
  /// Pairs that the keys which were added had before, and those of them that they lost.
  uint64_t before() const { return before_; }
  uint64_t replaced() const { return static_cast<uint64_t>(deleted_); }

 private:
  PairWriter(std::string_view who, TableWriter rows) : who_(who), rows_(std::move(rows)) {}

  Status read_old(std::string_view key);

  std::string_view who_;
  TableWriter rows_;
  Statement select_, delete_;
  std::vector<std::string> old_;
  uint64_t before_ = 0;
  int64_t added_ = 0;
  int64_t deleted_ = 0;
};

}  // namespace subjrec
