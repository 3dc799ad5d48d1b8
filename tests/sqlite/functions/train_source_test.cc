// Which columns of a source are read, and what training again remembers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/catalogue.h"

namespace subjrec::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string counts(const std::string& source) {
  return "SELECT json_extract(subjrec_train('m', '" + source +
         "', '{\"algorithm\":\"ease\",\"embedding_dim\":2}'), '$.works', '$.subjects', "
         "'$.interactions')";
}

TEST(TrainSource, FindsItsColumnsByNameWhereverTheyStand) {
  Database db;
  db.run(
      "CREATE TABLE taggings(id INTEGER PRIMARY KEY, SUBJECT_ID, note, work_id);"
      "INSERT INTO taggings(work_id, subject_id, note) VALUES ('w1', 'a', -1), ('w1', 'b', 'x'), "
      "('w2', 'a', 0), ('w3', 'a', NULL), ('w3', 'b', 3)");
  EXPECT_EQ(db.value(counts("taggings")), "[3,2,5]");
  EXPECT_EQ(db.value(counts("SELECT work_id AS a, subject_id AS b FROM taggings")), "[3,2,5]");
  EXPECT_EQ(db.value("SELECT value FROM subjrec_evaluate('m', 'taggings') WHERE metric = "
                     "'trained_on'"),
            "5.0");
}

TEST(TrainSource, RefusesATableWithAnIdOfItsOwnWhoseNamesSayNothing) {
  Database db;
  db.run(
      "CREATE TABLE taggings(id INTEGER PRIMARY KEY, work, subject INTEGER);"
      "INSERT INTO taggings(work, subject) VALUES ('w1', 1), ('w1', 2), ('w2', 1)");
  EXPECT_EQ(
      db.error(counts("taggings")),
      "subjrec_train: the first column of the source (id) is another in every row, as an id of "
      "the rows is, and no columns are called work_id and subject_id; say which ones are: "
      "SELECT ... AS work_id, ... AS subject_id FROM ...");
  EXPECT_EQ(db.value(counts("SELECT work AS work_id, subject AS subject_id FROM taggings")),
            "[2,2,3]");
}

TEST(TrainSource, TakesAThirdColumnForAWeight) {
  Database db;
  db.run(
      "CREATE TABLE ws(w, s, n); INSERT INTO ws VALUES (1, 1, 1), (1, 2, 0.5), (2, 1, 0), (2, 2, "
      "NULL), (2, 3, 7)");
  EXPECT_EQ(db.value(counts("ws")), "[2,3,3]");
  EXPECT_EQ(db.value("SELECT json_extract(subjrec_train('m', 'ws'), '$.weightless', '$.weights')"),
            "[2,\"they are the entries of the matrix\"]");
  db.run("INSERT INTO ws VALUES (3, 3, -1)");
  EXPECT_THAT(
      db.error(counts("ws")),
      HasSubstr("column 3 (n) is the weight of the pair and must be a number from 0 on, got "
                "-1"));
  EXPECT_THAT(db.error(counts("SELECT w, s, ''x'' AS title FROM ws")), HasSubstr("got 'x'"));
  EXPECT_EQ(db.value(counts("SELECT s AS subject_id, n AS other, w AS work_id FROM ws")), "[3,3,6]")
      << "named columns, and none called weight";
}

class TrainAgain : public ::testing::Test {
 protected:
  TrainAgain() {
    db.run(kCatalogue);
    db.run(
        "SELECT subjrec_train('rec', 'tags', "
        "'{\"algorithm\":\"bce\",\"epochs\":3,\"embedding_dim\":4}')");
  }
  std::string used(const std::string& call) {
    return db.value("SELECT json_extract(" + call +
                    ", '$.algorithm', '$.epochs', "
                    "'$.embedding_dim', '$.options_remembered')");
  }
  Database db;
};

TEST_F(TrainAgain, KeepsWhatIsNotNamed) {
  EXPECT_EQ(used("subjrec_train('rec', NULL, '{\"epochs\":2}')"),
            "[\"bce\",2,4,{\"algorithm\":\"bce\",\"embedding_dim\":4}]");
  EXPECT_EQ(used("subjrec_train('rec', 'tags')"),
            "[\"bce\",2,4,{\"algorithm\":\"bce\",\"embedding_dim\":4,\"epochs\":2}]");
  EXPECT_EQ(used("subjrec_train('rec', 'tags', '{\"embedding_dim\":3}')"),
            "[\"bce\",2,3,{\"algorithm\":\"bce\",\"epochs\":2}]");
}

TEST_F(TrainAgain, ForgetsWithTheRecipeAuto) {
  EXPECT_EQ(used("subjrec_train('rec', NULL, '{\"recipe\":\"auto\",\"algorithm\":\"ease\"}')"),
            "[\"ease\",1,64,{}]");
}

TEST_F(TrainAgain, RunsNoFeaturesThatAFileRemembersWithoutALook) {
  db.run(
      "UPDATE rec_config SET value = '{\"algorithm\":\"ials\",\"work_features\":\"SELECT * FROM "
      "subjrec_split(''tags'')\"}' WHERE key = 'given_options'");
  EXPECT_THAT(db.error("SELECT subjrec_train('rec', 'tags', '{\"epochs\":2}')"),
              HasSubstr("is not run on the word of a database file"));
}

TEST(NotebookRecipe, StopsNothingEarly) {
  Database db;
  db.run(
      "CREATE TABLE ws(w, s); WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n "
      "WHERE i < 1999) INSERT INTO ws SELECT i / 4, (i * i * 31 + i) % 97 FROM n");
  EXPECT_THAT(
      db.rows("SELECT epochs FROM subjrec_tune('ws', '{\"recipe\": \"notebook\", \"epochs\": "
              "[6, 12], \"embedding_dim\": 3}')"),
      ElementsAre("6", "12"));
}

TEST(TrainSource, AnotherAlgorithmTakesOverTheOptionsThatItReads) {
  Database db;
  db.run("CREATE TABLE tags(w, s); INSERT INTO tags VALUES (1, 1), (1, 2), (2, 1), (2, 3)");
  db.run(
      "SELECT subjrec_train('m', 'tags', '{\"algorithm\":\"ials\",\"embedding_dim\":3,"
      "\"unobserved_weight\":0.1,\"seed\":7}')");
  EXPECT_EQ(db.value("SELECT json_extract(subjrec_train('m', NULL, '{\"algorithm\":\"ease\"}'), "
                     "'$.algorithm', '$.embedding_dim', '$.options_remembered')"),
            "[\"ease\",3,{\"embedding_dim\":3,\"seed\":7}]");
  EXPECT_THAT(db.error("SELECT subjrec_train('m', NULL, '{\"unobserved_weight\":0.2}')"),
              HasSubstr("option \"unobserved_weight\" is for the algorithm"));
}

}  // namespace
}  // namespace subjrec::test
