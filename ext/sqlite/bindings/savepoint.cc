#include "sqlite/bindings/savepoint.h"

#include "core/base/status.h"
#include "sqlite/bindings/status.h"

namespace subjrec {

Result<Savepoint> Savepoint::begin(sqlite3* db, std::string_view who, const std::string& schema) {
  Savepoint savepoint(db);
  SUBJREC_TRY(savepoint.start_reader(who));
  savepoint.whole_ = sqlite3_get_autocommit(db) != 0;
  const Status status = execute(db, who, "SAVEPOINT subjrec");
  // An interrupt may come when it is open already.
  savepoint.open_ = status.ok() || (savepoint.whole_ && sqlite3_get_autocommit(db) == 0);
  if (status.ok()) {
    // SQLite waits for another writer only where nothing has been read yet. This takes the lock,
    // and but for a database that is in the middle of shrinking does nothing.
    SUBJREC_TRY(execute(db, who, sql("PRAGMA \"%w\".incremental_vacuum(1)", schema.c_str())));
    return savepoint;
  }
  if (status.code() != Code::kBusy) return status;
  return Status(Code::kBusy, std::string(who) +
                                 ": cannot write while another statement of this connection is "
                                 "writing; call it from a SELECT of its own");
}

/// Once SQLite has run out of memory inside a call of ours, it runs no statement until that call
/// has returned: no ROLLBACK can be prepared, and one that was goes stale when the schema changes.
/// But a statement that reads and is under way makes SQLite roll back when it ends without memory.
/// (Of the temporary database, where it keeps no lock that anybody waits for.)
Status Savepoint::start_reader(std::string_view who) {
  SUBJREC_ASSIGN(running_, Statement::prepare(db_, who,
                                              "SELECT (SELECT count(*) FROM temp.sqlite_schema) "
                                              "UNION ALL SELECT 0"));
  SUBJREC_ASSIGN([[maybe_unused]] const bool row, running_.step(who));
  return {};
}

/// SQLite opens no savepoint while a statement of the connection is writing.
Status check_may_write(sqlite3* db, std::string_view who) {
  for (sqlite3_stmt* s = sqlite3_next_stmt(db, nullptr); s != nullptr;
       s = sqlite3_next_stmt(db, s)) {
    if (sqlite3_stmt_busy(s) == 0 || sqlite3_stmt_readonly(s) != 0) continue;
    return {Code::kBusy, std::string(who) +
                             ": cannot write while another statement of this connection is "
                             "writing; call it from a SELECT of its own"};
  }
  return {};
}

Savepoint::~Savepoint() {
  if (!open_) return;
  // RELEASE commits a savepoint that is the whole transaction, for which a reader may be in the
  // way.
  const char* undo = whole_ ? "ROLLBACK" : "ROLLBACK TO subjrec; RELEASE subjrec";
  for (int attempt = 0; attempt < 3; ++attempt) {
    if (sqlite3_exec(db_, undo, nullptr, nullptr, nullptr) == SQLITE_OK) return;
    // A full disk or a failed allocation may have rolled back the whole transaction already.
    if (sqlite3_get_autocommit(db_) != 0) return;
    // While an interrupt is pending no statement runs, this one neither. What SQLite does then for
    // a statement that writes is to roll the transaction back; this one writes in name only. (Its
    // parser, too, looks for interrupts: at spaces and where the text ends without a semicolon.)
    sqlite3_exec(db_, "PRAGMA\"main\".incremental_vacuum(1);", nullptr, nullptr, nullptr);
    if (sqlite3_get_autocommit(db_) != 0) return;
    running_ = Statement();
    if (sqlite3_get_autocommit(db_) != 0) return;
  }
}

Status Savepoint::release(std::string_view who) {
  SUBJREC_TRY(execute(db_, who, "RELEASE subjrec"));
  open_ = false;
  running_ = Statement();
  return {};
}

}  // namespace subjrec
