#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/catalogue.h"

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

TEST(Evaluate, WantsHeldOutRows) {
  Database db;
  db.run("SELECT subjrec_load('l', 'VALUES (1, ''[1]'')', 'VALUES (2, ''[1]'')')");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_evaluate('l', 'SELECT 1, 2 WHERE 0')"),
            "subjrec_evaluate: the held-out source has no (work, subject) rows");
}

TEST(Load, RefusesAnIdThatCameBefore) {
  Database db;
  EXPECT_EQ(db.error("SELECT subjrec_load('l', 'VALUES (1, ''[1]''), (1, ''[2]'')', "
                     "'VALUES (2, ''[1]'')')"),
            "subjrec_load: argument 2 (works), row 2: the id 1 came before");
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
            "subjrec_plot: argument 2 (what) must be 'loss', 'log_loss', 'subjects', 'works', "
            "'explorer', 'reliability' or 'tuning', got 'x'");
}

TEST_F(MapPlot, AMapAsRowsIsTheSameMap) {
  db.run("SELECT subjrec_map('rec', 'subject', '{\"epochs\": 5}')");
  const auto before = db.rows("SELECT id, x, y FROM rec_map");
  db.run("DELETE FROM rec_map");
  EXPECT_THAT(db.rows("SELECT epoch, epochs, summary FROM subjrec_map('rec', 'subject', "
                      "'{\"epochs\": 5}')"),
              ElementsAre("1|5|NULL", "2|5|NULL", "3|5|NULL", "4|5|NULL",
                          "5|5|{\"model\":\"rec\",\"kind\":\"subject\",\"points\":4,\"placed\":4,"
                          "\"epochs\":5}"));
  EXPECT_EQ(db.rows("SELECT id, x, y FROM rec_map"), before);
}

TEST_F(MapPlot, AMapGivenUpLeavesTheOldOne) {
  db.run("SELECT subjrec_map('rec', 'subject', '{\"epochs\": 5}')");
  const auto before = db.rows("SELECT id, x, y FROM rec_map");
  db.run("SELECT * FROM subjrec_map('rec', 'subject', '{\"epochs\": 5, \"seed\": 2}') LIMIT 3");
  EXPECT_EQ(db.rows("SELECT id, x, y FROM rec_map"), before);
}

TEST_F(MapPlot, OnlyNewPlacesWhatTheMapLacks) {
  const std::string only_new =
      "SELECT json_extract(subjrec_map('rec', 'work', '{\"only_new\": true}'), '$.placed')";
  EXPECT_EQ(db.error(only_new),
            "subjrec_map: model \"rec\" has no map of its works; make one with SELECT "
            "subjrec_map('rec', 'work')");
  db.run("SELECT subjrec_map('rec', 'work', '{\"epochs\": 20}')");
  EXPECT_EQ(db.value(only_new), "0");
  const auto whole = db.rows("SELECT id, x, y FROM rec_map WHERE id <> 'c' ORDER BY 1");
  db.run("DELETE FROM rec_map WHERE id = 'c'");
  EXPECT_EQ(db.error("SELECT subjrec_plot('rec', 'works')"),
            "subjrec_plot: the map of model \"rec\" lacks 1 of its works; place them with SELECT "
            "subjrec_map('rec', 'work', '{\"only_new\": true}')");
  EXPECT_EQ(db.value(only_new), "1");
  EXPECT_EQ(db.rows("SELECT id, x, y FROM rec_map WHERE id <> 'c' ORDER BY 1"), whole);
  EXPECT_EQ(db.value("SELECT subjrec_plot('rec', 'works') GLOB '<svg *'"), "1");
}

TEST_F(MapPlot, PlaceGivesAKnownEmbeddingItsPlace) {
  for (const std::string kind : {"work", "subject"}) {
    db.run("SELECT subjrec_map('rec', '" + kind + "', '{\"epochs\": 20}')");
    EXPECT_EQ(db.value("SELECT count(*), max(abs(p.x - m.x) + abs(p.y - m.y)) FROM rec_" + kind +
                       "s t JOIN rec_map m ON kind = '" + kind + "' AND id = " + kind +
                       "_id JOIN subjrec_place('rec', '" + kind + "', t.embedding) p"),
              kind == "work" ? "5|0.0" : "4|0.0");
  }
}

TEST_F(MapPlot, PlaceFoldsAWorkIn) {
  db.run("SELECT subjrec_map('rec', 'work', '{\"epochs\": 20}')");
  EXPECT_EQ(
      db.value("SELECT x BETWEEN (SELECT min(x) - 5 FROM rec_map) AND (SELECT max(x) + 5 FROM "
               "rec_map) FROM subjrec_place('rec', 'work', '[\"x\", \"y\"]')"),
      "1");
}

