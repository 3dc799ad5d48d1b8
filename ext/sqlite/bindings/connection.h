// What the extension keeps for one database connection, shared by all its functions and tables.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "sqlite/bindings/sqlite_api.h"

namespace subjrec {

/// Something that is kept from one call to the next together with prepared statements.
class CachedObject {
 public:
  virtual ~CachedObject() = default;
  /// Lets go of every statement; they are prepared again when next needed.
  virtual void finalize_statements() = 0;
};

class Connection {
 public:
  explicit Connection(sqlite3* db);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  sqlite3* db() const { return db_; }

  using Cache = std::map<std::string, std::shared_ptr<CachedObject>, std::less<>>;
  /// Models by the name they were asked for ("rec", "aux.rec"); see sqlite/store/model_handle.h.
  Cache& models() { return models_; }

  /// Virtual tables hold one of these while they are connected, functions while they run. When the
  /// last goes (which SQLite sees to before it closes the connection) every cached statement is
  /// finalized, since an open statement would keep sqlite3_close from closing.
  std::shared_ptr<void> keep_statements();

 private:
  sqlite3* db_;
  Cache models_;
  std::weak_ptr<void> statements_alive_;
};

}  // namespace subjrec
