#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "support/planted_catalogue.h"

namespace subjrec::test {
namespace {

class Popularity : public PlantedCatalogue {
 protected:
  Popularity() {
    db.run("CREATE TABLE prior(subject_id, ln)");
    for (const std::string& row : db.rows("SELECT subject_id, works FROM rec_subjects")) {
      const size_t bar = row.find('|');
      const double ln = std::log(std::stod(row.substr(bar + 1)) /
                                 std::stod(db.value("SELECT count(*) FROM rec_works")));
      db.run("INSERT INTO prior VALUES (" + row.substr(0, bar) + ", " + std::to_string(ln) + ")");
    }
  }
};

TEST_P(Popularity, TakesThePriorsLogarithmOffTheScoreAndLeavesTheProbability) {
  const char* slope = "(SELECT value FROM rec_config WHERE key = 'probability_slope')";
  for (const std::string p : {"0.5", "1"}) {
    EXPECT_EQ(db.value("SELECT count(*), max(abs(t.score - (r.score - " + p + " * ln / " + slope +
                       ")) / max(1, 1 / " + slope +
                       ")) < 1e-4, min(t.probability = r.probability), min(t.tagged = r.tagged) "
                       "FROM subjrec_topk('rec', 3, 100, 'all', " +
                       p +
                       ") t JOIN rec r ON r.work_id = 3 AND r.subject_id = t.subject_id "
                       "JOIN prior p ON p.subject_id = t.subject_id"),
              "40|1|1|1");
    EXPECT_EQ(db.rows("SELECT subject_id FROM subjrec_topk('rec', 3, 5, 'new', " + p + ")"),
              db.rows("SELECT subject_id FROM subjrec_topk('rec', 3, 100, 'new', " + p +
                      ") ORDER BY +score DESC, subject_id LIMIT 5"));
  }
  EXPECT_NE(db.rows("SELECT subject_id FROM subjrec_topk('rec', 3, 100, 'all', 1)"),
            db.rows("SELECT subject_id FROM subjrec_topk('rec', 3, 100)"));
}

TEST_P(Popularity, OfZeroChangesNothing) {
  EXPECT_EQ(db.rows("SELECT * FROM subjrec_topk('rec', 3, 100, 'all', 0)"),
            db.rows("SELECT * FROM subjrec_topk('rec', 3, 100)"));
  EXPECT_EQ(db.rows("SELECT * FROM subjrec_suggest('rec', '[1, 9]', 100, NULL, NULL)"),
            db.rows("SELECT * FROM subjrec_suggest('rec', '[1, 9]', 100)"));
  EXPECT_EQ(db.rows("SELECT * FROM subjrec_evaluate('rec', 'tags', '{\"popularity\": 0}')"),
            db.rows("SELECT * FROM subjrec_evaluate('rec', 'tags')"));
}

TEST_P(Popularity, HoldsForSuggestions) {
  EXPECT_EQ(
      db.value("SELECT count(*), max(abs(t.score - (r.score - ln / slope)) / max(1, 1 / slope)) < "
               "1e-4, "
               "min(t.probability = r.probability) "
               "FROM subjrec_suggest('rec', '[1, 9]', 100, NULL, NULL, 1) t "
               "JOIN subjrec_suggest('rec', '[1, 9]', 100) r USING (subject_id) "
               "JOIN prior USING (subject_id) JOIN (SELECT value AS slope FROM rec_config "
               "WHERE key = 'probability_slope')"),
      "38|1|1");
}

// What evaluate says of the lists is what topk's lists say.
TEST_P(Popularity, IsEvaluatedAsItIsServed) {
  db.run(
      "CREATE TABLE heldout(work, subject); INSERT INTO heldout SELECT work, (work * 7 + 3) % 40 "
      "FROM (SELECT DISTINCT work FROM tags) EXCEPT SELECT work, subject FROM tags");
  for (const std::string p : {"0", "0.5", "1"}) {
    const std::string lists =
        "(SELECT work, subject, subject_id FROM heldout, subjrec_topk('rec', work, 5, 'new', " + p +
        "))";
    EXPECT_EQ(
        db.rows("SELECT round(value, 9) FROM subjrec_evaluate('rec', 'heldout', "
                "'{\"k\": 5, \"popularity\": " +
                p +
                "}') WHERE metric IN ('recall@5', "
                "'coverage@5', 'popularity@5')"),
        db.rows("SELECT round(sum(subject = subject_id) * 1.0 / (SELECT count(*) FROM "
                "heldout), 9) FROM " +
                lists + " UNION ALL SELECT round(count(DISTINCT subject_id) / 40.0, 9) FROM " +
                lists + " UNION ALL SELECT round(avg(works), 9) FROM " + lists +
                " JOIN rec_subjects USING (subject_id)"));
  }
  const auto metric = [&](const std::string& name, const std::string& p) {
    return std::stod(
        db.value("SELECT value FROM subjrec_evaluate('rec', 'heldout', "
                 "'{\"k\": 5, \"popularity\": " +
                 p + "}') WHERE metric = '" + name + "'"));
  };
  EXPECT_LT(metric("popularity@5", "1"), metric("popularity@5", "0"));
  EXPECT_NEAR(metric("loss", "1"), metric("loss", "0"), 1e-5) << "probabilities stay";
}

INSTANTIATE_TEST_SUITE_P(Algorithms, Popularity,
                         ::testing::Values("bce", "composed", "ials", "ease"));

using PopularityArgument = Catalogue;

TEST_F(PopularityArgument, IsAShare) {
  EXPECT_EQ(db.error("SELECT * FROM subjrec_topk('rec', 'a', 1, 'all', 1.5)"),
            "subjrec_topk: argument 5 (popularity) must be a number from 0 to 1, got 1.5");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_topk('rec', 'a', 1, 'all', '1')"),
            "subjrec_topk: argument 5 (popularity) must be a number from 0 to 1, got '1'");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_suggest('rec', '[\"x\"]', 1, NULL, NULL, -0.1)"),
            "subjrec_suggest: argument 6 (popularity) must be a number from 0 to 1, got -0.1");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_evaluate('rec', 'tags', '{\"popularity\": 2}')"),
            "subjrec_evaluate: option \"popularity\" must be a number from 0 to 1, got 2");
}

}  // namespace
}  // namespace subjrec::test
