// subjrec_train as a function and as a table: sources, options, errors, determinism.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "face/database.h"

namespace subjrec::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TrainingTest : public ::testing::Test {
 protected:
  TrainingTest() {
    db.run(
        "CREATE TABLE tags(work, subject);"
        "INSERT INTO tags SELECT 'w' || (x % 40), 's' || (x * x % 23) FROM (WITH RECURSIVE c(x) AS "
        "(SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 300) SELECT x FROM c)");
  }
  std::string digest(const std::string& source, const std::string& options) {
    return db.value("SELECT json_extract(subjrec_train('rec', '" + source + "', '" + options +
                    "'), '$.digest')");
  }
  Database db;
};

TEST_F(TrainingTest, CountsWhatItLeavesOut) {
  db.run("INSERT INTO tags VALUES (NULL, 's1'), ('w1', NULL), ('w1', 's1')");
  EXPECT_THAT(db.rows("SELECT key || '=' || value FROM json_each(subjrec_train('rec', 'tags', "
                      "'{\"algorithm\":\"bce\",\"epochs\":1}')) WHERE key IN ('works', 'nulls', "
                      "'rows')"),
              ElementsAre("works=40", "rows=303", "nulls=2"));
  EXPECT_EQ(db.value("SELECT count(*) FROM rec_works"), "40");
  EXPECT_EQ(db.value("SELECT sum(length(subjects) / 4) FROM rec_works"),
            db.value("SELECT count(*) FROM (SELECT DISTINCT * FROM tags WHERE work IS NOT NULL AND "
                     "subject IS NOT NULL)"));
}

TEST_F(TrainingTest, HasTheSameBytesForAnyThreadsAndAnyOrder) {
  for (const char* algorithm : {"bce", "composed", "ials", "ease"}) {
    const std::string options = "{\"algorithm\":\"" + std::string(algorithm) +
                                "\",\"epochs\":3,\"embedding_dim\":6,\"threads\":";
    const std::string first = digest("tags", options + "1}");
    EXPECT_EQ(first.size(), 32u);
    EXPECT_EQ(digest("tags", options + "2}"), first) << algorithm;
    EXPECT_EQ(digest("SELECT * FROM tags ORDER BY random()", options + "3}"), first) << algorithm;
  }
  EXPECT_NE(digest("tags", "{\"algorithm\":\"bce\",\"epochs\":3,\"seed\":1}"),
            digest("tags", "{\"algorithm\":\"bce\",\"epochs\":3,\"seed\":2}"));
}

TEST_F(TrainingTest, TheNotebooksRecipePinsItsValues) {
  db.run("SELECT subjrec_train('rec', 'tags', '{\"recipe\":\"notebook\"}')");
  EXPECT_THAT(
      db.rows("SELECT key || '=' || value FROM json_each((SELECT value FROM rec_config WHERE key = "
              "'options')) WHERE key IN ('algorithm', 'embedding_dim', 'epochs', 'batch_size', "
              "'learning_rate', 'beta1', 'beta2', 'epsilon', 'init_stddev')"),
      ElementsAre("algorithm=bce", "embedding_dim=10", "epochs=10", "batch_size=512",
                  "learning_rate=0.001", "beta1=0.9", "beta2=0.999", "epsilon=1.0e-08",
                  "init_stddev=1"));
  EXPECT_EQ(db.value("SELECT count(*) FROM rec_history WHERE metric = 'loss'"), "10");
}

TEST_F(TrainingTest, RemembersSourceAndOptions) {
  const std::string first = digest("tags", "{\"algorithm\":\"bce\",\"epochs\":2,\"seed\":5}");
  EXPECT_EQ(db.value("SELECT json_extract(subjrec_train('rec'), '$.digest')"), first);
}

TEST_F(TrainingTest, ARememberedSelectCannotDoWhatAViewCannot) {
  db.run(
      "SELECT subjrec_train('rec', 'SELECT work, subject FROM tags', '{\"algorithm\":\"bce\"}')");
  db.run("SELECT subjrec_train('rec')");
  db.run(
      "UPDATE rec_config SET value = 'SELECT subjrec_train(''other'', ''tags''), 1' "
      "WHERE key = 'source'");
  EXPECT_THAT(db.error("SELECT subjrec_train('rec')"),
              HasSubstr("uses subjrec_train(), which is not run"));
  EXPECT_EQ(db.value("SELECT count(*) FROM sqlite_schema WHERE name = 'other'"), "0");
  db.run(
      "UPDATE rec_config SET value = 'SELECT epoch, loss FROM subjrec_train(''other'', ''tags'')' "
      "WHERE key = 'source'");
  EXPECT_THAT(db.error("SELECT subjrec_train('rec')"),
              HasSubstr("uses a virtual table, which is not run"));
}

