// What loading the extension adds, and what a database file may not make its reader do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/catalogue.h"

extern "C" int sqlite3_subjrec_init(sqlite3*, char**, const struct sqlite3_api_routines*);
extern "C" int sqlite3_subjrec_nofiles_init(sqlite3*, char**, const struct sqlite3_api_routines*);

namespace subjrec::test {
namespace {

using ::testing::ElementsAre;
using EntryPoint = int (*)(sqlite3*, char**, const struct sqlite3_api_routines*);

void (*as_extension(EntryPoint entry))() { return reinterpret_cast<void (*)()>(entry); }

TEST(Security, AViewMayNotTrainOrEvaluate) {
  Database db;
  db.run(kCatalogue);
  db.run(train_sql("rec", "bce"));
  db.run(
      "CREATE VIEW f AS SELECT subjrec_train('rec');"
      "CREATE VIEW t AS SELECT * FROM subjrec_train('rec');"
      "CREATE VIEW u AS SELECT subjrec_update('rec');"
      "CREATE VIEW g AS SELECT subjrec_tune('tags', '{}');"
      "CREATE VIEW h AS SELECT * FROM subjrec_tune('tags', '{}');"
      "CREATE VIEW e AS SELECT * FROM subjrec_evaluate('rec', 'tags')");
  EXPECT_EQ(db.error("SELECT * FROM f"), "unsafe use of subjrec_train()");
  EXPECT_EQ(db.error("SELECT * FROM u"), "unsafe use of subjrec_update()");
  EXPECT_EQ(db.error("SELECT * FROM g"), "unsafe use of subjrec_tune()");
  EXPECT_EQ(db.error("SELECT * FROM h"), "unsafe use of virtual table \"subjrec_tune\"");
  EXPECT_EQ(db.error("SELECT * FROM t"), "unsafe use of virtual table \"subjrec_train\"");
  EXPECT_EQ(db.error("SELECT * FROM e"), "unsafe use of virtual table \"subjrec_evaluate\"");
}

TEST(Security, ARememberedSelectMayNotDoWhatAViewMayNot) {
  Database db;
  db.run(kCatalogue);
  db.run(train_sql("rec", "bce", "", "SELECT work, upper(subject) FROM tags"));
  db.run("SELECT subjrec_train('rec')");
  const auto planted = [&](const std::string& source) {
    db.run("UPDATE rec_config SET value = '" + source + "' WHERE key = 'source'");
    return db.error("SELECT subjrec_train('rec')");
  };
  EXPECT_EQ(
      planted("SELECT subjrec_train(''other'', ''tags''), 1"),
      "subjrec_train: the source that the model remembers, SELECT subjrec_train('other', "
      "'tags'), 1, uses subjrec_train(), which is not run on the word of a database file; give "
      "the source again, or make it a view");
  EXPECT_EQ(
      planted("SELECT epoch, loss FROM subjrec_train(''other'', ''tags'')"),
      "subjrec_train: the source that the model remembers, SELECT epoch, loss FROM "
      "subjrec_train('other', 'tags'), uses a virtual table, which is not run on the word of a "
      "database file; give the source again, or make it a view");
  EXPECT_EQ(db.value("SELECT count(*) FROM sqlite_schema WHERE name = 'other'"), "0");
}

constexpr const char* kFunctions =
    "SELECT name, narg FROM pragma_function_list WHERE name LIKE '%subjrec%' ORDER BY 1, 2";
constexpr const char* kModules =
    "SELECT name FROM pragma_module_list WHERE name LIKE '%subjrec%' ORDER BY 1";

TEST(Inventory, IsExactlyThis) {
  Database db;
  EXPECT_THAT(
      db.rows(kFunctions),
      ElementsAre("subjrec_begin|1", "subjrec_debug|0", "subjrec_dot|2", "subjrec_finish|4",
                  "subjrec_import|-1", "subjrec_load|-1", "subjrec_map|-1", "subjrec_merge|1",
                  "subjrec_next|2", "subjrec_plot|-1", "subjrec_similarity|2",
                  "subjrec_similarity|4", "subjrec_state|1", "subjrec_train|-1", "subjrec_tune|-1",
                  "subjrec_update|1", "subjrec_vector_from_json|1", "subjrec_vector_to_json|1",
                  "subjrec_version|0"));
  EXPECT_THAT(db.rows(kModules),
              ElementsAre("subjrec", "subjrec_evaluate", "subjrec_evaluate_subjects",
                          "subjrec_explain", "subjrec_import", "subjrec_lines", "subjrec_map",
                          "subjrec_outliers", "subjrec_place", "subjrec_similar",
                          "subjrec_snapshot", "subjrec_split", "subjrec_step", "subjrec_suggest",
                          "subjrec_suggest_text", "subjrec_topk", "subjrec_train", "subjrec_tune"));
}

TEST(Inventory, AddsNothingUnderOtherNames) {
  const std::string count =
      "SELECT (SELECT count(*) FROM pragma_function_list WHERE name NOT LIKE 'subjrec%'), "
      "(SELECT count(*) FROM pragma_module_list WHERE name NOT LIKE 'subjrec%')";
  Database registered;  // so that there is an entry point to take out
  sqlite3_cancel_auto_extension(as_extension(sqlite3_subjrec_init));
  std::string without;
  {
    Database db;
    EXPECT_EQ(db.rows(kFunctions).size() + db.rows(kModules).size(), 0u);
    without = db.value(count);
  }
  sqlite3_auto_extension(as_extension(sqlite3_subjrec_init));
  EXPECT_EQ(registered.value(count), without);
}

TEST(Inventory, WithoutFilesLacksWhatOpensThem) {
  Database registered;
  sqlite3_cancel_auto_extension(as_extension(sqlite3_subjrec_init));
  sqlite3_auto_extension(as_extension(sqlite3_subjrec_nofiles_init));
  {
    Database db;
    EXPECT_EQ(db.value("SELECT (SELECT count(*) FROM pragma_function_list WHERE name = "
                       "'subjrec_import') + (SELECT count(*) FROM pragma_module_list WHERE name = "
                       "'subjrec_snapshot')"),
              "0");
    EXPECT_EQ(db.rows(kFunctions).size(), 18u);
    EXPECT_EQ(db.rows(kModules).size(), 15u);
  }
  sqlite3_cancel_auto_extension(as_extension(sqlite3_subjrec_nofiles_init));
  sqlite3_auto_extension(as_extension(sqlite3_subjrec_init));
}

}  // namespace
}  // namespace subjrec::test
