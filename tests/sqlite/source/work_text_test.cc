#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/database.h"

namespace subjrec::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* kWithText =
    ", json_object('algorithm', 'composed', 'epochs', 40, 'embedding_dim', 8, 'min_feature_works', "
    "2, "
    "'work_text', 'SELECT work_id, title FROM works'";

/// Works whose titles say what they are about: 40 on bees, 40 on stars, 20 on both.
class WorkText : public ::testing::Test {
 protected:
  WorkText() {
    db.run(
        "CREATE TABLE works (work_id TEXT PRIMARY KEY, title TEXT);"
        "CREATE TABLE tags (work_id TEXT, subject_id TEXT);"
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99) "
        "INSERT INTO works SELECT 'w' || i, 'The ' || CASE WHEN i < 40 THEN 'Bées and hive' "
        "WHEN i < 80 THEN 'star comet' ELSE 'bees star' END || ' number' || (i % 7) FROM n;"
        "INSERT INTO tags SELECT work_id, 'bees' FROM works WHERE title LIKE '%b_es%';"
        "INSERT INTO tags SELECT work_id, 'honey' FROM works WHERE title LIKE '%hive%';"
        "INSERT INTO tags SELECT work_id, 'stars' FROM works WHERE title LIKE '%star%';"
        "INSERT INTO tags SELECT work_id, 'comets' FROM works WHERE title LIKE '%comet%';");
  }
  std::string train(const std::string& name, const std::string& more = "") {
    return db.value("SELECT json_extract(subjrec_train('" + name + "', 'tags'" + kWithText + more +
                    ")), '$.digest')");
  }
  Database db;
};

TEST_F(WorkText, IsWhatTheSameWordsAsFeaturesAre) {
  // Words on more than half of the works are left out, as "the" and "bees" here.
  db.run(
      "CREATE VIRTUAL TABLE temp.titles USING fts5(title, content='', "
      "tokenize='unicode61 remove_diacritics 2');"
      "INSERT INTO titles(rowid, title) SELECT rowid, title FROM works;"
      "CREATE VIRTUAL TABLE temp.terms USING fts5vocab(temp, titles, instance);"
      "CREATE TABLE words AS SELECT DISTINCT work_id, 'text:' || term AS feature FROM terms "
      "JOIN works ON works.rowid = doc WHERE term IN "
      "(SELECT term FROM terms GROUP BY 1 HAVING count(DISTINCT doc) <= 50)");
  const std::string by_text = train("rec");
  db.run(
      "SELECT subjrec_train('by_hand', 'tags', json_object('algorithm', 'composed', 'epochs', 40, "
      "'embedding_dim', 8, 'min_feature_works', 2, 'work_features', 'words'))");
  EXPECT_EQ(db.value("SELECT group_concat(feature_id, ' ') FROM rec_features"),
            db.value("SELECT group_concat(feature_id, ' ') FROM by_hand_features"));
  EXPECT_EQ(by_text, db.value("SELECT value FROM by_hand_config WHERE key = 'digest'"));
}

TEST_F(WorkText, IsTheSameForAnyOrderOfRowsAndThreads) {
  const std::string digest = train("rec");
  EXPECT_EQ(train("rec", ", 'threads', 3"), digest);
  db.run(
      "CREATE TABLE other AS SELECT * FROM works ORDER BY title DESC; DROP TABLE works;"
      "ALTER TABLE other RENAME TO works");
  EXPECT_EQ(train("rec"), digest);
}

TEST_F(WorkText, SuggestsFromATitleAlone) {
  train("rec");
  EXPECT_EQ(
      db.value("SELECT group_concat(subject_id, ' ') FROM (SELECT * FROM "
               "subjrec_suggest_text('rec', 'A HIVE of bees', 2) ORDER BY rank)"),
      db.value("SELECT group_concat(subject_id, ' ') FROM (SELECT * FROM "
               "subjrec_suggest('rec', '[]', 2, '[\"text:bees\",\"text:hive\"]') ORDER BY rank)"));
  EXPECT_THAT(db.value("SELECT group_concat(subject_id) FROM "
                       "subjrec_suggest_text('rec', 'hive bees', 2)"),
              HasSubstr("honey"));
  EXPECT_EQ(
      db.value("SELECT group_concat(subject_id || score) FROM subjrec_suggest('rec', '[]', 3) "
               "WHERE text_argument = 'comet'"),
      db.value("SELECT group_concat(subject_id || score) FROM "
               "subjrec_suggest_text('rec', 'comet', 3)"));
}

