// What the extension keeps for one database connection, shared by all its functions and tables.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "face/sqlite.h"

namespace subjrec {

class ModelHandle;

class Connection {
 public:
  explicit Connection(sqlite3* db);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  sqlite3* db() const { return db_; }

  /// Models by the name they were asked for ("rec", "aux.rec"); see face/model_handle.h.
  std::map<std::string, std::shared_ptr<ModelHandle>, std::less<>>& models() { return models_; }

  /// Virtual tables hold one of these while they are connected, scalar functions while they run.
  /// When the last goes (which SQLite sees to before it closes the connection) every cached
  /// statement is finalized, since an open statement would keep sqlite3_close from closing.
  std::shared_ptr<void> keep_statements();

 private:
  sqlite3* db_;
  std::map<std::string, std::shared_ptr<ModelHandle>, std::less<>> models_;
  std::weak_ptr<void> statements_alive_;
};

}  // namespace subjrec
