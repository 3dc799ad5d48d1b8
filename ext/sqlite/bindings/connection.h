// What the extension keeps for one database connection, shared by all its functions and tables.
#pragma once

#include <memory>

#include "sqlite/bindings/sqlite_api.h"
#include "sqlite/bindings/table_cache.h"

namespace subjrec {

class Connection {
 public:
  explicit Connection(sqlite3* db);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  sqlite3* db() const { return db_; }

  /// Models that are loaded; see sqlite/store/model_handle.h.
  TableCache& models() { return models_; }

  /// What a call could not store, kept for the next one to store (sqlite/jobs/training.h), or null.
  std::shared_ptr<void>& unstored() { return unstored_; }

  /// Virtual tables hold one of these while they are connected, functions while they run. When the
  /// last goes (which SQLite sees to before it closes the connection) every cached statement is
  /// finalized, since an open statement would keep sqlite3_close from closing.
  std::shared_ptr<void> keep_statements();

 private:
  sqlite3* db_;
  TableCache models_;
  std::shared_ptr<void> unstored_;
  std::weak_ptr<void> statements_alive_;
};

}  // namespace subjrec
