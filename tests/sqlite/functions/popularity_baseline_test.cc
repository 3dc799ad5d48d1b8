// {"algorithm": "popularity"} through every SQL name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/planted_catalogue.h"

namespace subjrec::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PopularityBaseline : public ::testing::Test {
 protected:
  PopularityBaseline() {
    db.run(kPlantedCatalogue);
    db.run(train_sql("rec", "popularity"));
    db.run("CREATE TABLE counts AS SELECT subject, count(*) AS works FROM tags GROUP BY subject");
  }
  Database db;
};

TEST_F(PopularityBaseline, TrainsInOneEpoch) {
  EXPECT_EQ(db.value("SELECT json_extract(j, '$.algorithm', '$.embedding_dim', '$.epochs') "
                     "FROM (SELECT subjrec_train('again', 'tags', "
                     "'{\"algorithm\":\"popularity\"}') AS j)"),
            "[\"popularity\",1,1]");
  EXPECT_EQ(db.value(digest_sql("again")), db.value(digest_sql("rec")));
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_train('again', 'tags', "
                     "'{\"algorithm\":\"popularity\",\"epochs\":5}')"),
            "1");
}

TEST_F(PopularityBaseline, RanksByCountAndKnowsItsProbability) {
  EXPECT_EQ(db.rows("SELECT subject_id FROM subjrec_topk('rec', 5, 40)"),
            db.rows("SELECT subject FROM counts ORDER BY works DESC, subject"));
  EXPECT_EQ(db.value("SELECT count(*), max(abs(probability - works / 121.0)) < 1e-6 FROM "
                     "subjrec_topk('rec', 5, 40) JOIN counts ON subject = subject_id"),
            "40|1");
  EXPECT_EQ(db.rows("SELECT subject_id, score FROM subjrec_suggest('rec', '[3, 5]', 38)"),
            db.rows("SELECT subject_id, score FROM subjrec_topk('rec', 7, 40) "
                    "WHERE subject_id NOT IN (3, 5)"));
}

TEST_F(PopularityBaseline, ExplainsByTheBias) {
  EXPECT_EQ(db.rows("SELECT cause, contribution FROM subjrec_explain('rec', 5, 9)"),
            db.rows("SELECT 'bias', score FROM subjrec_topk('rec', 5, 40) WHERE subject_id = 9"));
}

TEST_F(PopularityBaseline, IsEvaluatedAndTuned) {
  db.run("CREATE TABLE heldout AS SELECT 5 AS work, subject FROM counts EXCEPT SELECT * FROM tags");
  EXPECT_EQ(db.value("SELECT value > 0 FROM subjrec_evaluate('rec', 'heldout') "
                     "WHERE metric = 'recall@10'"),
            "1");
  EXPECT_THAT(
      db.rows("SELECT options, epochs, value > 0 FROM subjrec_tune('tags', "
              "'{\"algorithm\":[\"popularity\",\"ials\"],\"epochs\":2}', '{\"validation\":0.2}')"),
      ElementsAre("{\"algorithm\":\"popularity\",\"epochs\":2}|1|1",
                  "{\"algorithm\":\"ials\",\"epochs\":2}|2|1"));
}

TEST_F(PopularityBaseline, TakesNewWorksByUpdate) {
  db.run("INSERT INTO tags VALUES(1000, 3), (1000, 4)");
  EXPECT_EQ(db.value("SELECT subjrec_update('rec') ->> 'works_added'"), "1");
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_topk('rec', 1000, 5)"), "5");
}

TEST_F(PopularityBaseline, HasOutliersThatAreRare) {
  EXPECT_EQ(db.value("SELECT min(probability) = (SELECT min(works) / 121.0 FROM counts) OR "
                     "abs(min(probability) - (SELECT min(works) / 121.0 FROM counts)) < 1e-6 "
                     "FROM subjrec_outliers('rec', 3)"),
            "1");
}

TEST_F(PopularityBaseline, HasNothingToCompare) {
  for (const char* sql :
       {"SELECT * FROM subjrec_similar('rec', 'work', 5, 3)",
        "SELECT * FROM subjrec_similar('rec', 'subject', 5, 3)",
        "SELECT subjrec_similarity('rec', 'work', 1, 2)", "SELECT subjrec_map('rec', 'subject')",
        "SELECT * FROM subjrec_place('rec', 'work', '[3]')"}) {
    EXPECT_THAT(db.error(sql),
                HasSubstr("model \"rec\" was trained with \"popularity\", which has no embeddings "
                          "to compare; train one that has, like SELECT subjrec_train('rec', "
                          "source, '{\"algorithm\": \"composed\"}')"))
        << sql;
  }
}

TEST_F(PopularityBaseline, RefusesOptionsOfOthers) {
  EXPECT_EQ(db.error(train_sql("rec", "popularity", ",\"dropout\":0.1")),
            "subjrec_train: option \"dropout\" is for the algorithm \"composed\" or \"blend\", got "
            "\"popularity\"");
}

}  // namespace
}  // namespace subjrec::test
