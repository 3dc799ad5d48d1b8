// rec_packed: what a first list reads is what the whole catalogue says, in a model that has it, in
// one that lacks it, and after everything that changes a model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/files.h"
#include "support/planted_catalogue.h"

namespace subjrec::test {
namespace {

using ::subjrec::testing::TemporaryFolder;
using ::testing::HasSubstr;

constexpr const char* kFacts =
    "CREATE TABLE facts AS SELECT DISTINCT work, 'f' || (work % 7) AS feature, 1.0 AS weight FROM "
    "tags UNION ALL SELECT DISTINCT work, 'g' || (work % 11), 0.25 * (work % 5) - 0.25 FROM tags";

constexpr const char* kReaders[] = {
    "SELECT * FROM subjrec_topk('rec', 5, 9)",
    "SELECT * FROM subjrec_topk('rec', 77, 9, 'new')",
    "SELECT * FROM subjrec_topk('rec', 5, 9, 'new', 0.5, 0.01, 0.3)",
    "SELECT * FROM subjrec_topk('rec', 5, 9) WHERE subject_id IN (3, 9, 12)",
    "SELECT * FROM subjrec_topk('rec', 5, 9) WHERE subject_id NOT IN (3, 9)",
    "SELECT * FROM rec WHERE work_id = 77 AND probability >= 0.01",
    "SELECT score, probability FROM rec WHERE work_id = 5 AND subject_id = 3",
    "SELECT * FROM subjrec_suggest('rec', '[3, 6]', 9)",
    "SELECT * FROM subjrec_explain('rec', 5, 3)",
    "SELECT * FROM subjrec_outliers('rec', 4, 5)",
    "SELECT * FROM subjrec_outliers('rec', 9)",
    "SELECT * FROM rec WHERE subject_id = 3",
    "SELECT sum(score) FROM rec",
};

struct Case {
  const char* algorithm;
  const char* source;
  const char* options;
};
std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << c.algorithm << ' ' << c.source << c.options;
}

constexpr const char* kFeatures = ",\"work_features\":\"facts\"";
constexpr const char* kBlended = ",\"epochs\":3,\"embedding_dim\":8";
constexpr const char* kBlendedFeatures =
    ",\"epochs\":3,\"embedding_dim\":8,\"work_features\":\"facts\",\"min_feature_works\":2";
constexpr const char* kWeighted =
    "SELECT work, subject, 1 + abs(work + subject) % 3 AS weight FROM tags";

constexpr const char* kIdsOfAllKinds =
    "SELECT work, CASE subject % 3 WHEN 0 THEN subject WHEN 1 THEN printf(''s%d'', subject) ELSE "
    "CAST(printf(''b%d'', subject) AS BLOB) END AS subject FROM tags";

class Packed : public ::testing::TestWithParam<Case> {
 protected:
  Packed() {
    Database db(path);
    db.run("PRAGMA synchronous = off");
    db.run(kPlantedCatalogue);
    db.run(kFacts);
    db.run(train_sql("rec", GetParam().algorithm, GetParam().options, GetParam().source));
  }
  /// What a fresh connection says to each question.
  std::vector<std::vector<std::string>> answers() const {
    std::vector<std::vector<std::string>> all;
    for (const char* reader : kReaders) {
      Database db(path);
      all.push_back(db.rows(reader));
    }
    return all;
  }
  TemporaryFolder folder;
  std::string path = folder.write("works.db", "");
};

TEST_P(Packed, SaysWhatTheCatalogueSays) {
  const auto packed = answers();
  Database db(path);
  EXPECT_EQ(db.value("SELECT count(*) > 0 FROM rec_packed"), "1");
  db.run("UPDATE rec_config SET value = 'another' WHERE key = 'packed_of'");
  EXPECT_EQ(answers(), packed) << "of another model's";
  db.run("DROP TABLE rec_packed; DELETE FROM rec_config WHERE key = 'packed_of'");
  EXPECT_EQ(answers(), packed) << "of an older subjrec";
}

TEST_P(Packed, IsReadOnceInAConnection) {
  const auto packed = answers();
  Database db(path);
  for (int turn = 0; turn < 2; ++turn) {  // at first lists alone, then all of the model
    for (size_t r = 0; r < std::size(kReaders); ++r) EXPECT_EQ(db.rows(kReaders[r]), packed[r]);
  }
  const std::string both =
      "SELECT * FROM subjrec_topk('rec', 5, 3) AS k, subjrec_suggest('rec', "
      "'[3, 6]', 3) AS s, subjrec_topk('rec', 77, 3) AS l";
  EXPECT_EQ(Database(path).rows(both), db.rows(both));
}

TEST_P(Packed, IsThatOfTheWorksAfterAnUpdate) {
  Database db(path);
  db.run("INSERT INTO tags SELECT work - 1000, subject FROM tags WHERE work % 9 = 0 AND work < 40");
  db.run("DELETE FROM tags WHERE work IN (7, 100); UPDATE tags SET subject = 3 WHERE rowid = 30");
  db.run("SELECT subjrec_update('rec')");
  const auto updated = answers();
  const std::string rows = "SELECT n, checksum, data FROM rec_packed ORDER BY n";
  const auto packed = db.rows(rows);
  db.run("INSERT INTO rec(rec) VALUES('bless')");
  EXPECT_EQ(db.rows(rows), packed) << "a model that is written anew has the same";
  db.run("UPDATE rec_config SET value = '' WHERE key = 'packed_of'");
  EXPECT_EQ(answers(), updated);
}

TEST_P(Packed, IsTheModelsUntilItIsTrainedAgainInTheMiddleOfAWalk) {
  Database db(path);
  sqlite3_stmt* walk = nullptr;
  ASSERT_EQ(sqlite3_prepare_v2(db.get(), "SELECT score FROM rec", -1, &walk, nullptr), SQLITE_OK);
  ASSERT_EQ(sqlite3_step(walk), SQLITE_ROW);
  int rows = 1;
  for (; rows < 50; ++rows) ASSERT_EQ(sqlite3_step(walk), SQLITE_ROW);
  db.run(train_sql("rec", GetParam().algorithm, GetParam().options,
                   "SELECT work, subject FROM tags WHERE subject < 30"));
  while (sqlite3_step(walk) == SQLITE_ROW) ++rows;
  EXPECT_EQ(rows, 4800);
  sqlite3_finalize(walk);
  EXPECT_EQ(db.rows("SELECT * FROM rec WHERE work_id = 5").size(), 30u);
}

TEST_P(Packed, DamageIsFoundWhereItIsRead) {
  const auto whole = answers();
  size_t errors = 0;
  Database editor(path);
  editor.run("CREATE TABLE kept AS SELECT * FROM rec_packed");
  for (const std::string edit :
       {"DELETE FROM rec_packed", "DELETE FROM rec_packed WHERE n >= 3 << 48",
        "DELETE FROM rec_packed WHERE n >= 4 << 48", "DROP TABLE rec_packed",
        "UPDATE rec_packed SET checksum = checksum + 1", "UPDATE rec_packed SET data = x''",
        "UPDATE rec_packed SET data = CAST(data || x'00' AS BLOB)",
        "UPDATE rec_packed SET data = CAST(x'ffffffff' || substr(data, 5) AS BLOB)"}) {
    SCOPED_TRACE(edit);
    editor.run(edit);
    for (size_t r = 0; r < std::size(kReaders); ++r) {
      SCOPED_TRACE(kReaders[r]);
      Database db(path);
      std::vector<std::string> rows;
      const std::string error = db.attempt(kReaders[r], &rows);
      if (error.empty()) {
        EXPECT_EQ(rows, whole[r]);
        continue;
      }
      ++errors;
      EXPECT_THAT(error, HasSubstr("table \"rec_packed\" of model \"rec\" is damaged: "));
      EXPECT_THAT(error, HasSubstr("train it again with SELECT subjrec_train('rec'"));
    }
    editor.run(
        "CREATE TABLE IF NOT EXISTS rec_packed(n INTEGER PRIMARY KEY, checksum INTEGER NOT "
        "NULL, data BLOB NOT NULL); DELETE FROM rec_packed; INSERT INTO rec_packed SELECT * "
        "FROM kept");
  }
  EXPECT_GT(errors, 50u);
  EXPECT_EQ(answers(), whole);
}

/// Rows of rec_subjects that lists do not read, as long as they are the rows of what is listed.
TEST_P(Packed, AListSaysThatARowOfItsSubjectsWasEdited) {
  Database editor(path);
  editor.run("CREATE TABLE kept AS SELECT * FROM rec_subjects");
  const std::string listed = editor.value(
      "SELECT n FROM rec_subjects WHERE subject_id = (SELECT subject_id FROM subjrec_topk('rec', "
      "5, 1))");
  const std::string lists[] = {"SELECT * FROM subjrec_topk('rec', 5, 9)",
                               "SELECT * FROM rec WHERE work_id = 5"};
  for (const std::string edit :
       {"UPDATE rec_subjects SET embedding = CAST(substr(embedding, 1, length(embedding) - 4) || "
        "x'00000041' AS BLOB) WHERE n = ",
        "UPDATE rec_subjects SET subject_id = 'another' WHERE n = ",
        "UPDATE rec_subjects SET bias = bias + 1 WHERE n = ",
        "DELETE FROM rec_subjects WHERE n = "}) {
    SCOPED_TRACE(edit);
    editor.run(edit + listed);
    for (const std::string& list : lists) {
      EXPECT_THAT(
          Database(path).error(list),
          HasSubstr("table \"rec_subjects\" of model \"rec\" is damaged: row n = " + listed));
    }
    editor.run("DELETE FROM rec_subjects; INSERT INTO rec_subjects SELECT * FROM kept");
    for (const std::string& list : lists) EXPECT_FALSE(Database(path).rows(list).empty());
  }
}

INSTANTIATE_TEST_SUITE_P(Models, Packed,
                         ::testing::Values(Case{"blend", "tags", kBlended},
                                           Case{"blend", "tags", kBlendedFeatures},
                                           Case{"blend", kWeighted, kBlendedFeatures},
                                           Case{"blend", kIdsOfAllKinds, kBlended},
                                           Case{"neighbours", "tags", ""},
                                           Case{"neighbours", kWeighted, kFeatures}));

}  // namespace
}  // namespace subjrec::test
