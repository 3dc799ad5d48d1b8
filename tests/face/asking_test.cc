// Asking a model: top-k, similarity, fold-in, explanations, judging, and damaged rows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "face/database.h"

namespace subjrec::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class AskingTest : public ::testing::Test {
 protected:
  AskingTest() {
    db.run(
        "CREATE TABLE tags(work, subject);"
        "INSERT INTO tags SELECT DISTINCT 'w' || (x % 40), 's' || (x * x % 23) FROM (WITH "
        "RECURSIVE "
        "c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 300) SELECT x FROM c)");
    train("bce");
  }
  void train(const std::string& algorithm) {
    db.run("SELECT subjrec_train('rec', 'tags', '{\"algorithm\":\"" + algorithm +
           "\",\"epochs\":5,\"embedding_dim\":6}')");
  }
  Database db;
};

TEST_F(AskingTest, TopkIsTheModelsTableInOrder) {
  for (const char* algorithm : {"bce", "composed", "ials", "ease"}) {
    train(algorithm);
    EXPECT_EQ(
        db.value("SELECT group_concat(subject_id || score) FROM subjrec_topk('rec', 'w7', 9)"),
        db.value(
            "SELECT group_concat(subject_id || score) FROM (SELECT * FROM rec WHERE +work_id = "
            "'w7' ORDER BY +score DESC, subject_id LIMIT 9)"))
        << algorithm;
    EXPECT_EQ(
        db.value("SELECT group_concat(subject_id) FROM subjrec_topk('rec', 'w7', 5, 'new')"),
        db.value(
            "SELECT group_concat(subject_id) FROM (SELECT * FROM rec WHERE +work_id = 'w7' AND "
            "subject_id NOT IN (SELECT subject FROM tags WHERE work = 'w7') ORDER BY +score "
            "DESC, subject_id LIMIT 5)"))
        << algorithm;
    EXPECT_EQ(
        db.value(
            "SELECT count(*) FROM rec WHERE subject_id = 's1' AND score <> (SELECT r.score FROM "
            "rec r WHERE r.work_id = rec.work_id AND r.subject_id = 's1')"),
        "0")
        << algorithm;
  }
}

TEST_F(AskingTest, TopkSaysWhatWasWanted) {
  EXPECT_EQ(db.error("SELECT * FROM subjrec_topk('rec', 'w1', 0)"),
            "subjrec_topk: argument 3 (k) must be a whole number of at least 1, got 0");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_topk('rec', 'w1', -3)"),
            "subjrec_topk: argument 3 (k) must be a whole number of at least 1, got -3");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_topk('rec', 'w1', 3, 'old')"),
            "subjrec_topk: argument 4 (which) must be 'all' or 'new' (subjects that the work does "
            "not carry), "
            "got 'old'");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_topk('wreck', 'w1', 3)"),
            "subjrec_topk: there is no model \"wreck\"; the only model here is \"rec\"");
  EXPECT_EQ(
      db.error("SELECT * FROM subjrec_topk('rec', 'q', 3)"),
      "subjrec_topk: model \"rec\" knows no work 'q'; it was not in the training data, or has no "
      "subjects "
      "there; for a work that was never trained use subjrec_suggest('rec', '[subject ids]', k)");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_topk('rec', 'w1')"),
            "subjrec_topk: argument 3 (k) is missing");
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_topk('rec', 'w1', 1000)"),
            db.value("SELECT count(DISTINCT subject) FROM tags"));
}

TEST_F(AskingTest, TopkJoinsBothWays) {
  db.run(
      "CREATE TABLE works(work_id); INSERT INTO works VALUES ('w1'), ('unknown'), ('w2'), (NULL)");
  EXPECT_THAT(
      db.rows(
          "SELECT work_id, count(*) FROM works JOIN subjrec_topk('rec', work_id, 3) GROUP BY 1"),
      ElementsAre("w1|3", "w2|3"));
  EXPECT_EQ(
      db.value(
          "SELECT count(*) FROM subjrec_topk('rec', 'w1', 4) t JOIN tags ON subject = subject_id "
          "AND work = 'w1'"),
      db.value("SELECT sum(tagged) FROM subjrec_topk('rec', 'w1', 4)"));
  EXPECT_THAT(db.rows("SELECT rank FROM subjrec_topk('rec', 'w1', 3) ORDER BY score"),
              ElementsAre("3", "2", "1"));
}

