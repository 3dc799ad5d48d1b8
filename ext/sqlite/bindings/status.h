// Result codes of SQLite as a Status and back, and SQL text by sqlite3_mprintf.
#pragma once

#include <string>
#include <string_view>

#include "core/base/status.h"
#include "sqlite/bindings/sqlite_api.h"

namespace subjrec {

/// sqlite3_mprintf's %w and %Q and the rest, into a std::string.
std::string sql(const char* format, ...);

/// The error that the connection has just reported, with `who` in front. Where another connection
/// holds the lock it says so, and what to do.
Status sql_error(sqlite3* db, std::string_view who);
/// The error of a function that does not know which SQL name speaks, with `who` in front: core
/// texts carry no SQL name.
Status said_by(std::string_view who, Status status);
template <class T>
Result<T> said_by(std::string_view who, Result<T> result) {
  if (result.ok()) return result;
  return said_by(who, result.status());
}
/// A Status for an SQLite result code and message.
Status status_of(int code, std::string message);
/// The SQLite result code for a Code.
int result_code(Code code);
/// The message of `status` for the user, who gets one short line whatever ids and names it holds
/// (core/base/one_line.h), as sqlite3_malloc has it: the caller hands it over or frees it. Null
/// where there is no message, and where memory lacks.
char* message_of(const Status& status) noexcept;

}  // namespace subjrec
