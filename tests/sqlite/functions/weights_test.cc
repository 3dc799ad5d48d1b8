// Weights of pairs, from a source's column to what a model says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/planted_catalogue.h"
#include "support/shards.h"

namespace subjrec::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// The planted catalogue with weights from 0.5 to 3.5, in the view "heavy"; in "light" all are 1.
constexpr const char* kWeights =
    "CREATE TABLE weighted AS SELECT work, subject, 0.5 + (work * 7 + subject * 13) % 4 AS n FROM "
    "tags; CREATE VIEW heavy AS SELECT work AS work_id, subject AS subject_id, n AS weight FROM "
    "weighted; CREATE VIEW light AS SELECT work AS work_id, subject AS subject_id, 1.0 AS weight "
    "FROM tags;";

std::string options(const std::string& algorithm) {
  return algorithm == "popularity" || algorithm == "neighbours"
             ? ""
             : ",\"epochs\":3,\"embedding_dim\":6";
}

class PairWeights : public ::testing::TestWithParam<const char*> {
 protected:
  PairWeights() {
    db.run(kPlantedCatalogue);
    db.run(kWeights);
  }
  std::string train(const std::string& model, const std::string& source) {
    return db.value(train_sql(model, GetParam(), options(GetParam()), source) + " ->> 'digest'");
  }
  bool serves_weights() const {
    return GetParam() != std::string("composed") && GetParam() != std::string("popularity");
  }
  Database db;
};

INSTANTIATE_TEST_SUITE_P(Algorithms, PairWeights,
                         ::testing::Values("bce", "composed", "ials", "ease", "neighbours", "blend",
                                           "popularity"));

TEST_P(PairWeights, ThatAreAllOneChangeNothing) {
  const std::string plain = train("rec", "tags");
  EXPECT_EQ(train("rec", "light"), plain);
  EXPECT_EQ(db.value("SELECT value FROM rec_config WHERE key = 'format_version'"), "1");
  const bool same = GetParam() == std::string("popularity");
  EXPECT_EQ(train("rec", "heavy") == plain, same);
  EXPECT_EQ(db.value("SELECT value FROM rec_config WHERE key = 'format_version'"),
            serves_weights() ? "2" : "1");
  EXPECT_EQ(train("rec", "tags"), plain) << "a model without weights again";
  EXPECT_EQ(db.value("SELECT value FROM rec_config WHERE key = 'format_version'"), "1");
}

TEST_P(PairWeights, DoNotDependOnTheOrderOfRowsNorOnRepeats) {
  const std::string digest = train("rec", "heavy");
  db.run(
      "CREATE TABLE mixed AS SELECT * FROM (SELECT * FROM heavy UNION ALL SELECT work_id, "
      "subject_id, 0.25 FROM heavy WHERE work_id % 3 = 0 UNION ALL SELECT work_id, subject_id, 0 "
      "FROM heavy WHERE work_id % 5 = 0) ORDER BY (work_id * 31 + subject_id * 17) % 101, weight");
  EXPECT_EQ(train("rec", "mixed"), digest) << "the greatest weight of a pair counts";
  db.run("CREATE TABLE turned AS SELECT * FROM mixed ORDER BY rowid DESC");
  EXPECT_EQ(train("rec", "turned"), digest);
}

TEST_P(PairWeights, AreSaidInTheSummary) {
  const auto member = [&](const std::string& source) {
    return db.value(train_sql("rec", GetParam(), options(GetParam()), source) + " ->> 'weights'");
  };
  EXPECT_EQ(member("tags"), "NULL");
  EXPECT_EQ(member("light"), "NULL");
  EXPECT_NE(member("heavy"), "NULL");
}

