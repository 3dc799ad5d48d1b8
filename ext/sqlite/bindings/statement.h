// Prepared statements (sqlite3_stmt) that finalize themselves.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "core/base/status.h"
#include "core/data/id_table.h"
#include "sqlite/bindings/status.h"

namespace subjrec {

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

}  // namespace subjrec
