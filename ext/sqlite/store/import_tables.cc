#include "sqlite/store/import_tables.h"

#include <vector>

#include "sqlite/bindings/statement.h"
#include "sqlite/bindings/status.h"

namespace subjrec {
namespace {

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> items;
  while (!list.empty()) {
    const size_t comma = list.find(", ");
    items.emplace_back(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 2);
  }
  return items;
}

Status other_table(std::string_view who, const std::string& schema, const ImportTable& table,
                   const std::string& got) {
  return {Code::kInvalid, std::string(who) + ": " + schema + "." + table.name +
                              " is not a table that an import can fill: wanted the columns " +
                              table.columns + " with the primary key (" + key_columns(table) +
                              "), got " + got +
                              "; rename it, or attach another database and name it with the "
                              "option \"schema\""};
}

}  // namespace

std::string key_columns(const ImportTable& table) {
  const std::vector<std::string> columns = split(table.columns);
  std::string key = columns[0];
  for (int i = 1; i < table.key_count; ++i) key += ", " + columns[static_cast<size_t>(i)];
  return key;
}

std::string quoted_table(const std::string& schema, const ImportTable& table) {
  return sql("\"%w\".\"%w\"", schema.c_str(), table.name);
}

Result<bool> check_import_table(sqlite3* db, std::string_view who, const std::string& schema,
                                const ImportTable& table) {
  SUBJREC_ASSIGN(Statement query,
                 Statement::prepare(db, who,
                                    "SELECT i.name, i.pk, l.type FROM pragma_table_list(?1) l, "
                                    "pragma_table_info(?1, ?2) i WHERE l.schema = ?2"));
  query.bind(1, table.name).bind(2, schema);
  std::string columns, kind;
  std::vector<std::string> key(static_cast<size_t>(table.key_count));
  bool key_fits = true;
  std::vector<std::string> wanted = split(table.columns);
  for (;;) {
    SUBJREC_ASSIGN(const bool row, query.step(who));
    if (!row) break;
    const std::string name(query.text(0));
    columns += (columns.empty() ? "" : ", ") + name;
    kind = query.text(2);
    const auto place = static_cast<size_t>(query.integer(1));
    if (place > key.size()) key_fits = false;
    if (place > 0 && place <= key.size()) key_fits &= name == wanted[place - 1];
    if (place > 0 && place <= key.size()) key[place - 1] = name;
  }
  if (columns.empty()) return false;
  if (kind != "table") return other_table(who, schema, table, "a " + kind + " of that name");
  for (const std::string& name : key) key_fits &= !name.empty();
  const std::vector<std::string> got = split(columns);
  for (const std::string& name : wanted) {
    bool there = false;
    for (const std::string& column : got) there |= column == name;
    if (!there) return other_table(who, schema, table, "the columns " + columns);
  }
  if (!key_fits) {
    return other_table(who, schema, table, "the columns " + columns + " with another key");
  }
  return true;
}

Status need_import_table(sqlite3* db, std::string_view who, const std::string& schema,
                         const ImportTable& table) {
  SUBJREC_ASSIGN(const bool there, check_import_table(db, who, schema, table));
  if (there) return {};
  return execute(db, who,
                 "CREATE TABLE " + quoted_table(schema, table) + "(" + table.types +
                     ", PRIMARY KEY (" + key_columns(table) + ")) WITHOUT ROWID");
}

}  // namespace subjrec