TEST_F(AskingTest, SimilarIsTheNearestByCosine) {
  EXPECT_EQ(
      db.value(
          "SELECT group_concat(id || similarity) FROM subjrec_similar('rec', 'subject', 's1', 4)"),
      db.value(
          "SELECT group_concat(id || similarity) FROM (SELECT b.subject_id AS id, "
          "subjrec_similarity(a.embedding, b.embedding) AS similarity FROM rec_subjects a, "
          "rec_subjects b WHERE a.subject_id = 's1' AND b.subject_id <> 's1' ORDER BY 2 DESC, 1 "
          "LIMIT 4)"));
  EXPECT_EQ(db.value("SELECT subjrec_similarity('rec', 'work', 'w1', 'w2') = "
                     "subjrec_similarity('rec', 'work', 'w2', 'w1')"),
            "1");
  EXPECT_EQ(db.value("SELECT subjrec_similarity('rec', 'work', 'w3', 'w3')"), "1.0");
  EXPECT_EQ(db.error("SELECT subjrec_similarity(x'00', x'0000803f')"),
            "subjrec_similarity: argument 1 must be a BLOB of float32, a multiple of 4 bytes, got "
            "1 bytes");
  EXPECT_EQ(db.error("SELECT subjrec_similarity(x'0000803f', x'0000803f0000803f')"),
            "subjrec_similarity: the embeddings have 1 and 2 dimensions; they must have the same");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_similar('rec', 'thing', 's1', 4)"),
            "subjrec_similar: argument 2 (kind) must be 'work' or 'subject', got 'thing'");
}

TEST_F(AskingTest, ExplanationsAddUpToTheScore) {
  for (const char* algorithm : {"bce", "composed", "ials", "ease"}) {
    train(algorithm);
    EXPECT_EQ(
        db.value(
            "SELECT count(*) FROM tags t JOIN rec ON work_id = work AND subject_id = 's1' WHERE "
            "abs(score - (SELECT sum(contribution) FROM subjrec_explain('rec', t.work, 's1'))) > "
            "1e-4"),
        "0")
        << algorithm;
  }
}

TEST_F(AskingTest, SuggestsForAWorkThatIsNotThere) {
  for (const char* algorithm : {"bce", "composed", "ials", "ease"}) {
    train(algorithm);
    EXPECT_EQ(
        db.value("SELECT count(*) FROM subjrec_suggest('rec', '[\"s1\",\"s2\",\"nope\"]', 3)"), "3")
        << algorithm;
    EXPECT_EQ(
        db.value(
            "SELECT count(*) FROM subjrec_suggest('rec', '[\"s1\"]', 99) WHERE subject_id = 's1'"),
        "0")
        << algorithm;
  }
  EXPECT_EQ(db.error("SELECT * FROM subjrec_suggest('rec', 's1', 3)"),
            "subjrec_suggest: argument 2 (subjects) must be a JSON array of ids, like '[\"a2x\", "
            "\"k9d\"]': "
            "wanted a JSON array of ids, got s1");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_suggest('rec', '[\"nope\"]', 3)"),
            "subjrec_suggest: the model knows none of the subjects in argument 2, like 'nope'");
}

TEST_F(AskingTest, JudgesHeldOutRows) {
  EXPECT_THAT(
      db.rows("SELECT metric, value FROM subjrec_evaluate('rec', 'SELECT ''w1'', ''nope''') WHERE "
              "metric IN ('rows', 'unknown_rows', 'recall@10')"),
      ElementsAre("rows|1.0", "unknown_rows|1.0", "recall@10|0.0"));
  EXPECT_EQ(
      db.value("SELECT value FROM subjrec_evaluate('rec', 'tags', '{\"k\":1000}') WHERE metric = "
               "'recall@1000'"),
      "1.0");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_evaluate('rec', 'tags', '{\"top\":3}')").substr(0, 42),
            "subjrec_evaluate: unknown option \"top\"; th");
}

