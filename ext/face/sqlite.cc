#include "face/sqlite.h"

#include <bit>
#include <chrono>
#include <cmath>
#include <cstdarg>
#include <utility>

namespace subjrec {

static_assert(std::endian::native == std::endian::little,
              "embeddings are stored as little-endian float32");

std::string sql(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const std::unique_ptr<char, void (*)(void*)> text(sqlite3_vmprintf(format, arguments),
                                                    sqlite3_free);
  va_end(arguments);
  if (!text) throw std::bad_alloc();
  return text.get();
}

int result_code(Code code) {
  switch (code) {
    case Code::kOk:
      return SQLITE_OK;
    case Code::kCorrupt:
      return SQLITE_CORRUPT_VTAB;
    case Code::kIo:
      return SQLITE_CANTOPEN;
    case Code::kBusy:
      return SQLITE_BUSY;
    case Code::kReadOnly:
      return SQLITE_READONLY;
    case Code::kInterrupted:
      return SQLITE_INTERRUPT;
    case Code::kNoMemory:
      return SQLITE_NOMEM;
    default:
      return SQLITE_ERROR;
  }
}

Status status_of(int code, std::string message) {
  switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
      return {};
    case SQLITE_INTERRUPT:
      return Status::interrupted();
    case SQLITE_NOMEM:
      return {Code::kNoMemory, std::move(message)};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Code::kBusy, std::move(message)};
    case SQLITE_READONLY:
      return {Code::kReadOnly, std::move(message)};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Code::kCorrupt, std::move(message)};
    default:
      return {Code::kSql, std::move(message)};
  }
}

Status sql_error(sqlite3* db, std::string_view who) {
  const int code = sqlite3_extended_errcode(db);
  if (code == SQLITE_BUSY_SNAPSHOT) {
    return {Code::kBusy, std::string(who) +
                             ": another connection has written to the database since this "
                             "transaction began to read, so it can write no more; nothing was "
                             "changed; begin a new one"};
  }
  // (SQLite has more meanings for SQLITE_BUSY, which its text tells apart.)
  if ((code & 0xff) == SQLITE_BUSY &&
      sqlite3_errmsg(db) == std::string_view("database is locked")) {
    return {Code::kBusy, std::string(who) +
                             ": the database is busy: another connection is writing to it or "
                             "reading from it; nothing was changed; try again when it has "
                             "finished, or let SQLite wait with PRAGMA busy_timeout"};
  }
  return status_of(sqlite3_extended_errcode(db), std::string(who) + ": " + sqlite3_errmsg(db));
}

std::string_view text_of(sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (text == nullptr) return {};
  return {text, static_cast<size_t>(sqlite3_value_bytes(value))};
}

std::optional<IdView> id_of(sqlite3_value* value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      return IdView{IdKind::kInteger, sqlite3_value_int64(value), {}};
    case SQLITE_FLOAT: {
      const double real = sqlite3_value_double(value);
      if (std::floor(real) != real || std::fabs(real) > 9007199254740992.0) return std::nullopt;
      return IdView{IdKind::kInteger, static_cast<int64_t>(real), {}};
    }
    case SQLITE_TEXT:
      return IdView{IdKind::kText, 0, text_of(value)};
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
      const auto length = static_cast<size_t>(sqlite3_value_bytes(value));
      return IdView{IdKind::kBlob, 0,
                    length == 0 ? std::string_view() : std::string_view(bytes, length)};
    }
    default:
      return std::nullopt;
  }
}

std::string shown(sqlite3_value* value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_NULL:
      return "NULL";
    case SQLITE_FLOAT:
      return std::string(text_of(value));
    case SQLITE_BLOB:
      return "a BLOB of " + std::to_string(sqlite3_value_bytes(value)) + " bytes";
    default:
      return id_text(*id_of(value));
  }
}

void result_id(sqlite3_context* context, const IdView& id) {
  const auto length = static_cast<int>(id.bytes.size());
  switch (id.kind) {
    case IdKind::kInteger:
      return sqlite3_result_int64(context, id.integer);
    case IdKind::kText:
      return sqlite3_result_text(context, length == 0 ? "" : id.bytes.data(), length,
                                 SQLITE_TRANSIENT);
    case IdKind::kBlob:
      return sqlite3_result_blob(context, length == 0 ? "" : id.bytes.data(), length,
                                 SQLITE_TRANSIENT);
  }
}

