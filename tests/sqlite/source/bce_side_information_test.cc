// The notebook's model with features, texts and vectors, through SQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "support/catalogue.h"

namespace subjrec::test {
namespace {

using ::testing::ElementsAre;

class BceSideInformation : public ::testing::Test {
 protected:
  BceSideInformation() {
    db.run(kCatalogue);
    db.run(
        "CREATE TABLE kinds(work, kind, weight);"
        "INSERT INTO kinds VALUES ('a', 'k', 1), ('b', 'k', 2), ('c', 'm', -1), ('c', 'k', 2),"
        "('d', 'm', 1), ('new', 'm', 1);"
        "CREATE TABLE vectors(work, vector);"
        "INSERT INTO vectors VALUES ('a', '[1, 0]'), ('b', '[0, 2]'), ('new', '[1, 1]');"
        "CREATE TABLE words(subject, word);"
        "INSERT INTO words VALUES ('x', 'red'), ('y', 'red'), ('z', 'blue'), ('w', 'blue');");
  }
  static std::string train(const std::string& model, const std::string& more) {
    return train_sql(model, "bce",
                     ",\"embedding_dim\":4,\"epochs\":40,\"learning_rate\":0.05" + more);
  }
  /// Whether the two give the same rows.
  void expect_same(const std::string& a, const std::string& b) {
    const auto rows = db.rows(a);
    EXPECT_FALSE(rows.empty()) << a;
    EXPECT_EQ(rows, db.rows(b)) << a << "\n" << b;
  }
  Database db;
};

constexpr const char* kAll =
    ",\"work_features\":\"kinds\",\"work_vectors\":\"vectors\",\"subject_features\":\"words\"";

TEST_F(BceSideInformation, ChangesTheModelAndNotWithTheOrderOfRows) {
  db.run(train("plain", ""));
  db.run(train("rec", kAll));
  db.run(train("again",
               ",\"work_features\":\"SELECT * FROM kinds ORDER BY random()\",\"threads\":1,"
               "\"work_vectors\":\"SELECT * FROM vectors ORDER BY 1 DESC\","
               "\"subject_features\":\"SELECT * FROM words ORDER BY random()\""));
  EXPECT_EQ(db.value(digest_sql("again")), db.value(digest_sql("rec")));
  EXPECT_NE(db.value(digest_sql("plain")), db.value(digest_sql("rec")));
}

TEST_F(BceSideInformation, IsStoredAsRowsThatAreAdded) {
  db.run(train("rec", kAll));
  EXPECT_THAT(db.rows("SELECT feature_id, length(input) FROM rec_features"),
              ElementsAre("k|16", "m|16"));
  EXPECT_THAT(db.rows("SELECT n, hex(subjects), length(weights) FROM rec_weights"),
              ElementsAre("0||16", "1||16"));
  // With no subject a work is what its features and its vector add.
  expect_same(
      "SELECT round(score, 5) FROM subjrec_suggest('rec', '[]', 9, '[\"k\"]', '[3, 1]')",
      "SELECT round(subjrec_dot(s.embedding, f.input) + 3 * subjrec_dot(s.embedding, v.weights)"
      " + subjrec_dot(s.embedding, u.weights), 5) FROM rec_subjects AS s, rec_features AS f,"
      " rec_weights AS v, rec_weights AS u WHERE f.feature_id = 'k' AND v.n = 0 AND u.n = 1"
      " ORDER BY 1 DESC");
}

TEST_F(BceSideInformation, ExplanationsAddUp) {
  db.run(train("rec", kAll));
  EXPECT_THAT(db.rows("SELECT cause, id FROM subjrec_explain('rec', 'a', 'z') ORDER BY 1, 2"),
              ElementsAre("feature|k", "rest|NULL", "subject|x", "subject|y"));
  for (const char* work : {"a", "b", "c", "d", "e"}) {
    const std::string id = "'" + std::string(work) + "'";
    EXPECT_EQ(
        db.value("SELECT abs(sum(contribution) - (SELECT score FROM rec WHERE work_id = " + id +
                 " AND subject_id = 'w')) < 1e-5 FROM subjrec_explain('rec', " + id + ", 'w')"),
        "1")
        << work;
  }
}

TEST_F(BceSideInformation, NewWorksAreSuggestedWhatAnUpdateGivesThem) {
  db.run(train("rec", ",\"work_features\":\"kinds\",\"subject_features\":\"words\""));
  db.run(
      "CREATE TABLE before AS SELECT subject_id, score FROM subjrec_suggest('rec', '[\"w\"]', 9, "
      "'[\"m\"]')");
  db.run("INSERT INTO tags VALUES ('new', 'w'); SELECT subjrec_update('rec')");
  expect_same("SELECT * FROM before",
              "SELECT subject_id, score FROM subjrec_topk('rec', 'new', 9, 'new')");
}

TEST_F(BceSideInformation, AnswersTheSameInAnotherConnection) {
  const std::string file = testing::TempDir() + "bce_side_information.db";
  std::filesystem::remove(file);
  const std::string list =
      "SELECT subject_id, score FROM subjrec_suggest('rec', '[\"x\"]', 9, '[\"k\", \"m\"]', '[1, "
      "2]')";
  db.run(train("rec", kAll));
  db.run("VACUUM INTO '" + file + "'");
  Database other(file);
  EXPECT_EQ(other.rows(list), db.rows(list));
}

TEST_F(BceSideInformation, TextsGoInAsTexts) {
  db.run(
      "CREATE TABLE titles(work, title); INSERT INTO titles VALUES ('a', 'Red bees'), ('b', "
      "'bees'),"
      "('c', 'Blue wasps'), ('d', 'Wasps'), ('e', 'Of wasps')");
  db.run(train("rec", ",\"work_text\":\"titles\""));
  EXPECT_NE(db.rows("SELECT subject_id FROM subjrec_suggest_text('rec', 'bees', 9)"),
            db.rows("SELECT subject_id FROM subjrec_suggest_text('rec', 'wasps', 9)"));
}

}  // namespace
}  // namespace subjrec::test
