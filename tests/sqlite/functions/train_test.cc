#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/planted_catalogue.h"

namespace subjrec::test {
namespace {

using ::testing::ElementsAre;

class Train : public ::testing::Test {
 protected:
  Train() { db.run(kCatalogue); }
  std::string error(const std::string& arguments) {
    return db.error("SELECT subjrec_train(" + arguments + ")");
  }
  Database db;
};

TEST_F(Train, SummaryCountsNullsAndDuplicates) {
  const std::string summary = train_sql("rec", "bce", ",\"epochs\":2");
  EXPECT_EQ(db.value("SELECT json_extract((" + summary +
                     "), '$.model', '$.works', '$.subjects', '$.interactions', '$.rows', "
                     "'$.duplicates', '$.nulls', '$.epochs')"),
            "[\"rec\",5,4,9,11,1,1,2]");
}

TEST_F(Train, GivesARowPerEpochAndTheSameModel) {
  db.run(train_sql("whole", "bce", ",\"epochs\":3"));
  EXPECT_THAT(db.rows("SELECT epoch, epochs, loss > 0, seconds >= 0, metrics FROM "
                      "subjrec_train('rows', 'tags', '{\"algorithm\":\"bce\",\"epochs\":3}')"),
              ElementsAre("1|3|1|1|NULL", "2|3|1|1|NULL", "3|3|1|1|NULL"));
  EXPECT_EQ(db.value(digest_sql("rows")), db.value(digest_sql("whole")));
}

TEST_F(Train, TheLastRowHasTheSummary) {
  const std::vector<std::string> rows = db.rows(
      "SELECT coalesce(json_extract(summary, '$.digest'), '') FROM "
      "subjrec_train('rows', 'tags', '{\"algorithm\":\"bce\",\"epochs\":2}')");
  EXPECT_THAT(rows, ElementsAre("", db.value(digest_sql("rows"))));
}

TEST_F(Train, StoppingEarlyLeavesTheOldModel) {
  db.run(train_sql("rec", "bce", ",\"epochs\":2"));
  const std::string before = db.value(digest_sql("rec"));
  const std::string rows =
      "SELECT epoch FROM subjrec_train('rec', 'tags', "
      "'{\"algorithm\":\"bce\",\"epochs\":3,\"seed\":9}') LIMIT ";
  EXPECT_THAT(db.rows(rows + "2"), ElementsAre("1", "2"));
  EXPECT_EQ(db.value(digest_sql("rec")), before);
  EXPECT_EQ(db.rows(rows + "3").size(), 3u);
  EXPECT_NE(db.value(digest_sql("rec")), before);
}

TEST_F(Train, ReadsATableAViewOrASelect) {
  db.run("CREATE VIEW pairs AS SELECT * FROM tags");
  db.run(train_sql("t", "bce", ",\"epochs\":2"));
  db.run(train_sql("v", "bce", ",\"epochs\":2", "pairs"));
  db.run(train_sql("s", "bce", ",\"epochs\":2", "SELECT work, subject FROM tags"));
  db.run(train_sql("q", "bce", ",\"epochs\":2", "main.tags"));
  for (const char* model : {"v", "s", "q"}) {
    EXPECT_EQ(db.value(digest_sql(model)), db.value(digest_sql("t"))) << model;
  }
}

TEST_F(Train, TrainsAgainFromWhatTheModelRemembers) {
  db.run(train_sql("rec", "bce", ",\"epochs\":2,\"embedding_dim\":3"));
  const std::string before = db.value(digest_sql("rec"));
  db.run("SELECT subjrec_train('rec')");
  EXPECT_EQ(db.value(digest_sql("rec")), before);
  EXPECT_EQ(db.value("SELECT DISTINCT length(embedding) FROM rec_works"), "12");
}

TEST_F(Train, NotebookStoresEveryValueOfTheRecipe) {
  db.run("SELECT subjrec_train('rec', 'tags', '{\"recipe\":\"notebook\",\"epochs\":1}')");
  EXPECT_EQ(db.value("SELECT json_extract(value, '$.algorithm', '$.embedding_dim', '$.epochs', "
                     "'$.batch_size', '$.learning_rate', '$.beta1', '$.beta2', '$.epsilon', "
                     "'$.init_stddev') FROM rec_config WHERE key = 'options'"),
            "[\"bce\",10,1,512,0.001,0.9,0.999,1e-08,1]");
}

TEST_F(Train, RefusesSourcesThatAreNone) {
  EXPECT_EQ(
      error("'m', 'SELECT work FROM tags'"),
      "subjrec_train: argument 2 (source) must give 2 columns, work and subject, got 1 column");
  EXPECT_EQ(
      error("'m', 'SELECT * FROM tags WHERE 0'"),
      "subjrec_train: the source has no (work, subject) pairs: 0 rows, 0 of them with a NULL");
  EXPECT_EQ(error("'m', 'nowhere'"),
            "subjrec_train: argument 2 (source) must be a table, a view or a SELECT whose first "
            "columns are work and subject; there is no table \"nowhere\"");
  EXPECT_EQ(error("'m', 'SELECT 1.5, 2'"),
            "subjrec_train: the work id in row 1 of the source must be INTEGER, TEXT or BLOB, got "
            "1.5");
  EXPECT_EQ(error("'m', 'WITH q AS (SELECT 1) DELETE FROM tags RETURNING work, subject'"),
            "subjrec_train: argument 2 (source) must be a table, a view or a SELECT, and this "
            "writes: WITH q AS (SELECT 1) DELETE FROM tags RETURNING work, subject");
  EXPECT_EQ(error("'m'"),
            "subjrec_train: argument 2 (source) is missing: model \"m\" remembers none; name a "
            "table of (work, subject) rows, like SELECT subjrec_train('m', 'work_subjects')");
  EXPECT_EQ(db.value("SELECT count(*) FROM tags"), "11");
  EXPECT_EQ(db.value("SELECT count(*) FROM sqlite_schema"), "1") << "no model was made";
}

TEST_F(Train, RefusesBadOptionsAndNames) {
  EXPECT_EQ(error("'m', 'tags', '{\"epoch\":3}'"),
            "subjrec_train: unknown option \"epoch\"; did you mean \"epochs\"?");
  EXPECT_EQ(error("'m', 'tags', '{\"epochs\":0}'"),
            "subjrec_train: option \"epochs\" must be a whole number from 1 to 100000, got 0");
  EXPECT_EQ(error("'m', 'tags', '{\"learning_rate\":\"x\"}'"),
            "subjrec_train: option \"learning_rate\" must be a number above 0 and up to 100, got "
            "\"x\"");
  EXPECT_EQ(error("'tags', 'tags'"),
            "subjrec_train: \"tags\" is a table or view but not a model; choose another name");
}

TEST(Divergence, SaysThatItDivergedAndLeavesTheOldModel) {
  Database db;
  db.run(kCatalogue);
  db.run(train_sql("rec", "bce"));
  const std::string before = db.value(digest_sql("rec"));
  EXPECT_THAT(db.error(train_sql("rec", "composed", ",\"regularization\":1e9")),
              ::testing::MatchesRegex(
                  "subjrec_train: the training diverged in epoch [0-9]+: with a step size of 0.01 "
                  "its embeddings are not finite numbers any more; nothing was changed; try a "
                  "smaller \"learning_rate\" .now 0.01., \"init_stddev\" .now 0.1. or "
                  "\"regularization\" .now 1.*0.*"));
  EXPECT_EQ(db.value(digest_sql("rec")), before);
}

TEST(Divergence, OptionsWithoutASolutionAreNamed) {
  Database db;
  db.run(kCatalogue);
  EXPECT_EQ(db.error(train_sql("m", "ials", ",\"regularization\":0,\"unobserved_weight\":0")),
            "subjrec_train: options \"regularization\" and \"unobserved_weight\" are both 0, and "
            "\"ials\" then has no one solution; give one of them a value above 0, like "
            "{\"unobserved_weight\": 0.002}");
  for (const char* algorithm : {"composed", "bce"}) {
    EXPECT_EQ(db.error(train_sql("m", algorithm, ",\"epsilon\":1e-60")),
              "subjrec_train: option \"epsilon\" is 1e-60, which is 0 in the float32 that training "
              "computes in, where Adam divides by it; give it at least 1e-30, like 1e-8");
  }
}

TEST(Warning, IsInTheSummaryOfATrainingThatLearnedNothing) {
  Database db;
  db.run(kPlantedCatalogue);
  const auto warning = [&](const std::string& algorithm, const std::string& more,
                           const std::string& source = "tags") {
    return db.value("SELECT coalesce(json_extract((" +
                    train_sql("m", algorithm, ",\"recipe\":\"auto\"" + more, source) +
                    "), '$.warning'), '')");
  };
  db.run("CREATE TABLE alone AS SELECT work, min(subject) AS subject FROM tags GROUP BY work");
  for (const char* algorithm : {"bce", "composed", "ials", "ease"}) {
    EXPECT_EQ(warning(algorithm, ",\"epochs\":3", "alone"),
              "each work has one subject and nothing else, so that no subject says anything of "
              "another: lists are of little use");
  }
  db.run("CREATE TABLE own AS SELECT work, work AS feature FROM alone");
  EXPECT_EQ(warning("ease", ",\"work_features\":\"own\"", "alone"),
            "all weights are 0: nothing was learned; try a smaller \"regularization\"");
  for (const char* seed : {"1", "2", "3", "4", "5", "6"}) {
    EXPECT_THAT(
        warning("bce", std::string(",\"epochs\":1,\"learning_rate\":1e-9,\"seed\":") + seed),
        ::testing::HasSubstr("no better than chance"));
  }
  for (const char* algorithm : {"composed", "ials", "ease", "blend", "neighbours", "popularity"}) {
    EXPECT_EQ(warning(algorithm, ""), "") << algorithm;
  }
}

class NothingKnown : public PlantedCatalogue {};

TEST_P(NothingKnown, SuggestsTheCommonestSubjects) {
  EXPECT_EQ(db.value("SELECT group_concat(c) FROM (SELECT (SELECT count(DISTINCT work) FROM tags "
                     "WHERE subject = subject_id) AS c FROM subjrec_suggest('rec', '[]', 4))"),
            db.value("SELECT group_concat(c) FROM (SELECT count(DISTINCT work) AS c FROM tags "
                     "GROUP BY subject ORDER BY 1 DESC LIMIT 4)"));
}

INSTANTIATE_TEST_SUITE_P(Algorithms, NothingKnown,
                         ::testing::Values("bce", "composed", "ials", "ease"));

// The embeddings are finite, and the loss of what was held out is beyond any number: it is left
// out.
TEST(Divergence, HasNoInfiniteLoss) {
  Database db;
  db.run(kPlantedCatalogue);
  EXPECT_EQ(db.value("SELECT epoch, json_valid(metrics), metrics ->> 'recall@10' > 0, metrics ->> "
                     "'validation_loss' FROM subjrec_train('rec', 'tags', "
                     "'{\"algorithm\":\"composed\",\"epochs\":1,\"validation\":0.1,"
                     "\"regularization\":1e9}')"),
            "1|1|1|NULL");
  EXPECT_EQ(db.value("SELECT count(*) FROM rec_history WHERE metric = 'validation_loss'"), "0");
  EXPECT_EQ(db.value("SELECT subjrec_plot('rec', 'loss') LIKE '<svg%'"), "1");
}

}  // namespace
}  // namespace subjrec::test