TEST_F(AskingTest, DamagedRowsAreErrors) {
  const auto damage = [&](const std::string& sql) {
    db.run("SAVEPOINT before");
    db.run("UPDATE rec_config SET value = 'other' WHERE key = 'digest'; " + sql);
    const std::string message = db.error("SELECT * FROM subjrec_topk('rec', 'w1', 3)");
    db.run("ROLLBACK TO before; RELEASE before");
    return message;
  };
  EXPECT_EQ(damage("UPDATE rec_subjects SET embedding = x'00' WHERE n = 3"),
            "subjrec_topk: table \"rec_subjects\" of model \"rec\" is damaged: the embedding of "
            "subject n = 3 has "
            "1 bytes, not 24 (6 float32); train it again with SELECT subjrec_train('rec')");
  EXPECT_THAT(
      damage("UPDATE rec_subjects SET embedding = x'0000c07f' || substr(embedding, 5) WHERE n = 0"),
      HasSubstr("has a value that is not finite"));
  EXPECT_THAT(damage("DELETE FROM rec_subjects WHERE n = 2"), HasSubstr("row n = 2 is missing"));
  EXPECT_THAT(damage("DELETE FROM rec_subjects WHERE n = (SELECT max(n) FROM rec_subjects)"),
              HasSubstr("rows, and rec_config says"));
  EXPECT_THAT(damage("UPDATE rec_config SET value = '99' WHERE key = 'format_version'"),
              HasSubstr("has format version 99"));
  EXPECT_THAT(damage("UPDATE rec_config SET value = 'many' WHERE key = 'embedding_dim'"),
              HasSubstr("the value of \"embedding_dim\" is 'many'"));
  EXPECT_THAT(damage("UPDATE rec_works SET subjects = x'ffffffff' WHERE work_id = 'w1'"),
              HasSubstr("is not one of ascending positions"));
}

TEST_F(AskingTest, LoadsEmbeddingsFromElsewhere) {
  db.run(
      "SELECT subjrec_load('copy', 'SELECT work_id, embedding FROM rec_works', "
      "'SELECT subject_id, embedding, bias FROM rec_subjects', '{\"interactions\":\"tags\"}')");
  EXPECT_EQ(db.value("SELECT count(*) FROM (SELECT * FROM rec EXCEPT SELECT * FROM copy)"), "0");
  EXPECT_EQ(db.error("SELECT subjrec_load('bad', 'SELECT 1, ''[1,2]''', 'SELECT 1, ''[1]''')"),
            "subjrec_load: works have 2 dimensions and subjects 1; they must have the same");
}

TEST_F(AskingTest, DrawsAndMaps) {
  EXPECT_EQ(db.value("SELECT substr(subjrec_plot('rec', 'loss'), 1, 4)"), "<svg");
  EXPECT_EQ(db.error("SELECT subjrec_plot('rec', 'subjects')"),
            "subjrec_plot: model \"rec\" has no map of its subjects; make one with SELECT "
            "subjrec_map('rec', "
            "'subject')");
  db.run("SELECT subjrec_map('rec', 'subject'), subjrec_map('rec', 'work')");
  EXPECT_EQ(db.value("SELECT count(*) FROM rec_map WHERE kind = 'work'"), "40");
  EXPECT_EQ(db.value("SELECT substr(subjrec_plot('rec', 'works'), 1, 4)"), "<svg");
  EXPECT_EQ(db.value("SELECT lower(substr(subjrec_plot('rec', 'explorer'), 1, 9))"), "<!doctype");
  EXPECT_EQ(db.error("SELECT subjrec_plot('rec', 'pie')"),
            "subjrec_plot: argument 2 (what) must be 'loss', 'log_loss', 'subjects', 'works' or "
            "'explorer', got "
            "'pie'");
}

TEST(Inventory, OfTheNamesThatLoadingAdds) {
  Database db;
  EXPECT_THAT(
      db.rows(
          "SELECT DISTINCT name FROM pragma_function_list WHERE name LIKE 'subjrec%' ORDER BY 1"),
      ElementsAre("subjrec_debug", "subjrec_import", "subjrec_load", "subjrec_map", "subjrec_plot",
                  "subjrec_similarity", "subjrec_train", "subjrec_version"));
  EXPECT_THAT(db.rows("SELECT name FROM pragma_module_list WHERE name LIKE 'subjrec%' ORDER BY 1"),
              ElementsAre("subjrec", "subjrec_evaluate", "subjrec_evaluate_subjects",
                          "subjrec_explain", "subjrec_similar", "subjrec_snapshot",
                          "subjrec_suggest", "subjrec_topk", "subjrec_train"));
}

}  // namespace
}  // namespace subjrec::test
