#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/catalogue.h"

namespace subjrec::test {
namespace {

using ::testing::ElementsAre;

class Outliers : public ::testing::TestWithParam<const char*> {
 protected:
  Outliers() {
    db.run(kCatalogue);
    db.run(train_sql("rec", GetParam(), ",\"epochs\":4"));
  }
  Database db;
};

class TrainedOutliers : public Outliers {};

// A pair's score is what the subject would get as a suggestion for a work with the others, and its
// rank the place there. Work c has nothing but z.
TEST_P(TrainedOutliers, AreScoredAsSuggestionsForTheRest) {
  EXPECT_THAT(db.rows("SELECT work_id, group_concat(subject_id) FROM (SELECT * FROM "
                      "subjrec_outliers('rec', 100) ORDER BY work_id, subject_id) GROUP BY 1"),
              ElementsAre("a|x,y", "b|x,z", "d|w,y", "e|w,x"));
  for (const char* popularity : {"0", "0.5"}) {
    EXPECT_THAT(
        db.rows("SELECT count(*), sum(abs(o.score - s.score) <= 1e-5 * max(1, abs(s.score))), "
                "sum(o.probability = s.probability), sum(o.subject_rank = s.rank) "
                "FROM subjrec_outliers('rec', 100, NULL, " +
                std::string(popularity) +
                ") o, "
                "subjrec_suggest('rec', (SELECT json_group_array(subject) FROM (SELECT DISTINCT "
                "subject FROM tags WHERE work = o.work_id AND subject <> o.subject_id)), 9, NULL, "
                "NULL, " +
                popularity + ") s WHERE s.subject_id = o.subject_id"),
        ElementsAre("8|8|8|8"));
  }
}

TEST_P(Outliers, AreTheLeastFirst) {
  const std::string all =
      "SELECT group_concat(work_id || subject_id, ' ') FROM subjrec_outliers('rec', 100";
  EXPECT_EQ(db.value(all + ")"),
            db.value("SELECT group_concat(work_id || subject_id, ' ') FROM (SELECT * FROM "
                     "subjrec_outliers('rec', 100) ORDER BY +score, work_id, subject_id)"));
  EXPECT_EQ(db.rows("SELECT * FROM subjrec_outliers('rec', 3)"),
            db.rows("SELECT * FROM subjrec_outliers('rec', 100) LIMIT 3"));
  EXPECT_EQ(db.rows("SELECT work_id, subject_id, score, subject_rank FROM "
                    "subjrec_outliers('rec', 9, 'd')"),
            db.rows("SELECT work_id, subject_id, score, subject_rank FROM "
                    "subjrec_outliers('rec', 100) WHERE work_id = 'd'"));
}

INSTANTIATE_TEST_SUITE_P(Algorithms, Outliers,
                         ::testing::Values("bce", "composed", "ials", "ease", "neighbours", "blend",
                                           "popularity"));

// Algorithms that ask similar works are no part of it: those that a suggestion asks include the
// work itself, and those of an outlier do not.
INSTANTIATE_TEST_SUITE_P(Algorithms, TrainedOutliers,
                         ::testing::Values("bce", "composed", "ials", "ease", "popularity"));

using OutliersOf = Catalogue;

// Of the works that share x or w with d, none carries y: but for d itself, nobody votes for it.
TEST_F(OutliersOf, AWorkIsNotItsOwnNeighbour) {
  db.run(
      "CREATE TABLE own(work, subject);"
      "INSERT INTO own VALUES "
      "('a','x'),('a','v'),('b','x'),('b','v'),('c','u'),('d','x'),('d','y')");
  db.run(train_sql("rec", "neighbours", "", "own"));
  for (const char* work : {"", ", 'd'"}) {
    EXPECT_EQ(db.value("SELECT score FROM subjrec_outliers('rec', 9" + std::string(work) +
                       ") WHERE work_id = 'd' AND subject_id = 'y'"),
              "0.0")
        << work;
  }
}

TEST_F(OutliersOf, OneWorkOrEachOfAJoin) {
  EXPECT_THAT(db.rows("SELECT count(*) FROM subjrec_outliers('rec', 1, 'a')"), ElementsAre("1"));
  EXPECT_THAT(db.rows("SELECT count(*) FROM subjrec_outliers('rec', 9, 'c')"), ElementsAre("0"));
  db.run("CREATE TABLE works(id); INSERT INTO works VALUES ('a'), ('none'), (NULL), ('d')");
  EXPECT_THAT(db.rows("SELECT w.id, rank FROM works w, subjrec_outliers('rec', 1, w.id) "
                      "ORDER BY 1"),
              ElementsAre("a|1", "d|1"));
}

TEST_F(OutliersOf, FeaturesKnowAWorkThatHasOneSubject) {
  db.run("CREATE TABLE f(work, feature); INSERT INTO f VALUES ('c', 'p'), ('b', 'p')");
  const std::string of_c = "SELECT work_id, subject_id FROM subjrec_outliers('rec', 9, 'c')";
  db.run(train_sql("rec", "ease", ",\"work_features\":\"f\",\"min_feature_works\":2"));
  EXPECT_THAT(db.rows(of_c), ElementsAre("c|z"));
  db.run(train_sql("rec", "ease", ",\"work_features\":\"f\",\"min_feature_works\":3"));
  EXPECT_TRUE(db.rows(of_c).empty()) << "training left the feature out: nothing is known";
}

TEST_F(OutliersOf, RefusesBadArguments) {
  const auto error = [&](const std::string& arguments) {
    return db.error("SELECT * FROM subjrec_outliers(" + arguments + ")");
  };
  EXPECT_EQ(error("'rec'"), "subjrec_outliers: argument 2 (k) is missing");
  EXPECT_EQ(error("'rec', 0"),
            "subjrec_outliers: argument 2 (k) must be a whole number of at least 1, got 0");
  EXPECT_EQ(error("'rec', 1, 'zz'"),
            "subjrec_outliers: model \"rec\" knows no work 'zz'; it was not in the training data, "
            "or has no subjects there; for a work that was never trained use "
            "subjrec_suggest('rec', '[subject ids]', k)");
  EXPECT_EQ(error("'rec', 1, 1.5"),
            "subjrec_outliers: argument 3 (work_id) must be the id of a work, got 1.5");
  EXPECT_EQ(error("'rec', 1, NULL, 'much'"),
            "subjrec_outliers: argument 4 (popularity) must be a number from 0 to 1, got 'much'");
  EXPECT_EQ(error("'q', 1"),
            "subjrec_outliers: there is no model \"q\"; the only model here is \"rec\"");
}

}  // namespace
}  // namespace subjrec::test
