// A model keeps step with the transaction that it is changed in.
#include <gtest/gtest.h>

#include <tuple>

#include "support/catalogue.h"
#include "support/files.h"

namespace subjrec::test {
namespace {

using ::subjrec::testing::TemporaryFolder;

/// A snapshot of two works, for imports.
constexpr const char* kSnapshot =
    R"({"id":"a","title":"A","subjects":[{"id":"h","label":"X","concepts":[{"id":"x","label":"X"}]}]})"
    "\n"
    R"({"id":"f","title":"F","subjects":[{"id":"g","label":"Y","concepts":[{"id":"y","label":"Y"}]}]})"
    "\n";

/// What changes a model, in SQL; @ is the snapshot's path.
const std::pair<const char*, std::string> kActions[] = {
    {"train", train_sql("fresh", "bce", ",\"epochs\":2")},
    {"train by rows",
     "SELECT * FROM subjrec_train('fresh', 'tags', '{\"algorithm\":\"ials\",\"epochs\":2}')"},
    {"retrain", train_sql("rec", "ease")},
    {"retrain by INSERT",
     "INSERT INTO tags VALUES('z', 'x'); INSERT INTO rec(rec) VALUES('train')"},
    {"declare", "CREATE VIRTUAL TABLE fresh USING subjrec(source='tags', epochs=3)"},
    {"import", "SELECT subjrec_import('@')"},
    {"load", "SELECT subjrec_load('rec', 'SELECT 1, ''[1,2]''', 'SELECT 2, ''[1,3]''')"},
    {"map", "SELECT subjrec_map('rec', 'work', '{\"n_neighbors\":3,\"epochs\":5}')"},
    {"drop", "DROP TABLE rec"},
    {"rename", "ALTER TABLE rec RENAME TO old"},
    {"drop and train", "DROP TABLE rec;" + train_sql("rec", "composed", ",\"epochs\":2")},
};

/// The old model's answers, or why there are none.
std::string answers(Database& db) {
  if (db.value("SELECT count(*) FROM sqlite_schema WHERE name = 'rec'") == "0") return "no model";
  return db.value(
      "SELECT group_concat(quote(subject_id) || ' ' || score || ' ' || tagged) FROM rec");
}

/// One database with a model, and an action on it.
struct Stage {
  Stage(const std::string& mode, std::string action) : sql(std::move(action)) {
    db.run("PRAGMA synchronous = off; PRAGMA journal_mode = " + mode);
    db.run(kCatalogue);
    db.run(train_sql("rec", "bce", ",\"embedding_dim\":4,\"epochs\":5"));
    db.run("SELECT subjrec_map('rec', 'work', '{\"n_neighbors\":2,\"epochs\":3}')");
    if (const size_t at = sql.find('@'); at != std::string::npos) {
      sql.replace(at, 1, folder.write("s.json", kSnapshot));
    }
  }

  TemporaryFolder folder;
  Database db{folder.write("works.db", "")};
  std::string sql;
};

/// (journal mode, how the transaction begins)
class Transactions : public ::testing::TestWithParam<std::tuple<const char*, std::string>> {
 protected:
  const std::string mode = std::get<0>(GetParam());
  const std::string begin = std::get<1>(GetParam());
};

TEST_P(Transactions, RolledBackIsAsBefore) {
  for (const auto& [name, sql] : kActions) {
    SCOPED_TRACE(name);
    Stage stage(mode, sql);
    Database& db = stage.db;
    const std::vector<std::string> before = db.contents();
    const std::string answered = answers(db);
    db.run(begin + ";" + stage.sql);
    EXPECT_NE(db.contents(), before) << "it does something";
    db.run(begin == "BEGIN" ? "ROLLBACK" : "ROLLBACK TO mine; RELEASE mine");
    EXPECT_NE(sqlite3_get_autocommit(db.get()), 0);
    EXPECT_EQ(db.contents(), before);
    EXPECT_EQ(answers(db), answered) << "what was loaded follows";
    db.run(stage.sql);
    EXPECT_NE(db.contents(), before) << "the connection is in order";
  }
}

TEST_P(Transactions, OthersSeeTheOldModelUntilTheCommit) {
  for (const auto& [name, sql] : kActions) {
    SCOPED_TRACE(name);
    Stage stage(mode, sql);
    Database& db = stage.db;
    Database other(stage.folder.file("works.db"));
    const std::string answered = answers(db);
    EXPECT_EQ(answers(other), answered);
    db.run(begin + ";" + stage.sql);
    EXPECT_EQ(answers(other), answered);
    EXPECT_EQ(other.value("PRAGMA integrity_check"), "ok");
    const std::vector<std::string> within = db.contents();
    const std::string changed = answers(db);
    db.run(begin == "BEGIN" ? "COMMIT" : "RELEASE mine");
    EXPECT_EQ(db.contents(), within);
    EXPECT_EQ(other.contents(), within);
    EXPECT_EQ(answers(other), changed);
    EXPECT_EQ(other.value("PRAGMA integrity_check"), "ok");
  }
}

TEST_P(Transactions, AnInnerSavepointIsRolledBackAlone) {
  for (const auto& [name, sql] : kActions) {
    SCOPED_TRACE(name);
    Stage stage(mode, sql);
    Database& db = stage.db;
    db.run(begin + "; CREATE TABLE kept(a); INSERT INTO kept VALUES(1); SAVEPOINT inner_one");
    const std::vector<std::string> before = db.contents();
    db.run(stage.sql);
    EXPECT_NE(db.contents(), before);
    db.run("ROLLBACK TO inner_one");
    EXPECT_EQ(db.contents(), before);
    db.run("COMMIT");
    EXPECT_EQ(db.contents(), before);
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, Transactions,
                         ::testing::Combine(::testing::Values("wal", "delete"),
                                            ::testing::Values("BEGIN", "SAVEPOINT mine")));

}  // namespace
}  // namespace subjrec::test
