#include "support/database.h"

#include <gtest/gtest.h>

extern "C" int sqlite3_subjrec_init(sqlite3*, char**, const struct sqlite3_api_routines*);

namespace subjrec::test {
namespace {

int collect(void* rows, int count, char** values, char**) {
  std::string row;
  for (int i = 0; i < count; ++i) {
    if (i > 0) row += '|';
    row += values[i] == nullptr ? "NULL" : values[i];
  }
  static_cast<std::vector<std::string>*>(rows)->push_back(row);
  return 0;
}

int execute(sqlite3* db, const std::string& sql, std::vector<std::string>* rows,
            std::string* message) {
  char* error = nullptr;
  const int code = sqlite3_exec(db, sql.c_str(), collect, rows, &error);
  *message = error == nullptr ? "" : error;
  sqlite3_free(error);
  return code;
}

}  // namespace

Database::Database(const std::string& path, int flags) {
  static const int registered =
      sqlite3_auto_extension(reinterpret_cast<void (*)()>(sqlite3_subjrec_init));
  EXPECT_EQ(registered, SQLITE_OK);
  EXPECT_EQ(sqlite3_open_v2(path.c_str(), &db_, flags, nullptr), SQLITE_OK) << sqlite3_errmsg(db_);
}

Database::~Database() {
  // sqlite3_close, not _v2: a statement left open must show.
  EXPECT_EQ(sqlite3_close(db_), SQLITE_OK) << "a statement or BLOB was left open";
}

void Database::run(const std::string& sql) { (void)rows(sql); }

std::vector<std::string> Database::rows(const std::string& sql) {
  std::vector<std::string> rows;
  std::string message;
  EXPECT_EQ(execute(db_, sql, &rows, &message), SQLITE_OK) << message << "\n  in: " << sql;
  return rows;
}

std::string Database::value(const std::string& sql) {
  const std::vector<std::string> all = rows(sql);
  EXPECT_EQ(all.size(), 1u) << sql;
  return all.empty() ? "" : all[0];
}

std::string Database::error(const std::string& sql) {
  std::vector<std::string> rows;
  std::string message;
  EXPECT_NE(execute(db_, sql, &rows, &message), SQLITE_OK) << "should fail: " << sql;
  return message;
}

std::vector<std::string> Database::contents(const std::string& schema) {
  std::vector<std::string> all =
      rows("SELECT type, name, tbl_name, sql FROM " + schema + ".sqlite_schema ORDER BY 1, 2");
  for (const std::string& table : rows("SELECT name FROM " + schema +
                                       ".sqlite_schema WHERE type = 'table' AND rootpage > 0 "
                                       "ORDER BY 1")) {
    const std::string values = value(
        "SELECT group_concat('quote(\"' || replace(name, '\"', '\"\"') || '\")', '||'',''||') "
        "FROM pragma_table_info('" +
        table + "', '" + schema + "')");
    for (const std::string& row :
         rows("SELECT " + values + " FROM " + schema + ".\"" + table + "\" ORDER BY 1")) {
      all.push_back(table + ": " + row);
    }
  }
  return all;
}

std::string Database::attempt(const std::string& sql, std::vector<std::string>* rows) {
  std::string message;
  execute(db_, sql, rows, &message);
  return message;
}

int Database::code(const std::string& sql) {
  std::vector<std::string> rows;
  std::string message;
  return execute(db_, sql, &rows, &message);
}

}  // namespace subjrec::test