TEST_F(WorkText, IsReadAgainByAnUpdate) {
  train("rec");
  db.run(
      "INSERT INTO works VALUES ('new', 'hive of strange words'); INSERT INTO tags VALUES ('new', "
      "'bees')");
  EXPECT_EQ(db.value("SELECT json_extract(s, '$.works_added'), json_extract(s, '$.works_changed') "
                     "FROM (SELECT subjrec_update('rec') AS s)"),
            "1|0");
  EXPECT_EQ(db.value("SELECT length(features) FROM rec_works WHERE work_id = 'new'"), "4");
}

TEST_F(WorkText, TakesOptions) {
  train("rec", ", 'stop_words', 'Hive BEES'");
  EXPECT_EQ(
      db.value("SELECT count(*) FROM rec_features WHERE feature_id IN ('text:hive', 'text:bees')"),
      "0");
  train("rec", ", 'stop_words', '', 'max_word_share', 1");
  EXPECT_EQ(db.value("SELECT count(*) FROM rec_features WHERE feature_id = 'text:the'"), "1");
  train("rec", ", 'tokenizer', 'porter unicode61', 'max_word_share', 1");
  EXPECT_EQ(db.value("SELECT count(*) FROM rec_features WHERE feature_id = 'text:hive'"), "1");
  EXPECT_EQ(db.value("SELECT count(*) FROM rec_features WHERE feature_id = 'text:bee'"), "1");
  EXPECT_EQ(
      db.error("SELECT subjrec_train('rec', 'tags'" + std::string(kWithText) +
               ", 'tokenizer', 'no such'))"),
      "subjrec_train: option \"tokenizer\": this SQLite has no tokenizer \"no\"; wanted one like "
      "\"unicode61\", \"porter\" or \"trigram\"");
  EXPECT_EQ(db.error("SELECT subjrec_train('rec', 'tags'" + std::string(kWithText) +
                     ", 'tokenizer', 'unicode61 remove_nothing 7'))"),
            "subjrec_train: option \"tokenizer\": the tokenizer \"unicode61\" does not take the "
            "arguments of \"unicode61 remove_nothing 7\"");
}

TEST_F(WorkText, TakesTextsOfAnyKind) {
  // Long words, no words, bytes that are no UTF-8, a script that is not cut into words, NULL.
  db.run(
      "UPDATE works SET title = '' WHERE work_id = 'w1';"
      "UPDATE works SET title = CAST(x'c328ff20fe62656573' AS TEXT) WHERE work_id = 'w2';"
      "UPDATE works SET title = '養蜂の歴史' WHERE work_id = 'w3';"
      "UPDATE works SET title = NULL WHERE work_id = 'w4';"
      "UPDATE works SET title = hex(zeroblob(1000000)) WHERE work_id = 'w5';"
      "UPDATE works SET title = replace(hex(zeroblob(200000)), '0', 'hive ') WHERE work_id = 'w6'");
  EXPECT_NE(train("rec"), "");
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_suggest_text('rec', '', 3)"), "3");
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_suggest_text('rec', '養蜂', 3)"), "3");
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_suggest_text('rec', CAST(x'ff' AS TEXT), 3)"),
            "3");
}

TEST_F(WorkText, RefusesWhatIsNoText) {
  train("rec");
  EXPECT_EQ(
      db.error("SELECT * FROM subjrec_suggest_text('rec', x'00', 3)"),
      "subjrec_suggest_text: argument 2 (text) must be a text, like 'A history of bee-keeping', "
      "got a BLOB of 1 bytes");
  EXPECT_EQ(
      db.error("SELECT * FROM subjrec_suggest_text('rec', NULL, 3)"),
      "subjrec_suggest_text: argument 2 (text) must be a text, like 'A history of bee-keeping', "
      "got NULL");
  db.run("SELECT subjrec_train('plain', 'tags', '{\"epochs\": 1}')");
  EXPECT_THAT(db.error("SELECT * FROM subjrec_suggest_text('plain', 'bees', 3)"),
              HasSubstr("knows no words, as it was trained without work_text"));
  db.run("UPDATE works SET title = x'00ff' WHERE work_id = 'w1'");
  EXPECT_EQ(db.error("SELECT subjrec_train('rec', 'tags'" + std::string(kWithText) + "))"),
            "subjrec_train: option \"work_text\", row 2, work 'w1': wanted a text, got a BLOB of 2 "
            "bytes");
}

TEST_F(WorkText, AJoinSkipsWorksWithoutTitle) {
  train("rec");
  db.run("UPDATE works SET title = NULL WHERE work_id = 'w1'");
  EXPECT_EQ(db.value("SELECT count(*), count(DISTINCT works.work_id) FROM works, "
                     "subjrec_suggest_text('rec', title, 2)"),
            "198|99");
}

}  // namespace
}  // namespace subjrec::test
