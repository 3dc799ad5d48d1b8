// A database connection for tests, with the extension registered in it.
//
// The face is compiled against sqlite3ext.h, whose functions go through a table that SQLite hands
// to the entry point; the test program links libsqlite3 and calls the entry point through
// sqlite3_auto_extension.
#pragma once

#include <sqlite3.h>

#include <string>
#include <vector>

namespace subjrec::test {

class Database {
 public:
  explicit Database(const std::string& path = ":memory:",
                    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  sqlite3* get() const { return db_; }

  /// Runs statements that must succeed; reports a test failure with the message otherwise.
  void run(const std::string& sql);
  /// Rows as text, columns joined by '|', NULL as "NULL"; a failure is a test failure.
  std::vector<std::string> rows(const std::string& sql);
  /// The one value of the one row.
  std::string value(const std::string& sql);
  /// The error message of statements that must fail; "" (and a test failure) if they do not.
  std::string error(const std::string& sql);
  /// The error message of running statements, "" where there is none, and their rows.
  std::string attempt(const std::string& sql, std::vector<std::string>* rows);
  /// The result code of running statements, without judging it.
  int code(const std::string& sql);
  /// Everything that is stored in a schema: its schema, and every row of every ordinary table as
  /// SQL literals. Two databases with the same contents hold the same.
  std::vector<std::string> contents(const std::string& schema = "main");

 private:
  sqlite3* db_ = nullptr;
};

}  // namespace subjrec::test
