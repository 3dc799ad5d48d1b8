// {"algorithm": "blend"} and {"algorithm": "neighbours"} through every SQL name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/planted_catalogue.h"

namespace subjrec::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kFacts =
    "CREATE TABLE facts AS SELECT DISTINCT work, 'f' || (work % 7) AS feature FROM tags "
    "UNION ALL SELECT DISTINCT work, 'g' || (work % 11) FROM tags";

/// The options of a training that is over soon.
std::string train(const std::string& model, const std::string& algorithm,
                  const std::string& more = "", const std::string& source = "tags") {
  const bool blend = algorithm == "blend";
  return "SELECT subjrec_train('" + model + "', '" + source + "', '{\"algorithm\":\"" + algorithm +
         "\",\"work_features\":\"facts\"" +
         (blend ? ",\"epochs\":3,\"embedding_dim\":8,\"min_feature_works\":2" : "") + more + "}')";
}

class WithCatalogue : public ::testing::TestWithParam<const char*> {
 protected:
  WithCatalogue() {
    db.run(kPlantedCatalogue);
    db.run(kFacts);
    db.run(train("rec", GetParam()));
  }
  Database db;
};

TEST_P(WithCatalogue, GivesTheSameScoresByEveryPlan) {
  EXPECT_EQ(db.rows("SELECT subject_id, score FROM subjrec_topk('rec', 5, 40)"),
            db.rows("SELECT subject_id, score FROM rec WHERE work_id = 5"));
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_topk('rec', 5, 40) AS k "
                     "JOIN rec AS r ON r.work_id = 5 AND r.subject_id = k.subject_id "
                     "WHERE r.score = k.score AND r.tagged = k.tagged"),
            "40");
  EXPECT_EQ(db.value("SELECT count(*) FROM (SELECT work_id, score FROM rec WHERE subject_id = 9) "
                     "AS c JOIN rec AS r ON r.work_id = c.work_id AND r.subject_id = 9 "
                     "WHERE r.score = c.score"),
            "120");
  EXPECT_EQ(db.rows("SELECT subject_id, score FROM (SELECT * FROM rec) WHERE +work_id = 77 "
                    "ORDER BY score DESC, subject_id"),
            db.rows("SELECT subject_id, score FROM rec WHERE work_id = 77 "
                    "ORDER BY score DESC, subject_id"));
}

TEST_P(WithCatalogue, ListsWhatIsNew) {
  EXPECT_EQ(db.value("SELECT count(*), sum(tagged) FROM subjrec_topk('rec', 5, 10, 'new')"),
            "10|0");
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_topk('rec', 5, 10, 'all', 0.5)"), "10");
}

TEST_P(WithCatalogue, ExplainsTheWholeScore) {
  EXPECT_EQ(db.value("SELECT max(abs((SELECT sum(contribution) FROM "
                     "subjrec_explain('rec', 5, k.subject_id)) - score)) < 1e-4 "
                     "FROM subjrec_topk('rec', 5, 40) AS k WHERE score <> 0"),
            "1");
  EXPECT_EQ(db.value("SELECT count(*) > 0 AND min(id IN (SELECT work FROM tags WHERE subject = "
                     "(SELECT subject_id FROM subjrec_topk('rec', 5, 1)))) "
                     "FROM subjrec_explain('rec', 5, (SELECT subject_id FROM "
                     "subjrec_topk('rec', 5, 1))) WHERE cause = 'work'"),
            "1");
}

TEST_P(WithCatalogue, SuggestsForNewWorks) {
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_suggest('rec', '[1, 2]', 10, '[\"f1\"]')"),
            "10");
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_suggest('rec', '[]', 10, '[\"f1\",\"g2\"]')"),
            "10");
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_suggest('rec', '[]', 10)"), "10");
}

TEST_P(WithCatalogue, IsTheSameForAnyNumberOfThreads) {
  db.run(train("one", GetParam(), ",\"threads\":1"));
  db.run(train("some", GetParam(), ",\"threads\":5"));
  db.run("CREATE TABLE turned AS SELECT * FROM tags ORDER BY subject DESC, work");
  db.run(train("other", GetParam(), "", "turned"));
  EXPECT_EQ(db.value(digest_sql("some")), db.value(digest_sql("one")));
  EXPECT_EQ(db.value(digest_sql("other")), db.value(digest_sql("one")));
}

TEST_P(WithCatalogue, TakesInNewWorks) {
  db.run("INSERT INTO tags VALUES(500, 1), (500, 4), (500, 30)");
  db.run("INSERT INTO facts VALUES(500, 'f3')");
  EXPECT_EQ(db.value("SELECT json_extract(subjrec_update('rec'), '$.works_added')"), "1");
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_topk('rec', 500, 10)"), "10");
  EXPECT_EQ(db.value("SELECT count(*) FROM rec WHERE work_id = 500"), "40");
}

TEST_P(WithCatalogue, IsEvaluatedAndFindsOutliers) {
  db.run(
      "CREATE TABLE heldout AS SELECT DISTINCT work, (work * 7) % 40 AS subject FROM tags "
      "EXCEPT SELECT * FROM tags");
  EXPECT_EQ(db.value("SELECT value BETWEEN 0 AND 1 FROM subjrec_evaluate('rec', 'heldout') "
                     "WHERE metric = 'recall@10'"),
            "1");
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_outliers('rec', 5)"), "5");
  EXPECT_EQ(db.value("SELECT count(*) > 0 FROM subjrec_outliers('rec', 5, 7)"), "1");
}

TEST_P(WithCatalogue, RefusesADamagedConfiguration) {
  db.run("UPDATE rec_config SET value = 'x' WHERE key = 'neighbors'");
  db.run("UPDATE rec_config SET value = value || '0' WHERE key = 'digest'");
  EXPECT_THAT(db.error("SELECT * FROM subjrec_topk('rec', 5, 3)"), HasSubstr("\"neighbors\""));
}