/// Scores add up, in every plan, and a twin gets the list.
TEST_P(PairWeights, AreServedAsTheyWereTrained) {
  train("rec", "heavy");
  EXPECT_EQ(db.rows("SELECT subject_id, score FROM rec WHERE work_id = 7 ORDER BY subject_id"),
            db.rows("SELECT subject_id, score FROM (SELECT * FROM rec) WHERE +work_id = 7 ORDER BY "
                    "subject_id"));
  EXPECT_EQ(db.value("SELECT max(abs(score - (SELECT sum(contribution) FROM subjrec_explain('rec', "
                     "work_id, subject_id)))) < 1e-4 FROM rec WHERE work_id IN (3, 7, 60)"),
            "1");
  if (GetParam() == std::string("bce")) return;  // its works are parameters
  const std::string list = "SELECT subject_id, round(score, 3) FROM ";
  EXPECT_EQ(
      db.rows(list + "subjrec_suggest('rec', (SELECT json_group_object(subject_id, weight) FROM "
                     "heavy WHERE work_id = 7), 5)"),
      GetParam() == std::string("neighbours") || GetParam() == std::string("blend")
          ? db.rows(list + "subjrec_suggest('rec', (SELECT json_group_object(subject_id, weight) "
                           "FROM (SELECT * FROM heavy WHERE work_id = 7 ORDER BY subject_id "
                           "DESC)), 5)")
          : db.rows(list + "subjrec_topk('rec', 7, 5, 'new')"));
}

TEST_P(PairWeights, OfAnUpdateAreThoseOfTheSource) {
  train("rec", "heavy");
  const auto update = [&] {
    return db.value(
        "SELECT json_extract(subjrec_update('rec'), '$.works_added', '$.works_changed')");
  };
  EXPECT_EQ(update(), "[0,0]");
  db.run("UPDATE weighted SET n = n + 1 WHERE work = 5");
  EXPECT_EQ(update(), serves_weights() ? "[0,1]" : "[0,0]");
  db.run("INSERT INTO weighted SELECT 1000, subject, n FROM weighted WHERE work = 7");
  EXPECT_EQ(update(), "[1,0]");
  EXPECT_EQ(db.value("SELECT a.subjects = b.subjects FROM rec_works a, rec_works b WHERE a.work_id "
                     "= 7 AND b.work_id = 1000"),
            "1");
  db.run("CREATE TABLE there AS SELECT * FROM rec_works");
  db.run("INSERT INTO rec(rec) VALUES('bless')");
  EXPECT_EQ(db.value("SELECT count(*) FROM (SELECT * FROM rec_works EXCEPT SELECT * FROM there)"),
            "0");
  if (GetParam() == std::string("bce") || GetParam() == std::string("blend") ||
      GetParam() == std::string("neighbours")) {
    return;  // a parameter, or a neighbour of its twin
  }
  EXPECT_EQ(db.rows("SELECT subject_id, round(score, 3) FROM subjrec_topk('rec', 7, 5)"),
            db.rows("SELECT subject_id, round(score, 3) FROM subjrec_topk('rec', 1000, 5)"));
}

TEST_P(PairWeights, MayComeAndGoWithAnUpdate) {
  db.run("CREATE TABLE now AS SELECT * FROM light");
  train("rec", "now");
  for (const bool heavy : {true, false}) {
    db.run(std::string("UPDATE now SET weight = ") + (heavy ? "3" : "1") + " WHERE work_id = 7");
    EXPECT_EQ(db.value("SELECT subjrec_update('rec') ->> 'works_changed'"),
              serves_weights() ? "1" : "0");
    EXPECT_EQ(db.value("SELECT value FROM rec_config WHERE key = 'format_version'"),
              heavy && serves_weights() ? "2" : "1");
    db.rows("SELECT * FROM subjrec_outliers('rec', 3)");
    db.rows("SELECT * FROM subjrec_topk('rec', 8, 3)");
  }
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_topk('rec', 7, 5)"), "5");
}

TEST_P(PairWeights, AreReadAgainByAnotherConnectionWhateverIsAsked) {
  const std::string path = ::testing::TempDir() + "pair_weights_" + GetParam() + ".db";
  std::remove(path.c_str());
  const std::vector<std::string> questions = {
      "SELECT * FROM subjrec_topk('rec', 9, 8)",
      "SELECT * FROM subjrec_outliers('rec', 5)",
      "SELECT * FROM subjrec_outliers('rec', 5, 9)",
      "SELECT * FROM subjrec_evaluate('rec', 'SELECT work, subject FROM tags WHERE work < 9')",
      "SELECT work_id, score FROM rec WHERE subject_id = 3",
      "SELECT * FROM subjrec_suggest('rec', '{\"3\": 2, \"5\": 0.5}', 6)"};
  std::vector<std::vector<std::string>> answers;
  {
    Database first(path);
    first.run(kPlantedCatalogue);
    first.run(kWeights);
    first.run(train_sql("rec", GetParam(), options(GetParam()), "heavy"));
    for (const std::string& question : questions) answers.push_back(first.rows(question));
  }
  Database second(path);
  for (size_t i = 0; i < questions.size(); ++i) {
    EXPECT_EQ(second.rows(questions[i]), answers[i]) << questions[i];
  }
}

