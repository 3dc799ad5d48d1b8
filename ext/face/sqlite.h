// SQLite's C interface with owners: statements that finalize, savepoints that roll back, text that
// frees itself. Everything in the face includes this instead of sqlite3ext.h.
#pragma once

#include <sqlite3ext.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
SQLITE_EXTENSION_INIT3

namespace subjrec {

/// sqlite3_mprintf's %w and %Q and the rest, into a std::string.
std::string sql(const char* format, ...);

/// The error that the connection has just reported, with `who` in front. Where another connection
/// holds the lock it says so, and what to do.
Status sql_error(sqlite3* db, std::string_view who);
/// A Status for an SQLite result code and message.
Status status_of(int code, std::string message);
/// The SQLite result code for a Code.
int result_code(Code code);

/// The value as an id: INTEGER, TEXT, BLOB, or a REAL that is a whole number. Anything else, and
/// NULL, is nullopt. The view is valid as long as the value.
std::optional<IdView> id_of(sqlite3_value* value);
std::string_view text_of(sqlite3_value* value);
/// What an error message says was got: NULL, 3, 1.5, 'text', a BLOB of 8 bytes.
std::string shown(sqlite3_value* value);
void result_id(sqlite3_context* context, const IdView& id);
void result_text(sqlite3_context* context, std::string_view text);

/// A prepared statement. Steps report errors as Status; values are read by column.
class Statement {
 public:
  Statement() = default;
  /// `who` opens the error text. Exactly one statement: more or none is an error.
  static Result<Statement> prepare(sqlite3* db, std::string_view who, std::string_view sql,
                                   unsigned flags = 0);

  explicit operator bool() const { return handle_ != nullptr; }
  sqlite3_stmt* get() const { return handle_.get(); }
  sqlite3* db() const { return sqlite3_db_handle(handle_.get()); }

  Statement& bind(int at, int64_t value);
  Statement& bind(int at, int value) { return bind(at, int64_t{value}); }
  Statement& bind(int at, double value);
  Statement& bind(int at, std::string_view text);
  Statement& bind(int at, const char* text) { return bind(at, std::string_view(text)); }
  Statement& bind(int at, std::span<const float> values);     // as little-endian float32
  Statement& bind(int at, std::span<const uint32_t> values);  // as little-endian uint32
  Statement& bind(int at, const IdView& id);
  Statement& bind_null(int at);

  /// True: there is a row. False: done, and the statement is reset.
  Result<bool> step(std::string_view who);
  /// Steps to the end and resets.
  Status run(std::string_view who);
  void reset() { sqlite3_reset(handle_.get()); }

  sqlite3_value* value(int column) const { return sqlite3_column_value(handle_.get(), column); }
  bool is_null(int column) const {
    return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
  }
  int64_t integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }
  double real(int column) const { return sqlite3_column_double(handle_.get(), column); }
  std::string_view text(int column) const;
  std::string_view blob(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
  };
  Status check_bind(std::string_view who);

  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  int bind_code_ = SQLITE_OK;
};

/// Runs one statement that gives no rows.
Status execute(sqlite3* db, std::string_view who, std::string_view sql);

/// A savepoint that rolls back unless it was released: all or nothing.
///
/// Where the writing was interrupted, or memory ran out, inside a transaction of the user's, SQLite
/// may leave nothing but to roll that back as a whole, as it does itself when a write statement is
/// interrupted.
class Savepoint {
 public:
  /// Locks the database called `schema` for writing, waiting for another writer as long as the
  /// connection's busy timeout says.
  static Result<Savepoint> begin(sqlite3* db, std::string_view who, const std::string& schema);
  Savepoint(Savepoint&& other) noexcept
      : db_(other.db_),
        open_(std::exchange(other.open_, false)),
        whole_(other.whole_),
        running_(std::move(other.running_)) {}
  Savepoint& operator=(Savepoint&&) = delete;
  ~Savepoint();
  Status release(std::string_view who);

 private:
  explicit Savepoint(sqlite3* db) : db_(db) {}
  Status start_reader(std::string_view who);

  sqlite3* db_;
  bool open_ = false;
  bool whole_ = false;  // it is the whole transaction
  Statement running_;   // a statement that reads, in the middle of its rows
};

/// The error for a call inside a statement that writes, where nothing else can be written: said
/// before anything is computed or any file is read.
Status check_may_write(sqlite3* db, std::string_view who);

/// Stops when the connection was interrupted or its progress handler says so: steps a small
/// statement, at most every 20 ms.
class SqliteMonitor : public Monitor {
 public:
  /// When the statement, which costs 30 microseconds, is stepped first: at once, or after 20 ms.
  /// The latter is for what usually takes less than that and is asked for again and again.
  enum class First { kAtOnce, kLater };

  explicit SqliteMonitor(sqlite3* db, First first = First::kAtOnce);
  bool stop() override;

 private:
  sqlite3* db_;
  Statement probe_;
  int64_t last_;
  bool stopped_ = false;
};

}  // namespace subjrec