INSTANTIATE_TEST_SUITE_P(Algorithms, WithCatalogue, ::testing::Values("blend", "neighbours"));

class Blend : public ::testing::Test {
 protected:
  Blend() {
    db.run(kPlantedCatalogue);
    db.run(kFacts);
  }
  Database db;
};

TEST_F(Blend, SaysWhatItsCoefficientsAre) {
  const std::string summary = db.value(train("rec", "blend"));
  EXPECT_THAT(summary, HasSubstr("\"algorithm\":\"blend\""));
  EXPECT_THAT(summary, HasSubstr("\"blend\":{\"pairs\":"));
  EXPECT_EQ(db.value("SELECT json_array_length(value) FROM rec_config WHERE key = 'blend'"), "12");
}

TEST_F(Blend, IsComparedWithEachVoiceWhereTheAlgorithmIsChosen) {
  db.run(
      "INSERT INTO tags SELECT work + 120 * i, (subject * (i + 1)) % 40 FROM tags, "
      "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT i FROM "
      "n)");
  db.run("DROP TABLE facts");
  db.run(kFacts);
  const std::string summary = db.value(train("rec", "auto", ",\"epochs\":3,\"embedding_dim\":8"));
  const auto said = [&](const std::string& path) {
    return db.value("SELECT '" + summary + "' ->> '$.blend." + path + "'");
  };
  for (const std::string loss : {"warm_loss", "cold_loss"}) {
    SCOPED_TRACE(summary);
    const std::string chosen = said(loss + ".chosen");
    EXPECT_LE(std::stod(said(loss + "." + chosen)), std::stod(said(loss + ".blend")));
    EXPECT_LT(std::stod(said(loss + "." + chosen)), std::stod(said(loss + ".popularity")));
  }
  EXPECT_THAT(db.value(train("rec", "blend")), Not(HasSubstr("_loss")));
}

/// Lists of all works, and what the model's rows have for their places.
void expect_lists_by_score(Database& db) {
  EXPECT_EQ(db.rows("SELECT w.work_id, k.subject_id, k.score FROM rec_works AS w "
                    "CROSS JOIN subjrec_topk('rec', w.work_id, 4, 'new') AS k ORDER BY 1, 2"),
            db.rows("SELECT work_id, subject_id, score FROM (SELECT *, row_number() OVER "
                    "(PARTITION BY work_id ORDER BY score DESC, subject_id) AS place FROM rec "
                    "WHERE NOT tagged) WHERE place <= 4 ORDER BY 1, 2"));
}

TEST_F(Blend, ListsManyWorksAsItScoresThem) {
  // The first lists score every subject, those behind them go by an index.
  db.run(train("rec", "blend"));
  expect_lists_by_score(db);
}

TEST_F(Blend, OfOneVoiceListsAsItScores) {
  db.run("UPDATE tags SET subject = 39 - subject");  // the commonest are not those of least id
  for (const char* voice : {"1, 7", "3, 4, 9, 10", "5, 6, 11, 12"}) {
    db.run(train("rec", "blend"));
    db.run("UPDATE rec_config SET value = (SELECT json_group_array(CASE WHEN key + 1 IN (" +
           std::string(voice) +
           ") THEN value ELSE 0 END) FROM json_each(rec_config.value)) WHERE key = 'blend'");
    db.run("INSERT INTO rec(rec) VALUES('bless')");
    expect_lists_by_score(db);
    // Of a work of which nothing is known no voice but the first says anything.
    EXPECT_EQ(db.rows("SELECT subject_id FROM subjrec_suggest('rec', '[]', 3)"),
              db.rows("SELECT subject FROM tags GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 3"))
        << voice;
  }
}

TEST_F(Blend, SuggestsTheSameHoweverOftenItIsAsked) {
  db.run(train("rec", "blend"));
  for (const char* carried : {"[]", "[3, 17]"}) {
    const std::string suggest = "SELECT subject_id, score FROM subjrec_suggest('rec', '" +
                                std::string(carried) + "', 4, '[\"f1\", \"g2\"]')";
    const std::vector<std::string> first = db.rows(suggest);
    for (int i = 0; i < 20; ++i) ASSERT_EQ(db.rows(suggest), first) << i;
  }
}

TEST_F(Blend, SaysThatACatalogueIsTooSmallToKeepPairsOut) {
  db.run("CREATE TABLE few AS SELECT * FROM tags WHERE work < 20");
  EXPECT_THAT(db.value(train("rec", "blend", "", "few")),
              HasSubstr("too few pairs to keep any out of training"));
}

TEST_F(Blend, RefusesCoefficientsThatAreNone) {
  db.run(train("rec", "blend"));
  for (const char* damaged : {"'[1,2]'", "'[1,2,3,4,5,6,7,8,9,10,11,1e999]'", "'x'", "''"}) {
    db.run(std::string("UPDATE rec_config SET value = ") + damaged + " WHERE key = 'blend'");
    db.run("UPDATE rec_config SET value = value || '0' WHERE key = 'digest'");
    EXPECT_THAT(db.error("SELECT * FROM subjrec_topk('rec', 5, 3)"), HasSubstr("\"blend\""));
  }
}

TEST_F(Blend, HasEmbeddingsAndNeighboursHaveNone) {
  db.run(train("rec", "blend"));
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_similar('rec', 'subject', 3, 5)"), "5");
  db.run(train("near", "neighbours"));
  EXPECT_THAT(db.error("SELECT * FROM subjrec_similar('near', 'subject', 3, 5)"),
              HasSubstr("has no embeddings to compare"));
}

}  // namespace
}  // namespace subjrec::test
