#include "sqlite/bindings/status.h"

#include <cstdarg>
#include <memory>
#include <new>
#include <utility>

#include "core/base/one_line.h"

namespace subjrec {

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

char* message_of(const Status& status) noexcept {
  constexpr size_t kMost = 2000;
  if (status.message().empty()) return nullptr;
  try {
    return sqlite3_mprintf("%s", one_line(status.message(), kMost).c_str());
  } catch (const std::bad_alloc&) {
    return nullptr;
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

Status said_by(std::string_view who, Status status) {
  if (status.ok() || status.code() == Code::kInterrupted || status.message().empty()) return status;
  return {status.code(), std::string(who) + ": " + status.message()};
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

}  // namespace subjrec
