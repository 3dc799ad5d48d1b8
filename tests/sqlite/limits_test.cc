// Hosts that trust nobody: limits, defensive mode, an untrusted schema, little memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/catalogue.h"
#include "support/files.h"

namespace subjrec::test {
namespace {

using ::subjrec::testing::TemporaryFolder;
using ::testing::HasSubstr;

/// What https://sqlite.org/security.html recommends for hostile SQL and files.
void harden(Database& db) {
  constexpr std::pair<int, int> kLimits[] = {{SQLITE_LIMIT_LENGTH, 1'000'000},
                                             {SQLITE_LIMIT_SQL_LENGTH, 100'000},
                                             {SQLITE_LIMIT_COLUMN, 100},
                                             {SQLITE_LIMIT_EXPR_DEPTH, 10},
                                             {SQLITE_LIMIT_COMPOUND_SELECT, 3},
                                             {SQLITE_LIMIT_VDBE_OP, 25'000},
                                             {SQLITE_LIMIT_FUNCTION_ARG, 8},
                                             {SQLITE_LIMIT_ATTACHED, 0},
                                             {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50},
                                             {SQLITE_LIMIT_VARIABLE_NUMBER, 10},
                                             {SQLITE_LIMIT_TRIGGER_DEPTH, 10}};
  for (const auto& [limit, value] : kLimits) sqlite3_limit(db.get(), limit, value);
  EXPECT_EQ(sqlite3_db_config(db.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr), SQLITE_OK);
  EXPECT_EQ(sqlite3_db_config(db.get(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr), SQLITE_OK);
  db.run("PRAGMA cell_size_check = on; PRAGMA mmap_size = 0");
}

/// All that a model does; every statement must succeed.
std::vector<std::string> everything(Database& db, const std::string& snapshot) {
  std::vector<std::string> all;
  const auto run = [&](const std::string& sql) {
    SCOPED_TRACE(sql);
    for (std::string& row : db.rows(sql)) all.push_back(std::move(row));
  };
  db.run("SELECT subjrec_import('" + snapshot + "')");
  run("SELECT * FROM work_subjects");
  run("SELECT work_id, concept_id FROM subjrec_snapshot('" + snapshot + "')");
  for (const char* algorithm : {"bce", "composed", "ials", "ease"}) {
    db.run(train_sql("rec", algorithm, ",\"epochs\":2,\"embedding_dim\":4"));
    run("SELECT * FROM subjrec_topk('rec', 'a', 3)");
    run("SELECT * FROM subjrec_suggest('rec', '[\"x\"]', 3)");
    run("SELECT * FROM subjrec_similar('rec', 'work', 'a', 3)");
    run("SELECT * FROM subjrec_explain('rec', 'a', 'z')");
    run("SELECT * FROM subjrec_evaluate('rec', 'tags')");
    run("SELECT * FROM rec");
    db.run("SELECT subjrec_map('rec', 'subject', '{\"n_neighbors\":2,\"epochs\":3}')");
    run("SELECT * FROM rec_map");
    run("SELECT subjrec_plot('rec', 'subjects') LIKE '<svg%'");
  }
  db.run("INSERT INTO rec(rec) VALUES('train')");
  db.run("SELECT * FROM subjrec_train('rec')");
  db.run("ALTER TABLE rec RENAME TO old; DROP TABLE old");
  run("SELECT name FROM sqlite_schema ORDER BY 1");
  return all;
}

TEST(Limits, AHardenedConnectionDoesAllThatAnotherDoes) {
  TemporaryFolder folder;
  const std::string snapshot = folder.write(
      "s.json",
      R"({"id":"a","title":"A","subjects":[{"id":"h","concepts":[{"id":"x","label":"X"}]}]})"
      "\n");
  Database plain;
  Database hardened;
  plain.run(kCatalogue);
  hardened.run(kCatalogue);
  harden(hardened);
  EXPECT_EQ(everything(hardened, snapshot), everything(plain, snapshot));
}

TEST(Limits, ShadowTablesAreWrittenByNobodyElseInDefensiveMode) {
  Database db;
  db.run(kCatalogue);
  db.run(train_sql("rec", "bce"));
  harden(db);
  EXPECT_EQ(db.error("UPDATE rec_works SET embedding = x''"),
            "table rec_works may not be modified");
  EXPECT_EQ(db.error("DROP TABLE rec_config"), "table rec_config may not be dropped");
  EXPECT_EQ(db.error("INSERT INTO rec_map VALUES('work', 'a', 0, 0)"),
            "table rec_map may not be modified");
}

TEST(Limits, APlotThatIsTooLongSaysWhatItNeeds) {
  Database db;
  db.run(
      "CREATE TABLE tags AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i "
      "< 999) SELECT i AS work, i % 50 AS subject FROM n");
  db.run(train_sql("rec", "bce", ",\"epochs\":1"));
  db.run("INSERT INTO rec_map SELECT 'subject', subject_id, n, n FROM rec_subjects");
  sqlite3_limit(db.get(), SQLITE_LIMIT_LENGTH, 50'000);
  const std::string error = db.error("SELECT subjrec_plot('rec', 'explorer')");
  EXPECT_THAT(error, HasSubstr("subjrec_plot: the plot has "));
  EXPECT_THAT(error, HasSubstr(" bytes, and this connection allows values of 50000 "
                               "(SQLITE_LIMIT_LENGTH); raise that limit, or show fewer with option "
                               "\"works\""));
}

TEST(Limits, ATrainingThatDoesNotFitSaysSoBeforeItStarts) {
  Database db;
  db.run(kCatalogue);
  db.run("BEGIN; CREATE TABLE mine(a)");
  const auto error = [&](const std::string& options) {
    return db.error("SELECT subjrec_train('rec', 'SELECT value, value % 1000 FROM big', '" +
                    options + "')");
  };
  db.run(
      "CREATE TABLE big AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i "
      "< "
      "9999) SELECT i AS value FROM n");
  EXPECT_EQ(error("{\"algorithm\":\"bce\",\"embedding_dim\":100,\"memory_limit\":5}"),
            "subjrec_train: this training, with \"bce\", needs about 19 MB of memory, and option "
            "\"memory_limit\" allows 5 MB; lower \"embedding_dim\" (now 100), or train on fewer "
            "works, or raise the limit");
  EXPECT_EQ(error("{\"algorithm\":\"ease\",\"memory_limit\":5}"),
            "subjrec_train: this training, with \"ease\", needs about 16 MB of memory, and option "
            "\"memory_limit\" allows 5 MB; give it fewer features, or use {\"algorithm\": "
            "\"composed\"}, which grows with the data alone, or raise the limit");
  EXPECT_EQ(db.value("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'rec%'"), "0");
  EXPECT_EQ(sqlite3_get_autocommit(db.get()), 0) << "the user's transaction goes on";
  db.run("COMMIT");
  db.run(
      "SELECT subjrec_train('rec', 'tags', '{\"algorithm\":\"bce\",\"epochs\":1,\"memory_limit\":9"
      "}')");
  EXPECT_EQ(db.value("SELECT count(*) FROM rec_config WHERE value LIKE '%\"memory_limit\":9%'"),
            "0")
      << "it is of this machine, not of the model";
}

TEST(Limits, AHeapLimitOfSqliteIsAnError) {
  Database db;
  db.run(kCatalogue);
  db.run(train_sql("rec", "bce", ",\"embedding_dim\":4,\"epochs\":5"));
  const std::vector<std::string> before = db.contents();
  const sqlite3_int64 old = sqlite3_hard_heap_limit64(sqlite3_memory_used() + 20'000);
  const int code = db.code(
      "SELECT subjrec_train('rec', 'SELECT tags.work || a.work || b.work, "
      "b.subject FROM tags, tags a, tags b WHERE a.rowid > 0 ORDER BY 1')");
  sqlite3_hard_heap_limit64(old);
  EXPECT_EQ(code, SQLITE_NOMEM);
  EXPECT_NE(sqlite3_get_autocommit(db.get()), 0);
  EXPECT_EQ(db.contents(), before);
  EXPECT_EQ(db.rows("SELECT * FROM subjrec_topk('rec', 'a', 4)").size(), 4u);
  db.run("SELECT subjrec_train('rec')");
}

/// Flags of a name: directonly, innocuous, or neither.
TEST(Flags, AreTheNarrowest) {
  Database db;
  EXPECT_THAT(
      db.rows("SELECT name || '/' || narg || CASE WHEN flags & 0x80000 THEN ' top level' "
              "ELSE '' END || CASE WHEN flags & 0x200000 THEN ' innocuous' ELSE '' END || "
              "CASE WHEN flags & 0x800 THEN ' deterministic' ELSE '' END FROM "
              "pragma_function_list WHERE name LIKE 'subjrec%' ORDER BY 1"),
      ::testing::ElementsAre(
          "subjrec_begin/1 innocuous deterministic", "subjrec_debug/0 innocuous",
          "subjrec_dot/2 innocuous deterministic", "subjrec_finish/4 top level",
          "subjrec_import/-1 top level", "subjrec_load/-1 top level", "subjrec_map/-1 top level",
          "subjrec_merge/1 innocuous deterministic", "subjrec_next/2 top level",
          "subjrec_plot/-1 top level", "subjrec_similarity/2 innocuous deterministic",
          "subjrec_similarity/4", "subjrec_state/1 innocuous deterministic",
          "subjrec_train/-1 top level", "subjrec_tune/-1 top level", "subjrec_update/1 top level",
          "subjrec_vector_from_json/1 innocuous deterministic",
          "subjrec_vector_to_json/1 innocuous deterministic",
          "subjrec_version/0 innocuous deterministic"));
}

class Planted : public Catalogue {
 protected:
  Planted() {
    db.run("CREATE TABLE log(a)");
    folder.write("s.json", R"({"id":"a","subjects":[{"concepts":[{"id":"x"}]}]})");
    path = folder.file("s.json");
  }
  TemporaryFolder folder;
  std::string path;
};

TEST_F(Planted, InsideAWritingStatementNothingIsReadFirst) {
  for (const std::string& call : {std::string("subjrec_train('rec', 'no such table')"),
                                  std::string("subjrec_import('no such file')"),
                                  std::string("subjrec_map('none', 'work')")}) {
    EXPECT_THAT(db.error("CREATE TABLE rows AS SELECT * FROM " + call),
                HasSubstr(": cannot write while another statement of this connection is writing; "
                          "call it from a SELECT of its own"));
  }
}

TEST_F(Planted, ViewsTriggersAndColumnsRunNothingThatWritesOrReadsFiles) {
  const std::vector<std::string> calls = {
      "subjrec_train('rec')",
      "subjrec_import('" + path + "')",
      "subjrec_load('rec', 'SELECT 1, ''[1]''', 'SELECT 1, ''[1]''')",
      "subjrec_map('rec', 'work')",
      "subjrec_update('rec')",
      "subjrec_tune('tags', '{}')",
      "subjrec_plot('rec', 'loss')"};
  for (const std::string& call : calls) {
    SCOPED_TRACE(call);
    const std::string error = "unsafe use of " + call.substr(0, call.find('(')) + "()";
    db.run("CREATE VIEW v AS SELECT " + call + " AS x");
    EXPECT_EQ(db.error("SELECT * FROM v"), error);
    db.run("DROP VIEW v; CREATE TRIGGER t AFTER INSERT ON log BEGIN SELECT " + call + "; END");
    EXPECT_EQ(db.error("INSERT INTO log VALUES(1)"), error);
    db.run("DROP TRIGGER t");
    db.run("CREATE TABLE d(a, b DEFAULT (" + call + "))");
    EXPECT_EQ(db.error("INSERT INTO d(a) VALUES(1)"), error);
    db.run("DROP TABLE d");
    // SQLite 3.40 runs such functions in a CHECK; what writes refuses before it does anything.
    db.run("CREATE TABLE c(a CHECK (" + call + "))");
    if (call.find("plot") == std::string::npos) {
      EXPECT_THAT(
          db.error("INSERT INTO c VALUES(1)"),
          ::testing::AnyOf(error, HasSubstr(": cannot write while another statement of this "
                                            "connection is writing; call it from a SELECT "
                                            "of its own")));
    }
    db.run("DROP TABLE c");
    EXPECT_NE(db.code("CREATE TABLE g(a, b AS (" + call + "))"), SQLITE_OK);
    EXPECT_NE(db.code("CREATE INDEX i ON log(" + call + ")"), SQLITE_OK);
  }
  for (const std::string& call :
       {std::string("subjrec_train('rec')"), std::string("subjrec_evaluate('rec', 'tags')"),
        std::string("subjrec_evaluate_subjects('rec', 'tags')"), "subjrec_snapshot('" + path + "')",
        "subjrec_import('" + path + "')", std::string("subjrec_map('rec', 'work')")}) {
    SCOPED_TRACE(call);
    const std::string error =
        "unsafe use of virtual table \"" + call.substr(0, call.find('(')) + "\"";
    db.run("CREATE VIEW v AS SELECT * FROM " + call);
    EXPECT_EQ(db.error("SELECT * FROM v"), error);
    db.run("DROP VIEW v; CREATE TRIGGER t AFTER INSERT ON log BEGIN SELECT * FROM " + call +
           "; END");
    EXPECT_EQ(db.error("INSERT INTO log VALUES(1)"), error);
    db.run("DROP TRIGGER t");
  }
  EXPECT_EQ(db.value("SELECT count(*) FROM sqlite_schema WHERE name = 'works'"), "0");
}

TEST_F(Planted, ATriggerDoesNotTrain) {
  const std::vector<std::string> before = db.contents();
  db.run("CREATE TRIGGER t AFTER INSERT ON log BEGIN INSERT INTO rec(rec) VALUES('train'); END");
  EXPECT_EQ(db.error("INSERT INTO log VALUES(1)"),
            "subjrec: a trigger may not train model \"rec\"; say INSERT INTO rec(...) "
            "VALUES('train') in a statement of its own");
  db.run(
      "CREATE VIEW v AS SELECT 1 AS a; CREATE TRIGGER i INSTEAD OF INSERT ON v BEGIN INSERT INTO "
      "log VALUES(new.a); END");
  EXPECT_THAT(db.error("INSERT INTO v VALUES(1)"), HasSubstr("a trigger may not train"));
  db.run("DROP TRIGGER t; DROP TRIGGER i; DROP VIEW v");
  EXPECT_EQ(db.contents(), before);
  db.run("INSERT INTO tags VALUES('new', 'x'); INSERT INTO rec(rec) VALUES('train')");
  EXPECT_EQ(db.value("SELECT count(*) FROM rec WHERE work_id = 'new'"), "4");
}

TEST_F(Planted, ViewsAskWhereTheSchemaIsTrusted) {
  db.run(
      "CREATE VIEW best AS SELECT * FROM subjrec_topk('rec', 'a', 2);"
      "CREATE VIEW cells AS SELECT * FROM rec WHERE work_id = 'a';"
      "CREATE TABLE vectors(v BLOB, unit AS (subjrec_similarity(v, v)) STORED CHECK "
      "(subjrec_similarity(v, v) >= 0)); CREATE INDEX by_size ON vectors(subjrec_similarity(v, "
      "v))");
  EXPECT_EQ(db.rows("SELECT * FROM best").size(), 2u);
  EXPECT_EQ(db.rows("SELECT * FROM cells").size(), 4u);
  db.run("PRAGMA trusted_schema = off");
  EXPECT_EQ(db.error("SELECT * FROM best"), "unsafe use of virtual table \"subjrec_topk\"");
  EXPECT_EQ(db.error("SELECT * FROM cells"), "unsafe use of virtual table \"rec\"");
  EXPECT_EQ(db.rows("SELECT * FROM subjrec_topk('rec', 'a', 2)").size(), 2u);
  db.run("INSERT INTO vectors VALUES(x'0000803f00000000')");
  EXPECT_EQ(db.value("SELECT unit FROM vectors"), "1.0") << "arithmetic is innocuous";
}

}  // namespace
}  // namespace subjrec::test