void result_text(sqlite3_context* context, std::string_view text) {
  sqlite3_result_text64(context, text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT,
                        SQLITE_UTF8);
}

Result<Statement> Statement::prepare(sqlite3* db, std::string_view who, std::string_view sql,
                                     unsigned flags) {
  Statement statement;
  sqlite3_stmt* handle = nullptr;
  const char* tail = nullptr;
  const int code =
      sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), flags, &handle, &tail);
  statement.handle_.reset(handle);
  if (code != SQLITE_OK) return sql_error(db, who);
  const std::string_view rest = sql.substr(static_cast<size_t>(tail - sql.data()));
  if (handle == nullptr || rest.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    return Status(Code::kInvalid, std::string(who) + ": wanted one SQL statement, got \"" +
                                      std::string(sql) + "\"");
  }
  return statement;
}

Statement& Statement::bind(int at, int64_t value) {
  bind_code_ |= sqlite3_bind_int64(handle_.get(), at, value);
  return *this;
}

Statement& Statement::bind(int at, double value) {
  bind_code_ |= sqlite3_bind_double(handle_.get(), at, value);
  return *this;
}

Statement& Statement::bind(int at, std::string_view text) {
  bind_code_ |= sqlite3_bind_text64(handle_.get(), at, text.empty() ? "" : text.data(), text.size(),
                                    SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind(int at, std::span<const float> values) {
  bind_code_ |= sqlite3_bind_blob64(handle_.get(), at,
                                    values.empty() ? "" : static_cast<const void*>(values.data()),
                                    values.size_bytes(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind(int at, std::span<const uint32_t> values) {
  bind_code_ |= sqlite3_bind_blob64(handle_.get(), at,
                                    values.empty() ? "" : static_cast<const void*>(values.data()),
                                    values.size_bytes(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind(int at, const IdView& id) {
  if (id.kind == IdKind::kInteger) return bind(at, id.integer);
  if (id.kind == IdKind::kText) return bind(at, id.bytes);
  bind_code_ |= sqlite3_bind_blob64(handle_.get(), at, id.bytes.empty() ? "" : id.bytes.data(),
                                    id.bytes.size(), SQLITE_TRANSIENT);
  return *this;
}

Statement& Statement::bind_null(int at) {
  bind_code_ |= sqlite3_bind_null(handle_.get(), at);
  return *this;
}

Status Statement::check_bind(std::string_view who) {
  if (std::exchange(bind_code_, SQLITE_OK) == SQLITE_OK) return {};
  return sql_error(db(), who);
}

Result<bool> Statement::step(std::string_view who) {
  SUBJREC_TRY(check_bind(who));
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  Status status = sql_error(db(), who);
  reset();
  return status;
}

Status Statement::run(std::string_view who) {
  for (;;) {
    SUBJREC_ASSIGN(const bool row, step(who));
    if (!row) return {};
  }
}

std::string_view Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  if (text == nullptr) return {};
  return {text, static_cast<size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

std::string_view Statement::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

Status execute(sqlite3* db, std::string_view who, std::string_view sql) {
  SUBJREC_ASSIGN(Statement statement, Statement::prepare(db, who, sql));
  return statement.run(who);
}

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

namespace {

int64_t now_in_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

SqliteMonitor::SqliteMonitor(sqlite3* db, First first)
    : db_(db), last_(first == First::kLater ? now_in_ms() : 0) {}

bool SqliteMonitor::stop() {
  if (stopped_) return true;
  const int64_t now = now_in_ms();
  if (now - last_ < 20) return false;
  last_ = now;
  if (!probe_) {
    // Enough virtual-machine steps for a progress handler of any usual period to be called.
    auto probe = Statement::prepare(db_, "subjrec",
                                    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM "
                                    "c LIMIT 200) SELECT max(x) FROM c");
    if (!probe.ok()) {
      stopped_ = probe.status().code() == Code::kInterrupted;
      return stopped_;
    }
    probe_ = std::move(*probe);
  }
  const auto row = probe_.step("subjrec");
  stopped_ = !row.ok() && row.status().code() == Code::kInterrupted;
  if (row.ok()) probe_.reset();
  return stopped_;
}

}  // namespace subjrec