TEST_F(TrainingTest, GivesARowForEachEpoch) {
  EXPECT_THAT(
      db.rows("SELECT epoch, epochs, loss > 0, seconds >= 0 FROM subjrec_train('rec', 'tags', "
              "'{\"algorithm\":\"bce\",\"epochs\":3}')"),
      ElementsAre("1|3|1|1", "2|3|1|1", "3|3|1|1"));
  const std::string before = db.value("SELECT value FROM rec_config WHERE key = 'digest'");
  db.run(
      "SELECT * FROM subjrec_train('rec', 'tags', '{\"algorithm\":\"bce\",\"seed\":9}') LIMIT 2");
  EXPECT_EQ(db.value("SELECT value FROM rec_config WHERE key = 'digest'"), before)
      << "a reader who stops early leaves the old model";
}

TEST_F(TrainingTest, SaysWhatWasWanted) {
  EXPECT_EQ(db.error("SELECT subjrec_train('rec', 'tags', '{\"factors\":3}')"),
            "subjrec_train: unknown option \"factors\"; did you mean \"embedding_dim\"?");
  EXPECT_EQ(db.error("SELECT subjrec_train('rec', 'tags', '{\"epochs\":0}')"),
            "subjrec_train: option \"epochs\" must be a whole number from 1 to 100000, got 0");
  EXPECT_EQ(db.error("SELECT subjrec_train('rec', 'tags', '{\"epochs\":2,\"epochs\":3}')"),
            "subjrec_train: option \"epochs\" is given twice");
  EXPECT_EQ(
      db.error("SELECT subjrec_train('rec', 'SELECT work FROM tags')"),
      "subjrec_train: argument 2 (source) must give 2 columns, work and subject, got 1 column");
  EXPECT_EQ(db.error("SELECT subjrec_train('rec', 'nothing')"),
            "subjrec_train: argument 2 (source) must be a table, a view or a SELECT whose first "
            "columns are "
            "work and subject; there is no table \"nothing\"");
  EXPECT_EQ(
      db.error("SELECT subjrec_train('rec', 'SELECT work, subject FROM tags WHERE 0')"),
      "subjrec_train: the source has no (work, subject) pairs: 0 rows, 0 of them with a NULL");
  EXPECT_EQ(
      db.error("SELECT subjrec_train('rec', 'SELECT 1.5, subject FROM tags')"),
      "subjrec_train: the work id in row 1 of the source must be INTEGER, TEXT or BLOB, got 1.5");
  EXPECT_EQ(db.error("SELECT subjrec_train('rec')"),
            "subjrec_train: argument 2 (source) is missing: model \"rec\" remembers none; name a "
            "table of "
            "(work, subject) rows, like SELECT subjrec_train('rec', 'work_subjects')");
  EXPECT_EQ(db.error("SELECT subjrec_train('tags', 'tags')"),
            "subjrec_train: \"tags\" is a table or view but not a model; choose another name");
  EXPECT_EQ(db.error("SELECT subjrec_train(NULL, 'tags')"),
            "subjrec_train: argument 1 (model) must be a text, like 'rec', got NULL");
  EXPECT_EQ(db.value("SELECT count(*) FROM sqlite_schema"), "1") << "nothing was made";
}

TEST_F(TrainingTest, CannotBeSetOffByAView) {
  db.run("CREATE VIEW trap AS SELECT subjrec_train('rec', 'tags')");
  EXPECT_THAT(db.error("SELECT * FROM trap"), HasSubstr("unsafe use of subjrec_train()"));
}

TEST(TrainingReadOnly, AsksButDoesNotTrain) {
  const std::string path = ::testing::TempDir() + "/subjrec_read_only.db";
  std::remove(path.c_str());
  {
    Database db(path);
    db.run(
        "CREATE TABLE tags(work, subject); INSERT INTO tags VALUES ('a', 'x'), ('a', 'y'), ('b', "
        "'x')");
    db.run("SELECT subjrec_train('rec', 'tags')");
  }
  Database db(path, SQLITE_OPEN_READONLY);
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_topk('rec', 'a', 5)"), "2");
  EXPECT_EQ(db.error("SELECT subjrec_train('rec')"),
            "subjrec_train: database \"main\" is read-only, and training writes the model into it; "
            "open it for "
            "writing, or use a model of a database that can be written, like 'temp.rec'");
}

TEST(TrainingFreshness, AnotherConnectionsTrainingIsSeen) {
  const std::string path = ::testing::TempDir() + "/subjrec_fresh.db";
  std::remove(path.c_str());
  Database reader(path);
  Database writer(path);
  writer.run(
      "CREATE TABLE tags(work, subject); INSERT INTO tags VALUES ('a', 'x'), ('a', 'y'), ('b', "
      "'x')");
  writer.run("SELECT subjrec_train('rec', 'tags', '{\"algorithm\":\"bce\"}')");
  const char* top = "SELECT group_concat(round(score, 6)) FROM subjrec_topk('rec', 'a', 2)";
  const std::string before = reader.value(top);
  EXPECT_EQ(before, writer.value(top));
  writer.run("SELECT subjrec_train('rec', 'tags', '{\"algorithm\":\"bce\",\"seed\":3}')");
  EXPECT_NE(reader.value(top), before);
  EXPECT_EQ(reader.value(top), writer.value(top));
}

}  // namespace
}  // namespace subjrec::test
