// SAVEPOINT: a write that is done whole or not at all.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "core/base/status.h"
#include "sqlite/bindings/statement.h"

namespace subjrec {

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

}  // namespace subjrec
