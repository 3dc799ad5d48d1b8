// Which table a model's name means: 'rec', 'aux.rec', or a name with any character in it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/status.h"
#include "sqlite/bindings/value.h"

namespace subjrec {

struct ModelName {
  std::string schema;  // "main", "temp" or an attached database
  std::string table;

  /// For SQL: "main"."rec", or with a suffix the shadow table "main"."rec_works".
  std::string quoted(std::string_view suffix = {}) const;
  /// For messages: rec, or aux.rec outside main.
  std::string shown() const;
  /// For sqlite/bindings/table_cache.h.
  std::pair<std::string, std::string> key() const { return {schema, table}; }
};

/// The model called `text`. A text with a dot is first a table's whole name and then
/// schema.table; either part may be in double quotes. Without a schema the order is SQLite's:
/// temp, main, then the attached ones. Errors: no such table (names the nearest model), or a table
/// that is not a model.
/// `before`, where it is given, gets the tables that `text` would mean first if they were there.
Result<ModelName> find_model(sqlite3* db, std::string_view who, std::string_view text,
                             std::vector<ModelName>* before = nullptr);

/// The same for a model that may be new: `exists` says which.
Result<ModelName> find_or_name_model(sqlite3* db, std::string_view who, std::string_view text,
                                     bool* exists, std::vector<ModelName>* before = nullptr);

/// By the same rules, the table or view called `text`, which is no model and may be new.
Result<ModelName> find_or_name_table(sqlite3* db, std::string_view who, std::string_view text,
                                     bool* exists);

/// The error for a read-only database, where `doing` ("training") would write `what`.
Status check_writable(sqlite3* db, std::string_view who, const ModelName& name,
                      std::string_view doing, std::string_view what = "model");

/// Names of the databases of this connection, in the order in which SQLite looks tables up.
Result<std::vector<std::string>> schemas(sqlite3* db, std::string_view who);

}  // namespace subjrec