TEST_P(PairWeights, AreTunedAndValidatedWith) {
  const std::string count =
      db.value("SELECT count(*) FROM subjrec_tune('heavy', '{\"algorithm\":\"" +
               std::string(GetParam()) + "\"" + options(GetParam()) + "}')");
  EXPECT_EQ(count, "1");
  EXPECT_EQ(
      db.code(train_sql("rec", GetParam(), options(GetParam()) + ",\"validation\":0.2", "heavy")),
      SQLITE_OK);
}

class BadWeights : public ::testing::Test {
 protected:
  BadWeights() { db.run("CREATE TABLE ws(work_id, subject_id, weight)"); }
  std::string train(const std::string& weight) {
    db.run("DELETE FROM ws; INSERT INTO ws VALUES (1, 1, 1), (1, 2, 2), (2, 1, " + weight + ")");
    return db.error("SELECT subjrec_train('m', 'ws')");
  }
  Database db;
};

TEST_F(BadWeights, AreRefused) {
  for (const char* weight : {"'a'", "-1", "-1e-300", "x'00'", "''", "'3'"}) {
    EXPECT_THAT(train(weight), HasSubstr("row 3 of the source: column 3 (weight) is the weight of "
                                         "the pair and must be a number from 0 on, got "));
  }
  for (const char* weight : {"1e-10", "5e-324", "10001", "1e300", "9e999"}) {
    EXPECT_THAT(train(weight), HasSubstr("must be a number from 0.000000001 to 10000, or 0 for no "
                                         "pair, got "));
  }
}

TEST_F(BadWeights, OfHeldOutRowsAndSuggestionsToo) {
  db.run("INSERT INTO ws VALUES (1, 1, 1), (1, 2, 2), (2, 1, 0.5), (2, 2, 1), (3, 2, 1)");
  db.run(train_sql("m", "ials", ",\"embedding_dim\":2", "ws"));
  const auto rows = [&](const std::string& weight) {
    return "SELECT value FROM subjrec_evaluate('m', 'SELECT 3 AS work_id, 1 AS subject_id, " +
           weight + " AS weight UNION ALL SELECT 1, 1, 1') WHERE metric = 'rows'";
  };
  EXPECT_EQ(db.value(rows("2")), "2.0");
  EXPECT_EQ(db.value(rows("0")), "1.0") << "no pair";
  EXPECT_EQ(db.value(rows("NULL")), "1.0");
  EXPECT_THAT(db.error(rows("-2")), HasSubstr("must be a number from 0 on, got -2"));
  const auto suggest = [](const std::string& subjects) {
    return "SELECT subject_id FROM subjrec_suggest('m', '" + subjects + "', 3)";
  };
  EXPECT_THAT(db.rows(suggest("{\"1\": 0.5}")), ElementsAre("2"));
  EXPECT_THAT(db.rows(suggest(" {\"1\": 0.5, \"2\": 0, \"77\": 3}")), ElementsAre("2"));
  EXPECT_THAT(db.error(suggest("{\"1\": -1}")),
              HasSubstr("argument 2 (subjects) has a weight of -1; wanted one from 0.000000001 to "
                        "10000, or 0 for none"));
  EXPECT_THAT(db.error(suggest("{\"1\": \"x\"}")), HasSubstr("wanted a JSON object of numbers"));
  EXPECT_THAT(db.error(suggest("{\"1\": 1")), HasSubstr("or an object of ids and weights"));
  EXPECT_THAT(db.error(suggest("{\"77\": 1}")), HasSubstr("knows none of the subjects"));
}

