#include <gtest/gtest.h>

#include "support/catalogue.h"
#include "support/files.h"

namespace subjrec::test {
namespace {

using ::subjrec::testing::TemporaryFolder;

constexpr const char* kScores = "SELECT group_concat(score) FROM subjrec_topk('rec', 'a', 4)";

TEST(Freshness, AnotherConnectionsTrainingIsSeen) {
  TemporaryFolder folder;
  const std::string path = folder.write("works.db", "");
  Database first(path);
  Database second(path);
  first.run(std::string("PRAGMA journal_mode = wal;") + kCatalogue);
  first.run(train_sql("rec", "bce"));
  const std::string old_scores = first.value(kScores);
  EXPECT_EQ(second.value(kScores), old_scores);

  first.run("BEGIN");
  EXPECT_EQ(first.value(kScores), old_scores);
  second.run(train_sql("rec", "bce", ",\"seed\":2"));
  const std::string new_scores = second.value(kScores);
  EXPECT_NE(new_scores, old_scores);
  EXPECT_EQ(first.value(kScores), old_scores) << "a transaction reads one state";
  first.run("COMMIT");
  EXPECT_EQ(first.value(kScores), new_scores);
}

class Stored : public ::testing::TestWithParam<const char*> {};

TEST_P(Stored, AnswersTheSameThroughAnotherConnection) {
  TemporaryFolder folder;
  const std::string path = folder.write("works.db", "");
  Database first(path);
  first.run(kCatalogue);
  first.run(train_sql("rec", GetParam(), ",\"epochs\":3"));
  Database second(path);
  EXPECT_EQ(second.rows("SELECT * FROM subjrec_topk('rec', 'a', 4)"),
            first.rows("SELECT * FROM subjrec_topk('rec', 'a', 4)"));
  EXPECT_EQ(second.rows("SELECT * FROM rec"), first.rows("SELECT * FROM rec"));
  EXPECT_EQ(second.value("SELECT count(*) FROM rec"), "20");
}

INSTANTIATE_TEST_SUITE_P(Algorithms, Stored,
                         ::testing::Values("bce", "composed", "ials", "ease", "neighbours", "blend",
                                           "popularity"));

TEST(ReadOnly, AsksAndCannotTrain) {
  TemporaryFolder folder;
  const std::string path = folder.write("works.db", "");
  {
    Database db(path);
    db.run(kCatalogue);
    db.run(train_sql("rec", "bce"));
  }
  Database db(path, SQLITE_OPEN_READONLY);
  EXPECT_EQ(db.rows("SELECT * FROM subjrec_topk('rec', 'a', 4)").size(), 4u);
  EXPECT_EQ(db.error("SELECT subjrec_train('rec')"),
            "subjrec_train: database \"main\" is read-only, and training writes the model into it; "
            "open it for writing, or use a model of a database that can be written, like "
            "'temp.rec'");
  db.run(train_sql("temp.rec", "bce"));
}

}  // namespace
}  // namespace subjrec::test
