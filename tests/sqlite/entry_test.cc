// The entry point, called as SQLite calls it.
#include <gtest/gtest.h>
#include <sqlite3ext.h>

// The test program links SQLite: its functions are called as such, not through the table.
#undef sqlite3_free
#undef sqlite3_auto_extension
#undef sqlite3_cancel_auto_extension

#include "support/database.h"

extern "C" int sqlite3_subjrec_init(sqlite3*, char**, const sqlite3_api_routines*);
extern "C" void sqlite3_free(void*);
extern "C" int sqlite3_auto_extension(void (*)());
extern "C" int sqlite3_cancel_auto_extension(void (*)());

namespace subjrec::test {
namespace {

const sqlite3_api_routines* table = nullptr;

int keep_table(sqlite3*, char**, const sqlite3_api_routines* given) {
  table = given;
  return SQLITE_OK;
}

/// What SQLite hands to entry points.
const sqlite3_api_routines* api() {
  const auto entry = reinterpret_cast<void (*)()>(keep_table);
  sqlite3_auto_extension(entry);
  { const Database db; }
  sqlite3_cancel_auto_extension(entry);
  return table;
}

TEST(Entry, MayBeCalledTwice) {
  Database db;
  db.run("CREATE TABLE tags(work, subject); INSERT INTO tags VALUES ('a', 1), ('a', 2), ('b', 1)");
  db.run("SELECT subjrec_train('rec', 'tags', '{\"algorithm\":\"bce\",\"epochs\":1}')");
  const auto before = db.rows("SELECT * FROM rec");
  char* error = nullptr;
  EXPECT_EQ(sqlite3_subjrec_init(db.get(), &error, api()), SQLITE_OK);
  EXPECT_EQ(error, nullptr);
  EXPECT_EQ(db.rows("SELECT * FROM rec"), before);
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_topk('rec', 'a', 5)"), "2");
}

TEST(Entry, RefusesAnOldSqliteInOneSentence) {
  Database db;
  const sqlite3_api_routines* real = api();
  sqlite3_api_routines old = *real;
  old.libversion_number = [] { return 3037002; };
  old.libversion = []() -> const char* { return "3.37.2"; };
  char* error = nullptr;
  const int code = sqlite3_subjrec_init(db.get(), &error, &old);
  const std::string said = error == nullptr ? "" : error;
  sqlite3_free(error);
  EXPECT_EQ(sqlite3_subjrec_init(db.get(), nullptr, real), SQLITE_OK);
  EXPECT_EQ(code, SQLITE_ERROR);
  EXPECT_EQ(said, "subjrec needs SQLite 3.38 or later, and this is 3.37.2");
}

}  // namespace
}  // namespace subjrec::test
