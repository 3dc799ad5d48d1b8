// A small database with a model of every algorithm, in memory, made anew for every input.
#pragma once

#include <sqlite3.h>

#include <string>

namespace subjrec::fuzz {

/// Models "bce", "composed", "ials" and "ease" of the table "tags", "bce" with maps. The extension
/// is there without its file readers. Statements that would open a file, and pragmas that could,
/// are denied; what takes longer than a tenth of a second is interrupted.
class Database {
 public:
  Database();
  ~Database();  // checks that the connection can be closed
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  sqlite3* get() const { return db_; }

  /// Runs statements; an error has a text. Returns SQLite's code.
  int run(const std::string& sql) { return execute(sql, ignore_row); }

  /// The same, of a question; in the rows that it gives every score, similarity and contribution is
  /// a number. (SQLite makes NULL of what is none.)
  int ask(const std::string& sql) { return execute(sql, check_row); }

  /// Out of any transaction, no part of it is damaged.
  void check_integrity();

 private:
  using OnRow = int (*)(void*, int, char**, char**);
  static int ignore_row(void*, int, char**, char**) { return 0; }
  static int check_row(void*, int count, char** values, char** names);
  int execute(const std::string& sql, OnRow on_row);
  static int stop_in_time(void* self);
  static int authorize(void*, int action, const char*, const char*, const char*, const char*);

  sqlite3* db_ = nullptr;
  double deadline_ = 0;
};

}  // namespace subjrec::fuzz
