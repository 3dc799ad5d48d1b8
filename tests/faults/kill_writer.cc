// A process to kill: trains and imports into one database, again and again.
//
//   kill_writer loop <database> <folder of snapshots>      until it is killed
//   kill_writer tune <database> <table of results>         until it is killed or has done all runs
//   kill_writer race <database> <recipe> <n> <wait in ms>  trains n times; prints how many
//   succeeded
//
// Fails where anything fails but for a busy database.
#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "faults/kill.h"

extern "C" int sqlite3_subjrec_init(sqlite3*, char**, const struct sqlite3_api_routines*);

namespace {

/// True: it succeeded. False: the database was busy. Anything else ends the process.
bool run(sqlite3* db, const std::string& sql) {
  char* error = nullptr;
  const int code = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &error);
  if (code != SQLITE_OK && (code != SQLITE_BUSY || std::strstr(error, "busy") == nullptr)) {
    std::fprintf(stderr, "%d %s\n", code, error == nullptr ? "" : error);
    std::exit(1);
  }
  sqlite3_free(error);
  return code == SQLITE_OK;
}

}  // namespace

int main(int argc, char** argv) {
  using subjrec::faults::import_sql;
  using subjrec::faults::train_sql;
  using subjrec::faults::tune_sql;
  if (argc < 4) return 2;
  sqlite3_auto_extension(reinterpret_cast<void (*)()>(sqlite3_subjrec_init));
  sqlite3* db = nullptr;
  if (sqlite3_open(argv[2], &db) != SQLITE_OK) return 1;
  if (std::strcmp(argv[1], "loop") == 0) {
    for (int i = 0;; ++i) {
      if (!run(db, train_sql(i % 2)) || !run(db, import_sql(argv[3], i % 2))) return 1;
    }
  }
  if (std::strcmp(argv[1], "tune") == 0) return run(db, tune_sql(argv[3])) ? 0 : 1;
  int succeeded = 0;
  const int recipe = std::atoi(argv[3]);
  sqlite3_busy_timeout(db, std::atoi(argv[5]));
  for (int i = 0; i < std::atoi(argv[4]); ++i) succeeded += run(db, train_sql(recipe)) ? 1 : 0;
  std::printf("%d\n", succeeded);
  return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}
