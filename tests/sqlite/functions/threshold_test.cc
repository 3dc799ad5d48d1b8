// Lists that are cut at a probability, lists that are diverse, and evaluations of both.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/planted_catalogue.h"

namespace subjrec::test {
namespace {

using ::testing::ElementsAre;

class Threshold : public PlantedCatalogue {};

TEST_P(Threshold, LeavesWhatIsAsProbableAndNothingElse) {
  for (const std::string& call :
       {std::string("subjrec_topk('rec', 5, 20, 'new', "),
        std::string("subjrec_suggest('rec', '[1, 2]', 20, NULL, NULL, ")}) {
    for (const std::string popularity : {"0", "0.5"}) {
      const std::string all = call + popularity + ")";
      const std::string middle = db.value("SELECT probability FROM " + all +
                                          " ORDER BY probability DESC LIMIT 1 OFFSET 4");
      // Among all subjects and not among the 20 that the discount ranks first.
      const std::string whole = call.substr(0, call.find("20")) + "1000" +
                                call.substr(call.find("20") + 2) + popularity + ")";
      EXPECT_EQ(
          db.rows("SELECT subject_id, probability FROM " + call + popularity + ", " + middle + ")"),
          db.rows("SELECT subject_id, probability FROM " + whole +
                  " WHERE probability >= " + middle + " LIMIT 20"));
      EXPECT_EQ(db.rows("SELECT * FROM " + call + popularity + ", 0)"),
                db.rows("SELECT * FROM " + all));
      EXPECT_TRUE(db.rows("SELECT * FROM " + call + popularity + ", 1)").empty());
    }
  }
}

TEST(ThresholdOfText, IsThatOfSuggest) {
  Database db;
  db.run(kPlantedCatalogue);
  db.run(
      "CREATE TABLE texts AS SELECT work, group_concat('w' || subject, ' ') FROM tags GROUP BY 1");
  db.run(train_sql("rec", "blend", ",\"epochs\":4,\"work_text\":\"texts\""));
  const std::string text = "'w3 w5 w8'";
  const std::string middle =
      db.value("SELECT probability FROM subjrec_suggest_text('rec', " + text + ", 1) ");
  for (const std::string& cut :
       {std::string("0.1, 0, 0"), "0.1, " + middle + ", 0", std::string("0, 0, 0.8")}) {
    EXPECT_EQ(db.rows("SELECT * FROM subjrec_suggest_text('rec', " + text + ", 9, " + cut + ")"),
              db.rows("SELECT * FROM subjrec_suggest('rec', '[]', 9, NULL, NULL, " + cut + ", " +
                      text + ")"))
        << cut;
  }
}

TEST_P(Threshold, OutsideOfZeroToOneIsAnError) {
  for (const std::string value : {"1.01", "-0.1", "'much'"}) {
    const std::string shown = value;
    EXPECT_EQ(db.error("SELECT * FROM subjrec_topk('rec', 5, 3, 'new', 0, " + value + ")"),
              "subjrec_topk: argument 6 (threshold) must be a number from 0 to 1, got " + shown);
    EXPECT_EQ(
        db.error("SELECT * FROM subjrec_suggest('rec', '[1]', 3, NULL, NULL, 0, " + value + ")"),
        "subjrec_suggest: argument 7 (threshold) must be a number from 0 to 1, got " + shown);
    EXPECT_EQ(db.error("SELECT * FROM subjrec_topk('rec', 5, 3, 'new', 0, 0, " + value + ")"),
              "subjrec_topk: argument 7 (diversity) must be a number from 0 to 1, got " + shown);
  }
}

TEST_P(Threshold, DiverseListsHaveKOfThePoolInTheOrderOfTheirScores) {
  const std::string pool = "(SELECT subject_id FROM subjrec_topk('rec', 5, 50, 'new'))";
  const std::string list = "subjrec_topk('rec', 5, 6, 'new', 0, 0, 0.7)";
  EXPECT_EQ(db.value("SELECT count(*) FROM " + list + " WHERE +subject_id IN " + pool), "6");
  EXPECT_EQ(db.rows("SELECT subject_id FROM " + list),
            db.rows("SELECT subject_id FROM " + list + " ORDER BY +score DESC"));
  EXPECT_EQ(db.rows("SELECT * FROM subjrec_topk('rec', 5, 6, 'new', 0, 0, 0)"),
            db.rows("SELECT * FROM subjrec_topk('rec', 5, 6, 'new')"));
}

TEST_P(Threshold, EvaluationCountsWhatListsHaveAtEveryLimitAndThreshold) {
  db.run(
      "CREATE TABLE held(work_id, subject_id); INSERT INTO held SELECT DISTINCT work, "
      "(work * 3 + 1) % 40 FROM tags WHERE work % 3 = 0");
  const std::string rows = "subjrec_evaluate('rec', 'held', '{\"k\":4,\"thresholds\":true}')";
  for (const std::string limit : {"1", "4"}) {
    for (const std::string t : {"0.00", "0.05", "0.30"}) {
      // A held-out subject that the work carries in training stays a candidate of the evaluation.
      const std::string counted = db.value(
          "WITH list AS (SELECT h.work_id, h.subject_id = s.subject_id AS hit FROM held h LEFT "
          "JOIN "
          "(SELECT r.work_id, r.subject_id, row_number() OVER (PARTITION BY r.work_id ORDER BY "
          "score "
          "DESC, r.subject_id) AS n FROM rec r JOIN held h ON h.work_id = r.work_id WHERE (NOT "
          "tagged "
          "OR h.subject_id = r.subject_id) AND probability >= " +
          t +
          ") s ON s.work_id = h.work_id "
          "AND s.n <= " +
          limit +
          ") SELECT round(avg(f), 5) FROM (SELECT coalesce(2.0 * sum(hit) / "
          "(count(hit) + 1), 0) AS f FROM list GROUP BY work_id)");
      EXPECT_EQ(db.value("SELECT round(value, 5) FROM " + rows + " WHERE metric = 'f1@" + limit +
                         ",p>=" + t + "'"),
                counted)
          << limit << " " << t;
    }
  }
  EXPECT_EQ(db.value("SELECT (SELECT value FROM " + rows +
                     " WHERE metric = 'best_f1') = (SELECT "
                     "max(value) FROM " +
                     rows + " WHERE metric LIKE 'f1@%,p>=%')"),
            "1");
}

INSTANTIATE_TEST_SUITE_P(Algorithms, Threshold,
                         ::testing::Values("bce", "composed", "ials", "ease"));

TEST(Evaluation, CountsASubjectThatTheModelLacksAsMissed) {
  Database db;
  db.run(
      "CREATE TABLE ws(w, s); WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n "
      "WHERE i < 39) INSERT INTO ws SELECT i, 'a' FROM n UNION ALL SELECT i, 'b' FROM n UNION ALL "
      "SELECT 100, 'a'");
  db.run("SELECT subjrec_train('m', 'ws', '{\"algorithm\":\"ease\"}')");
  const std::string judged =
      "SELECT metric, round(value, 4) FROM subjrec_evaluate('m', 'SELECT 100, ''b'' UNION ALL "
      "SELECT "
      "100, ''unknown'''";
  const std::string some =
      ") WHERE metric IN ('unknown_rows', 'recall@10', 'work_recall@10', 'work_ndcg@10', 'map@10')";
  EXPECT_THAT(db.rows(judged + some),
              ElementsAre("unknown_rows|1.0", "recall@10|0.5", "work_recall@10|0.5",
                          "work_ndcg@10|0.6131", "map@10|0.5"));
  EXPECT_THAT(db.rows(judged + ", '{\"drop_unknown\":true}'" + some),
              ElementsAre("unknown_rows|0.0", "recall@10|1.0", "work_recall@10|1.0",
                          "work_ndcg@10|1.0", "map@10|1.0"));
}

TEST(Evaluation, WarnsWhereAFewSubjectsMakeUpMostOfWhatIsHeldOut) {
  Database db;
  db.run(kPlantedCatalogue);
  db.run(
      "CREATE TABLE more AS SELECT work, subject FROM tags UNION ALL SELECT work, 1000 + (work * "
      "7 + subject) % 200 FROM tags");
  const auto warned = [&](const std::string& heldout) {
    db.run("DROP TABLE IF EXISTS held; CREATE TABLE held AS " + heldout);
    db.run("DROP TABLE IF EXISTS m");
    db.run(
        "SELECT subjrec_train('m', 'SELECT * FROM more EXCEPT SELECT * FROM held', "
        "'{\"algorithm\":\"ials\",\"epochs\":2,\"embedding_dim\":4}')");
    return db.value(
        "SELECT count(*) FROM subjrec_evaluate('m', 'held') WHERE metric LIKE "
        "'warning%'");
  };
  EXPECT_EQ(warned("SELECT work_id, subject_id FROM subjrec_split('more') WHERE fold = 1"), "0");
  EXPECT_EQ(
      warned("SELECT work, max(subject) FROM more WHERE subject BETWEEN 1000 AND 1004 GROUP BY "
             "work"),
      "1");
}

}  // namespace
}  // namespace subjrec::test
