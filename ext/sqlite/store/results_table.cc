#include "sqlite/store/results_table.h"

#include <limits>

#include "core/base/status.h"
#include "sqlite/bindings/savepoint.h"
#include "sqlite/bindings/statement.h"

namespace subjrec {
namespace {

constexpr const char* kDeclaration =
    "(options TEXT, epochs INTEGER, best_epoch INTEGER, value REAL, loss REAL, validation_loss "
    "REAL, recall REAL, ndcg REAL, seconds REAL, metrics TEXT, history TEXT, source TEXT, judged "
    "TEXT, digest TEXT, PRIMARY KEY (digest, options))";
constexpr const char* kColumns =
    "options, epochs, best_epoch, value, loss, validation_loss, recall, ndcg, seconds, metrics, "
    "history, source, judged, digest";

/// The columns that find_sql() gives.
enum Column {
  kEpochs,
  kBestEpoch,
  kValue,
  kLoss,
  kValidationLoss,
  kRecall,
  kNdcg,
  kSeconds,
  kMetrics,
  kHistory
};
struct Expected {
  const char* name;
  int type;
  bool of_best;  // NULL where no epoch was evaluated
};
constexpr Expected kExpected[] = {
    {"epochs", SQLITE_INTEGER, false},
    {"best_epoch", SQLITE_INTEGER, true},
    {"value", SQLITE_FLOAT, true},
    {"loss", SQLITE_FLOAT, true},
    {"validation_loss", SQLITE_FLOAT, true},
    {"recall", SQLITE_FLOAT, true},
    {"ndcg", SQLITE_FLOAT, true},
    {"seconds", SQLITE_FLOAT, false},
    {"metrics", SQLITE_TEXT, true},
    {"history", SQLITE_TEXT, false},
};

/// What is no number, SQLite keeps as NULL.
double number(const Statement& row, Column column) {
  return row.is_null(column) ? std::numeric_limits<double>::quiet_NaN() : row.real(column);
}

StoredTrial read_run(const Statement& row) {
  StoredTrial kept;
  kept.result.epochs = row.integer(kEpochs);
  kept.result.history = row.text(kHistory);
  kept.seconds = row.real(kSeconds);
  if (row.is_null(kBestEpoch)) return kept;
  kept.result.best =
      BestEpoch{row.integer(kBestEpoch),        row.real(kValue),  number(row, kLoss),
                number(row, kValidationLoss),   row.real(kRecall), row.real(kNdcg),
                std::string(row.text(kMetrics))};
  return kept;
}

}  // namespace

std::string ResultsTable::find_sql() const {
  return "SELECT epochs, best_epoch, value, loss, validation_loss, recall, ndcg, seconds, metrics, "
         "history FROM " +
         name_.quoted() + " WHERE digest = ?1 AND options = ?2";
}

std::string ResultsTable::keep_sql() const {
  return "INSERT INTO " + name_.quoted() + "(" + kColumns +
         ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT DO "
         "NOTHING";
}

/// Whether both statements can be prepared, which says that it is a table and has the columns.
Status ResultsTable::check() const {
  for (const std::string& sql : {find_sql(), keep_sql()}) {
    const auto prepared = Statement::prepare(db_, who_, sql);
    if (prepared.ok()) continue;
    if (prepared.status().code() != Code::kSql) return prepared.status();
    return {Code::kInvalid, who_ + ": option \"results\": \"" + name_.shown() +
                                "\" is there and is not a table with the columns " + kColumns +
                                "; give another name, and it will be made"};
  }
  return {};
}

Result<ResultsTable> ResultsTable::open(sqlite3* db, std::string_view who,
                                        const std::string& text) {
  bool exists = false;
  SUBJREC_ASSIGN(ModelName name, find_or_name_table(db, who, text, &exists));
  SUBJREC_TRY(check_writable(db, who, name, "tuning", "table"));
  ResultsTable table(db, who, std::move(name), exists);
  if (exists) SUBJREC_TRY(table.check());
  return table;
}

Status ResultsTable::damaged(const RunKey& key, std::string_view column) const {
  return {Code::kCorrupt, who_ + ": table \"" + name_.shown() + "\", the run " + key.options +
                              ": \"" + std::string(column) +
                              "\" is not what subjrec_tune writes; delete the row, and it will be "
                              "trained again"};
}

Result<std::optional<StoredTrial>> ResultsTable::find(const RunKey& key) {
  if (!exists_) return std::optional<StoredTrial>();
  SUBJREC_ASSIGN(Statement query, Statement::prepare(db_, who_, find_sql()));
  query.bind(1, key.digest).bind(2, key.options);
  SUBJREC_ASSIGN(const bool row, query.step(who_));
  if (!row) return std::optional<StoredTrial>();
  const bool evaluated = !query.is_null(kBestEpoch);
  for (int column = 0; column <= kHistory; ++column) {
    const auto& [name, type, of_best] = kExpected[column];
    const int got = sqlite3_column_type(query.get(), column);
    // A loss is NULL where it was no number.
    const bool may_be_null =
        of_best && (!evaluated || column == kLoss || column == kValidationLoss);
    if (got != type && !(got == SQLITE_NULL && may_be_null)) return damaged(key, name);
  }
  return std::optional<StoredTrial>(read_run(query));
}

Status ResultsTable::keep(const RunKey& key, const StoredTrial& kept, const std::string& source,
                          const std::string& judged) {
  SUBJREC_ASSIGN(Savepoint savepoint, Savepoint::begin(db_, who_, name_.schema));
  SUBJREC_TRY(execute(db_, who_, "CREATE TABLE IF NOT EXISTS " + name_.quoted() + kDeclaration));
  if (!exists_) SUBJREC_TRY(check());  // somebody may have made another one meanwhile
  SUBJREC_ASSIGN(Statement insert, Statement::prepare(db_, who_, keep_sql()));
  insert.bind(1, key.options).bind(2, kept.result.epochs).bind(9, kept.seconds);
  insert.bind(11, kept.result.history).bind(12, source).bind(13, judged).bind(14, key.digest);
  if (const auto& best = kept.result.best) {
    insert.bind(3, best->epoch).bind(4, best->value).bind(5, best->loss);
    insert.bind(6, best->validation_loss).bind(7, best->recall).bind(8, best->ndcg);
    insert.bind(10, best->metrics);
  }
  SUBJREC_TRY(insert.run(who_));
  insert = Statement();
  SUBJREC_TRY(savepoint.release(who_));
  exists_ = true;
  return {};
}

}  // namespace subjrec