TEST(WeightedModels, AreRefusedWhereTheirWeightsAreDamaged) {
  const std::string path = ::testing::TempDir() + "weighted_models.db";
  std::remove(path.c_str());
  Database db(path);
  db.run(kPlantedCatalogue);
  db.run(kWeights);
  db.run(train_sql("rec", "ials", ",\"embedding_dim\":4", "heavy"));
  for (const char* edit :
       {"UPDATE rec_works SET subjects = substr(subjects, 1, length(subjects) / 2)",
        "UPDATE rec_works SET subjects = substr(subjects, 1, length(subjects) / 2) || "
        "zeroblob(length(subjects) / 2)",
        "UPDATE rec_works SET subjects = (SELECT subjects FROM rec_works WHERE work_id = 8) WHERE "
        "work_id = 7"}) {
    db.run("SAVEPOINT intact");
    db.run(edit);
    EXPECT_NE(db.code("SELECT * FROM subjrec_outliers('rec', 3)"), SQLITE_OK) << edit;
    db.run("ROLLBACK TO intact; RELEASE intact");
  }
  EXPECT_EQ(db.code("SELECT * FROM subjrec_outliers('rec', 3)"), SQLITE_OK);
  db.run("UPDATE rec_config SET value = '1' WHERE key = 'format_version'");
  Database other(path);
  EXPECT_THAT(other.error("SELECT * FROM subjrec_topk('rec', 7, 3)"),
              HasSubstr("is not one of ascending positions"));
}

TEST(SplitWeights, ArePassedOn) {
  Database db;
  db.run(kPlantedCatalogue);
  db.run(kWeights);
  EXPECT_EQ(db.value("SELECT count(*) FROM (SELECT work_id, subject_id, weight FROM heavy EXCEPT "
                     "SELECT work_id, subject_id, weight FROM subjrec_split('heavy'))"),
            "0");
  EXPECT_EQ(db.value("SELECT sum(weight <> 1) FROM subjrec_split('tags')"), "0");
}

TEST(ImportedWeights, AreTrainedWith) {
  Database db;
  db.run(
      "CREATE TABLE work_subjects(work_id, subject_id, weight, PRIMARY KEY (work_id, subject_id)); "
      "INSERT INTO work_subjects VALUES ('a', 'x', 3), ('a', 'y', 0.5), ('b', 'x', 1)");
  EXPECT_EQ(
      db.value(train_sql("m", "ease", ",\"embedding_dim\":2", "work_subjects") + " ->> 'weights'"),
      "they are the entries of the matrix");
}

class WeightedShards : public Shards, public ::testing::WithParamInterface<const char*> {};

INSTANTIATE_TEST_SUITE_P(
    Algorithms, WeightedShards,
    ::testing::Values("'algorithm', 'ease', 'embedding_dim', 8, 'work_features', 'features'",
                      "'algorithm', 'ials', 'embedding_dim', 8, 'epochs', 3, 'work_features', "
                      "'features'",
                      "'algorithm', 'ials', 'embedding_dim', 5, 'epochs', 1, 'seed', 7"));

/// Works below 30 have weights of 1, so that some shards have none.
TEST_P(WeightedShards, GiveTheModelOfOneTraining) {
  options_ = GetParam();
  db.run(
      "CREATE TABLE heavy AS SELECT work, subject, CASE WHEN work < 30 THEN 1 ELSE 0.5 + (work * 7 "
      "+ subject * 13) % 4 END AS weight FROM tags");
  const std::string wanted = db.value("SELECT subjrec_train('whole', 'heavy', json_object(" +
                                      options_ + ")) ->> 'digest'");
  ASSERT_NE(
      db.value("SELECT subjrec_train('plain', 'tags', json_object(" + options_ + ")) ->> 'digest'"),
      wanted);
  for (const int shards : {1, 2, 4, 7}) {
    for (int k = 0; k < shards; ++k) {
      const std::string n = std::to_string(k);
      const std::string place = shards == 2 ? "(work >= 30)" : "work % " + std::to_string(shards);
      db.run("DROP TABLE IF EXISTS tags_" + n + "; CREATE TABLE tags_" + n +
             " AS SELECT * FROM heavy WHERE " + place + " = " + n);
    }
    begin(shards);
    train();
    EXPECT_THAT(db.value(finish_sql("one", "heavy", "NULL")), HasSubstr("\"weights\":"));
    EXPECT_EQ(db.value(digest_sql("one")), wanted) << shards;
    db.run(finish_sql("last", "tags_" + std::to_string(shards - 1), std::to_string(shards - 1)));
    EXPECT_EQ(db.value("SELECT count(*) FROM (SELECT work_id, embedding, subjects FROM last_works "
                       "EXCEPT SELECT work_id, embedding, subjects FROM whole_works)"),
              "0");
  }
}

}  // namespace
}  // namespace subjrec::test
