// Objects that a connection keeps for tables, such as loaded models, however the table is named.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sqlite/bindings/sqlite_api.h"

namespace subjrec {

/// Something that is kept from one call to the next together with prepared statements.
class CachedObject {
 public:
  virtual ~CachedObject() = default;
  /// Lets go of every statement; they are prepared again when next needed.
  virtual void finalize_statements() = 0;
};

/// One object for a table, found by the table or by any text that was found to name it ("rec",
/// "REC", "main.rec"). What is kept stays bounded, whatever is asked for and dropped.
class TableCache {
 public:
  using Table = std::pair<std::string, std::string>;  // schema and table, as SQLite spells them

  explicit TableCache(sqlite3* db) : db_(db) {}

  /// What `text` meant when keep() was told, unless a table is there now that it would mean first.
  std::shared_ptr<CachedObject> find_named(std::string_view text) const;
  std::shared_ptr<CachedObject> find(const Table& table) const;
  /// `before` are the tables that `text` would mean first if they were there.
  void keep(std::string_view text, const Table& table, std::vector<Table> before,
            std::shared_ptr<CachedObject> object);
  void forget(const Table& table) { objects_.erase(table); }
  void finalize_statements();

 private:
  struct Name {
    Table table;
    std::vector<Table> before;
  };
  bool exists(const Table& table) const;

  sqlite3* db_;
  std::map<Table, std::shared_ptr<CachedObject>> objects_;
  std::map<std::string, Name, std::less<>> names_;
};

}  // namespace subjrec
