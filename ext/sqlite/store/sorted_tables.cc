#include "sqlite/store/sorted_tables.h"

#include <algorithm>

#include "sqlite/bindings/status.h"

namespace subjrec {
namespace {

std::string first_column(const ImportTable& table) {
  const std::string_view columns = table.columns;
  return std::string(columns.substr(0, columns.find(',')));
}

}  // namespace

std::string update_clause(const ImportTable& table, std::span<const char* const> columns,
                          bool keep_old) {
  std::string sets, old_values, new_values;
  for (const char* column : columns) {
    const std::string fresh = keep_old
                                  ? sql("coalesce(excluded.%s, %s.%s)", column, table.name, column)
                                  : sql("excluded.%s", column);
    sets += sql("%s%s = ", sets.empty() ? "" : ", ", column) + fresh;
    old_values += sql("%s%s.%s", old_values.empty() ? "" : ", ", table.name, column);
    new_values += (new_values.empty() ? "" : ", ") + fresh;
  }
  return sql("ON CONFLICT(%s) DO UPDATE SET ", key_columns(table).c_str()) + sets + " WHERE (" +
         old_values + ") IS NOT (" + new_values + ")";
}

Result<uint64_t> count_rows(sqlite3* db, std::string_view who, const std::string& schema,
                            const ImportTable& table) {
  SUBJREC_ASSIGN(
      Statement count,
      Statement::prepare(db, who, "SELECT count(*) FROM " + quoted_table(schema, table)));
  SUBJREC_ASSIGN([[maybe_unused]] const bool row, count.step(who));
  return static_cast<uint64_t>(count.integer(0));
}

Result<TableWriter> TableWriter::open(sqlite3* db, std::string_view who, const std::string& schema,
                                      bool delete_missing, const ImportTable& table,
                                      const std::string& conflict) {
  TableWriter writer(db, who);
  const std::string name = quoted_table(schema, table);
  SUBJREC_ASSIGN(Statement any, Statement::prepare(db, who, "SELECT 1 FROM " + name));
  SUBJREC_ASSIGN(const bool row, any.step(who));
  writer.empty_ = !row;
  SUBJREC_ASSIGN(RowInserter inserter,
                 RowInserter::prepare(db, who, name, table.columns, table.column_count,
                                      row ? conflict : std::string()));
  writer.inserter_ = std::move(inserter);
  if (row && delete_missing) {
    const std::string key = first_column(table);
    const auto remove = [&](const std::string& where) {
      return Statement::prepare(db, who, "DELETE FROM " + name + " WHERE " + key + where,
                                SQLITE_PREPARE_PERSISTENT);
    };
    SUBJREC_ASSIGN(writer.delete_before_, remove(" < ?2"));
    SUBJREC_ASSIGN(writer.delete_between_, remove(" > ?1 AND " + key + " < ?2"));
    SUBJREC_ASSIGN(writer.delete_after_, remove(" > ?1"));
    SUBJREC_ASSIGN(writer.delete_all_, Statement::prepare(db, who, "DELETE FROM " + name));
  }
  return writer;
}

Status TableWriter::reached(std::string_view key) {
  if (!delete_before_) return {};
  Statement& statement = last_ ? delete_between_ : delete_before_;
  if (last_) statement.bind(1, *last_);
  statement.bind(2, key);
  SUBJREC_TRY(run_delete(&statement));
  last_ = key;
  return {};
}

Status TableWriter::finish() {
  SUBJREC_TRY(inserter_->flush());
  if (!delete_all_) return {};
  if (!last_) return run_delete(&delete_all_);
  delete_after_.bind(1, *last_);
  return run_delete(&delete_after_);
}

Status TableWriter::run_delete(Statement* statement) {
  SUBJREC_TRY(statement->run(who_));
  deleted_ += sqlite3_changes(db_);
  return {};
}

Result<PairWriter> PairWriter::open(sqlite3* db, std::string_view who, const std::string& schema,
                                    bool delete_missing, const ImportTable& table) {
  constexpr const char* kWeight[] = {"weight"};
  const std::string conflict =
      table.column_count > table.key_count ? update_clause(table, kWeight, false) : std::string();
  SUBJREC_ASSIGN(TableWriter rows,
                 TableWriter::open(db, who, schema, delete_missing, table, conflict));
  PairWriter writer(who, std::move(rows));
  if (writer.rows_.was_empty()) return writer;
  const std::string name = quoted_table(schema, table);
  const std::string key = first_column(table);
  const std::string other = key_columns(table).substr(key.size() + 2);
  SUBJREC_ASSIGN(writer.select_, Statement::prepare(db, who,
                                                    "SELECT " + other + " FROM " + name +
                                                        " WHERE " + key + " = ?1 ORDER BY " + other,
                                                    SQLITE_PREPARE_PERSISTENT));
  SUBJREC_ASSIGN(writer.delete_, Statement::prepare(db, who,
                                                    "DELETE FROM " + name + " WHERE " + key +
                                                        " = ?1 AND " + other + " = ?2",
                                                    SQLITE_PREPARE_PERSISTENT));
  return writer;
}

Status PairWriter::add(std::string_view key, const std::vector<Text>& others,
                       const std::vector<Text>& weights) {
  SUBJREC_TRY(rows_.reached(key));
  if (select_) SUBJREC_TRY(read_old(key));
  for (size_t i = 0; i < others.size(); ++i) {
    const bool known = std::binary_search(old_.begin(), old_.end(), others[i]);
    if (!known) ++added_;
    if (known && weights.empty()) continue;
    const std::string_view row[] = {key, others[i], weights.empty() ? Text() : weights[i]};
    SUBJREC_TRY(rows_.add(std::span(row).first(weights.empty() ? 2 : 3)));
  }
  for (const std::string& other : old_) {
    if (std::binary_search(others.begin(), others.end(), Text(other))) continue;
    delete_.bind(1, key).bind(2, other);
    SUBJREC_TRY(delete_.run(who_));
    ++deleted_;
  }
  return {};
}

Status PairWriter::read_old(std::string_view key) {
  old_.clear();
  select_.bind(1, key);
  for (;;) {
    SUBJREC_ASSIGN(const bool row, select_.step(who_));
    if (!row) return {};
    old_.emplace_back(select_.text(0));
    ++before_;
  }
}

}  // namespace subjrec
