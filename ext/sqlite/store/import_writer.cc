#include "sqlite/store/import_writer.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "sqlite/bindings/row_inserter.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/bindings/status.h"

namespace subjrec {
namespace {

/// "a = excluded.a, b = excluded.b" of the columns that are not the key, unless nothing differs.
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

/// One table: inserts rows in ascending order of their key, and on demand deletes what lies between
/// them.
class TableWriter {
 public:
  static Result<TableWriter> open(sqlite3* db, std::string_view who, const ImportOptions& options,
                                  const ImportTable& table, const std::string& conflict) {
    TableWriter writer(db, who);
    const std::string name = quoted_table(options.schema, table);
    SUBJREC_ASSIGN(Statement any, Statement::prepare(db, who, "SELECT 1 FROM " + name));
    SUBJREC_ASSIGN(const bool row, any.step(who));
    writer.empty_ = !row;
    SUBJREC_ASSIGN(RowInserter inserter,
                   RowInserter::prepare(db, who, name, table.columns, table.column_count,
                                        row ? conflict : std::string()));
    writer.inserter_ = std::move(inserter);
    if (row && options.missing == "delete") {
      const std::string key = key_columns(table).substr(0, key_columns(table).find(','));
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

  bool was_empty() const { return empty_; }

  Status add(std::span<const std::string_view> row) { return inserter_->add(row); }

  /// Says that `key` is in the snapshot, and the next one after the last such call.
  Status reached(std::string_view key) {
    if (!delete_before_) return {};
    Statement& statement = last_ ? delete_between_ : delete_before_;
    if (last_) statement.bind(1, *last_);
    statement.bind(2, key);
    SUBJREC_TRY(run_delete(&statement));
    last_ = key;
    return {};
  }

  Status finish() {
    SUBJREC_TRY(inserter_->flush());
    if (!delete_all_) return {};
    if (!last_) return run_delete(&delete_all_);
    delete_after_.bind(1, *last_);
    return run_delete(&delete_after_);
  }

  int64_t changed() const { return inserter_->changes(); }
  int64_t deleted() const { return deleted_; }

 private:
  TableWriter(sqlite3* db, std::string_view who) : db_(db), who_(who) {}

  Status run_delete(Statement* statement) {
    SUBJREC_TRY(statement->run(who_));
    deleted_ += sqlite3_changes(db_);
    return {};
  }

  sqlite3* db_;
  std::string_view who_;
  bool empty_ = true;
  std::optional<RowInserter> inserter_;
  Statement delete_before_, delete_between_, delete_after_, delete_all_;
  std::optional<std::string> last_;
  int64_t deleted_ = 0;
};

/// A table of pairs: after add(), a work has exactly these ids.
class PairWriter {
 public:
  static Result<PairWriter> open(sqlite3* db, std::string_view who, const ImportOptions& options,
                                 const ImportTable& table) {
    SUBJREC_ASSIGN(TableWriter rows, TableWriter::open(db, who, options, table, ""));
    PairWriter writer(who, std::move(rows));
    if (writer.rows_.was_empty()) return writer;
    const std::string name = quoted_table(options.schema, table);
    const std::string id = std::string(table.columns).substr(key_columns(table).find(", ") + 2);
    SUBJREC_ASSIGN(writer.select_, Statement::prepare(db, who,
                                                      "SELECT " + id + " FROM " + name +
                                                          " WHERE work_id = ?1 ORDER BY " + id,
                                                      SQLITE_PREPARE_PERSISTENT));
    SUBJREC_ASSIGN(writer.delete_,
                   Statement::prepare(
                       db, who, "DELETE FROM " + name + " WHERE work_id = ?1 AND " + id + " = ?2",
                       SQLITE_PREPARE_PERSISTENT));
    return writer;
  }

  Status add(std::string_view work, const std::vector<Text>& ids) {
    SUBJREC_TRY(rows_.reached(work));
    if (select_) SUBJREC_TRY(read_old(work));
    for (const Text id : ids) {
      if (std::binary_search(old_.begin(), old_.end(), id)) continue;
      const std::string_view row[] = {work, id};
      SUBJREC_TRY(rows_.add(row));
    }
    for (const std::string& id : old_) {
      if (std::binary_search(ids.begin(), ids.end(), Text(id))) continue;
      delete_.bind(1, work).bind(2, id);
      SUBJREC_TRY(delete_.run(who_));
      ++deleted_;
    }
    return {};
  }

  Status finish() { return rows_.finish(); }
  int64_t added() const { return rows_.changed(); }
  int64_t deleted() const { return deleted_ + rows_.deleted(); }
  uint64_t before() const { return before_; }
  uint64_t replaced() const { return static_cast<uint64_t>(deleted_); }

 private:
  PairWriter(std::string_view who, TableWriter rows) : who_(who), rows_(std::move(rows)) {}

  Status read_old(std::string_view work) {
    old_.clear();
    select_.bind(1, work);
    for (;;) {
      SUBJREC_ASSIGN(const bool row, select_.step(who_));
      if (!row) return {};
      old_.emplace_back(select_.text(0));
      ++before_;
    }
  }

  std::string_view who_;
  TableWriter rows_;
  Statement select_, delete_;
  std::vector<std::string> old_;
  uint64_t before_ = 0;  // pairs of the works that were added
  int64_t deleted_ = 0;
};

class CatalogueWriter {
 public:
  CatalogueWriter(sqlite3* db, std::string_view who, const ImportOptions& options,
                  Catalogue* catalogue, Monitor& monitor, ImportCounts* counts)
      : db_(db),
        who_(who),
        options_(options),
        in_(*catalogue),
        monitor_(monitor),
        counts_(*counts) {}

  Status write() {
    constexpr const char* kLabelAndType[] = {"label", "type"};
    constexpr const char* kLabel[] = {"label"};
    SUBJREC_TRY(write_entries(kSubjectsTable, update_clause(kSubjectsTable, kLabelAndType, true),
                              &Catalogue::next_subject, &counts_.subjects));
    if (options_.features) {
      SUBJREC_TRY(write_entries(kFeaturesTable, update_clause(kFeaturesTable, kLabel, true),
                                &Catalogue::next_feature, &counts_.features));
    }
    return write_works();
  }

 private:
  Status write_entries(const ImportTable& table, const std::string& conflict,
                       Result<bool> (Catalogue::*next)(CatalogueEntry*), uint64_t* count) {
    SUBJREC_TRY(need_import_table(db_, who_, options_.schema, table));
    SUBJREC_ASSIGN(TableWriter rows, TableWriter::open(db_, who_, options_, table, conflict));
    CatalogueEntry entry;
    for (;;) {
      SUBJREC_ASSIGN(const bool more, (in_.*next)(&entry));
      if (!more) return rows.finish();
      if (++*count % kPollEvery == 0 && monitor_.stop()) return Status::interrupted();
      SUBJREC_TRY(rows.reached(entry.id));
      const std::string_view row[] = {entry.id, entry.label, entry.type};
      SUBJREC_TRY(rows.add(row));
    }
  }

  Status write_works() {
    constexpr const char* kData[] = {"title", "work_type", "production_date", "alternative_titles"};
    const std::string& schema = options_.schema;
    SUBJREC_TRY(need_import_table(db_, who_, schema, kWorksTable));
    SUBJREC_TRY(need_import_table(db_, who_, schema, kWorkSubjectsTable));
    if (options_.missing == "delete") SUBJREC_TRY(count_works());
    SUBJREC_ASSIGN(TableWriter works, TableWriter::open(db_, who_, options_, kWorksTable,
                                                        update_clause(kWorksTable, kData, false)));
    SUBJREC_ASSIGN(PairWriter subjects, PairWriter::open(db_, who_, options_, kWorkSubjectsTable));
    std::optional<PairWriter> features;
    if (options_.features) {
      SUBJREC_TRY(need_import_table(db_, who_, schema, kWorkFeaturesTable));
      SUBJREC_ASSIGN(features, PairWriter::open(db_, who_, options_, kWorkFeaturesTable));
    }
    CatalogueWork work;
    for (;;) {
      SUBJREC_ASSIGN(const bool more, in_.next_work(&work));
      if (!more) break;
      if (++counts_.works % kPollEvery == 0 && monitor_.stop()) return Status::interrupted();
      counts_.interactions += work.subjects.size();
      counts_.work_features += work.features.size();
      if (work.subjects.empty()) ++counts_.works_without_subjects;
      SUBJREC_TRY(works.reached(work.id));
      const std::string_view row[] = {work.id, work.title, work.work_type, work.production_date,
                                      work.alternative_titles};
      SUBJREC_TRY(works.add(row));
      SUBJREC_TRY(subjects.add(work.id, work.subjects));
      if (features) SUBJREC_TRY(features->add(work.id, work.features));
    }
    SUBJREC_TRY(works.finish());
    SUBJREC_TRY(subjects.finish());
    if (features) SUBJREC_TRY(features->finish());
    counts_.works_changed = works.changed();
    counts_.works_deleted = works.deleted();
    counts_.interactions_added = subjects.added();
    counts_.interactions_deleted = subjects.deleted();
    counts_.pairs_before = subjects.before();
    counts_.pairs_replaced = subjects.replaced();
    return {};
  }

  Status count_works() {
    SUBJREC_ASSIGN(
        Statement count,
        Statement::prepare(db_, who_,
                           "SELECT count(*) FROM " + quoted_table(options_.schema, kWorksTable)));
    SUBJREC_ASSIGN([[maybe_unused]] const bool row, count.step(who_));
    counts_.works_before = static_cast<uint64_t>(count.integer(0));
    return {};
  }

  static constexpr uint64_t kPollEvery = 256;

  sqlite3* db_;
  std::string_view who_;
  const ImportOptions& options_;
  Catalogue& in_;
  Monitor& monitor_;
  ImportCounts& counts_;
};

}  // namespace

Status write_catalogue(sqlite3* db, std::string_view who, const ImportOptions& options,
                       Catalogue* catalogue, Monitor& monitor, ImportCounts* counts) {
  return CatalogueWriter(db, who, options, catalogue, monitor, counts).write();
}

}  // namespace subjrec
