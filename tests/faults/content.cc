#include "faults/content.h"

#include <sstream>

namespace subjrec::faults {

int append_row(void* out, int count, char** values, char**) {
  auto& text = *static_cast<std::string*>(out);
  for (int i = 0; i < count; ++i)
    text.append(values[i] == nullptr ? "NULL" : values[i]).append("|");
  text += '\n';
  return 0;
}

/// Rows of a statement that has to work.
std::string rows(sqlite3* db, const std::string& sql) {
  std::string text;
  char* error = nullptr;
  if (sqlite3_exec(db, sql.c_str(), append_row, &text, &error) != SQLITE_OK) {
    text = std::string("ERROR ") + (error == nullptr ? "" : error) + " in: " + sql;
  }
  sqlite3_free(error);
  return text;
}

Content content_of(sqlite3* db) {
  Content content;
  content.rows = rows(db, "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2");
  std::istringstream tables(
      rows(db,
           "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type <> 'virtual' AND "
           "type <> 'view' ORDER BY 1"));
  for (std::string name; std::getline(tables, name);) {
    name.pop_back();
    if (name == "sqlite_schema") continue;
    // (How many seconds something took is never the same.)
    std::string columns =
        rows(db, "SELECT group_concat('quote(\"' || name || '\")', ', ') FROM pragma_table_info('" +
                     name + "') WHERE name <> 'seconds'");
    columns.resize(columns.size() - 2);
    content.rows +=
        name + "\n" + rows(db, "SELECT " + columns + " FROM \"" + name + "\" ORDER BY 1, 2");
  }
  std::istringstream models(
      rows(db, "SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL TABLE%' ORDER BY 1"));
  for (std::string name; std::getline(models, name);) {
    name.pop_back();
    content.answers += name + "\n" + rows(db, "SELECT * FROM \"" + name + "\"");
  }
  return content;
}

}  // namespace subjrec::faults