TEST_F(MapPlot, PlaceSaysWhatIsWrong) {
  EXPECT_EQ(db.error("SELECT * FROM subjrec_place('rec', 'work', '[\"x\"]')"),
            "subjrec_place: model \"rec\" has no map of its works; make one with SELECT "
            "subjrec_map('rec', 'work')");
  EXPECT_EQ(
      db.error("SELECT * FROM subjrec_place('rec', 'subject', x'0000')"),
      "subjrec_place: argument 3 (point) must be a BLOB of 4 float32, which are 16 bytes, got "
      "a BLOB of 2 bytes");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_place('rec', 'subject', '[\"x\"]')"),
            "subjrec_place: argument 3 (point) must be an embedding, a BLOB of float32, got "
            "'[\"x\"]'");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_place('rec', 'work', 3)"),
            "subjrec_place: argument 3 (point) must be a JSON array of ids, like '[\"a2x\", "
            "\"k9d\"]', got 3");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_place('rec', 'subject', "
                     "x'0000803f0000c07f0000803f0000803f')"),
            "subjrec_place: argument 3 (point) has a value that is not a finite number");
}

TEST_F(MapPlot, ADamagedMapIsAnErrorThatNamesTheRepair) {
  db.run("SELECT subjrec_map('rec', 'work', '{\"epochs\": 20}')");
  for (const std::string bad : {"9e999", "'north'", "x'00'"}) {
    db.run("UPDATE rec_map SET y = " + bad + " WHERE id = 'b'");
    EXPECT_EQ(db.error("SELECT subjrec_plot('rec', 'works')"),
              "subjrec_plot: table \"rec_map\" of model \"rec\" is damaged: the position of work "
              "'b' is not a pair of finite numbers; make the map again with SELECT "
              "subjrec_map('rec', 'work')")
        << bad;
  }
}

TEST_F(MapPlot, ProgressIsOfTheCallAndNotOfTheModel) {
  const std::string digest = db.value(digest_sql("rec"));
  db.run(train_sql("rec", "bce", ",\"embedding_dim\":4,\"epochs\":5,\"progress\":true"));
  EXPECT_EQ(db.value(digest_sql("rec")), digest);
  EXPECT_EQ(db.value("SELECT value FROM rec_config WHERE key = 'given_options'"),
            "{\"algorithm\":\"bce\",\"embedding_dim\":4,\"epochs\":5}");
  db.run("SELECT subjrec_map('rec', 'subject', '{\"progress\": true}')");
  EXPECT_EQ(db.value("SELECT json_extract(value, '$.progress') FROM rec_config WHERE key = "
                     "'map_options_subject'"),
            "0");
}

TEST(Plots, LabelsAndColorsComeFromSources) {
  Database db;
  db.run(kCatalogue);
  db.run(train_sql("rec", "bce", ",\"epochs\":2"));
  db.run("SELECT subjrec_map('rec', 'subject', '{\"epochs\":2}')");
  db.run("CREATE TABLE names AS SELECT 'x' AS id, 'Crossing' AS name, 3.5 AS number");
  const auto plot = [&](const std::string& color) {
    return db.value(
        "SELECT subjrec_plot('rec', 'subjects', json_object('labels', "
        "'SELECT id, name FROM names', 'color', '" +
        color + "'))");
  };
  const std::string by_number = plot("SELECT id, number AS heaviness FROM names");
  EXPECT_NE(by_number.find("Crossing"), std::string::npos);
  EXPECT_NE(by_number.find("heaviness"), std::string::npos);
  EXPECT_NE(plot("SELECT id, name || ''!'' AS sort FROM names").find("Crossing!"),
            std::string::npos);
}

TEST(Arguments, AreCounted) {
  Database db;
  EXPECT_EQ(db.error("SELECT subjrec_train()"),
            "subjrec_train: wanted 1 to 3 arguments (model, source, options), got 0");
  EXPECT_EQ(db.error("SELECT subjrec_load('l', 'w')"),
            "subjrec_load: wanted 3 or 4 arguments (model, works, subjects, options), got 2");
  EXPECT_EQ(db.error("SELECT subjrec_map('l')"),
            "subjrec_map: wanted 2 or 3 arguments (model, kind, options), got 1");
  EXPECT_EQ(db.error("SELECT subjrec_plot('l', 'loss', '{}', 1)"),
            "subjrec_plot: wanted 2 or 3 arguments (model, what, options), got 4");
}

}  // namespace
}  // namespace subjrec::test
