#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "face/catalogue.h"

namespace subjrec::test {
namespace {

using ::testing::ElementsAre;

// The order is p, r, q: r is second of three. The entry of an unknown work counts as missed.
TEST(Evaluate, OfALoadedModelIsWhatPaperSays) {
  Database db;
  db.run(
      "SELECT subjrec_load('rec', 'SELECT ''w'', ''[1]''', 'VALUES (''p'', ''[3]''), "
      "(''q'', ''[1]''), (''r'', ''[2]'')')");
  EXPECT_THAT(db.rows("SELECT metric, value FROM subjrec_evaluate('rec', 'VALUES (''w'', ''r''), "
                      "(''v'', ''p'')') WHERE metric IN ('rows', 'works', 'unknown_rows', "
                      "'mrr@10', 'recall@10', 'median_rank', 'auc')"),
              ElementsAre("rows|2.0", "works|2.0", "unknown_rows|1.0", "recall@10|0.5",
                          "mrr@10|0.25", "auc|0.5", "median_rank|Inf"));
}

TEST(Load, ReadsBlobsJsonAndBiases) {
  Database db;
  EXPECT_EQ(db.value("SELECT json_extract(subjrec_load('rec', 'SELECT 1, x''0000803f00000000''', "
                     "'SELECT ''s'', ''[0.5, 2]'', 0.25'), '$.works', '$.subjects', "
                     "'$.embedding_dim', '$.interactions')"),
            "[1,1,2,0]");
  EXPECT_EQ(db.value("SELECT work_id, subject_id, score, tagged FROM rec"), "1|s|0.75|0");
}

TEST(Load, RefusesWrongDimensions) {
  Database db;
  EXPECT_EQ(db.error("SELECT subjrec_load('l', 'SELECT 1, ''[1,0]''', 'SELECT 2, ''[0.5]''')"),
            "subjrec_load: works have 2 dimensions and subjects 1; they must have the same");
  EXPECT_EQ(db.error("SELECT subjrec_load('l', 'VALUES (1, ''[1]''), (2, ''[1,0]'')', "
                     "'SELECT 2, ''[0.5]''')"),
            "subjrec_load: argument 2 (works), row 2: the embedding has 2 dimensions, and those "
            "before it 1");
  EXPECT_EQ(db.value("SELECT count(*) FROM sqlite_schema"), "0");
}

class Explain : public ::testing::TestWithParam<const char*> {};

TEST_P(Explain, AddsUpToTheScoreOfEveryCell) {
  Database db;
  db.run(kCatalogue);
  db.run(train_sql("rec", GetParam(), ",\"epochs\":4"));
  EXPECT_EQ(db.value("SELECT count(*), max(abs(score - (SELECT sum(contribution) FROM "
                     "subjrec_explain('rec', work_id, subject_id)))) < 1e-5 FROM rec"),
            "20|1");
}

TEST_P(Explain, SuggestLeavesOutWhatIsGiven) {
  Database db;
  db.run(kCatalogue);
  db.run(train_sql("rec", GetParam(), ",\"epochs\":4"));
  EXPECT_THAT(db.rows("SELECT subject_id FROM subjrec_suggest('rec', '[\"x\",\"y\"]', 9) ORDER BY "
                      "subject_id"),
              ElementsAre("w", "z"));
}

INSTANTIATE_TEST_SUITE_P(Algorithms, Explain, ::testing::Values("bce", "composed", "ials", "ease"));

using MapPlot = Catalogue;

TEST_F(MapPlot, PlotsNeedAMap) {
  EXPECT_EQ(db.error("SELECT subjrec_plot('rec', 'subjects')"),
            "subjrec_plot: model \"rec\" has no map of its subjects; make one with SELECT "
            "subjrec_map('rec', 'subject')");
  EXPECT_EQ(db.value("SELECT json_extract(subjrec_map('rec', 'subject'), '$.kind', '$.points')"),
            "[\"subject\",4]");
  EXPECT_EQ(db.value("SELECT kind, count(DISTINCT id) FROM rec_map GROUP BY 1"), "subject|4");
  for (const char* what : {"loss", "log_loss", "subjects"}) {
    EXPECT_EQ(db.value("SELECT subjrec_plot('rec', '" + std::string(what) +
                       "') GLOB '<svg *' || '</svg>' || char(10)"),
              "1")
        << what;
  }
  EXPECT_EQ(db.value("SELECT subjrec_plot('rec', 'explorer') GLOB '<!DOCTYPE html>*</html>' || "
                     "char(10)"),
            "1");
  EXPECT_EQ(db.error("SELECT subjrec_plot('rec', 'x')"),
            "subjrec_plot: argument 2 (what) must be 'loss', 'log_loss', 'subjects', 'works' or "
            "'explorer', got 'x'");
}

}  // namespace
}  // namespace subjrec::test
