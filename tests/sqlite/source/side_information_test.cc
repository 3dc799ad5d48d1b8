// Features of subjects, and prior vectors, through SQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/catalogue.h"

namespace subjrec::test {
namespace {

using ::testing::ElementsAre;

class PriorsSql : public ::testing::Test {
 protected:
  PriorsSql() {
    db.run(kCatalogue);
    db.run(
        "CREATE TABLE work_vec(work, vector);"
        "INSERT INTO work_vec VALUES ('a', '[1, 0]'), ('b', '[0, 2]'), ('c', x'0000803f0000003f'),"
        "('elsewhere', '[3, 3]'), (NULL, '[1, 1]'), ('e', NULL);"
        "CREATE TABLE subject_vec(subject, vector);"
        "INSERT INTO subject_vec VALUES ('x', '[1, 0, 1]'), ('w', '[0, 2, 1]'), ('v', '[1, 1, 1]');"
        "CREATE TABLE words(subject, word, weight);"
        "INSERT INTO words VALUES ('x', 'red', 1), ('y', 'red', 0.5), ('z', 'blue', 1),"
        "('w', 'blue', 1), ('v', 'blue', 1), ('w', 'lone', 1);");
  }
  static std::string train(const std::string& model, const std::string& more) {
    return train_sql(model, "composed", ",\"embedding_dim\":4,\"epochs\":3" + more);
  }
  /// `more` with the quotes of SQL within SQL doubled.
  std::string error(const std::string& more) {
    std::string doubled;
    for (const char c : more) doubled += c == '\'' ? "''" : std::string(1, c);
    return db.error(train("rec", doubled));
  }
  Database db;
};

constexpr const char* kAll =
    ",\"work_vectors\":\"work_vec\",\"subject_vectors\":\"subject_vec\","
    "\"subject_features\":\"words\"";

TEST_F(PriorsSql, SummaryCountsThem) {
  EXPECT_EQ(db.value("SELECT json_extract((" + train("rec", kAll) +
                     "), '$.subject_features', '$.features_of_unknown_subjects', '$.work_vectors', "
                     "'$.vectors_of_unknown_works', '$.subject_vectors', "
                     "'$.vectors_of_unknown_subjects')"),
            "[3,1,3,1,2,1]");
}

TEST_F(PriorsSql, ChangeTheModelAndNotWithTheOrderOfRows) {
  db.run(train("plain", ""));
  db.run(train("rec", kAll));
  db.run("CREATE TABLE turned AS SELECT * FROM work_vec ORDER BY 1 DESC");
  db.run(train("again",
               ",\"work_vectors\":\"turned\",\"subject_vectors\":\"subject_vec\","
               "\"subject_features\":\"SELECT * FROM words ORDER BY random()\",\"threads\":1"));
  EXPECT_EQ(db.value(digest_sql("again")), db.value(digest_sql("rec")));
  EXPECT_NE(db.value(digest_sql("plain")), db.value(digest_sql("rec")));
}

TEST_F(PriorsSql, AreRememberedByTheModel) {
  db.run(train("rec", kAll));
  const std::string before = db.value(digest_sql("rec"));
  db.run("UPDATE rec_config SET value = 'x' WHERE key = 'digest'");
  db.run("SELECT subjrec_train('rec')");
  EXPECT_EQ(db.value(digest_sql("rec")), before);
}

TEST_F(PriorsSql, AddARowOfTheProjectionForEachDimension) {
  db.run(train("rec", kAll));
  EXPECT_THAT(db.rows("SELECT n, hex(subjects), length(weights) FROM rec_weights"),
              ElementsAre("0||16", "1||16"));
  EXPECT_EQ(db.value("SELECT value FROM rec_config WHERE key = 'work_vector_dim'"), "2");
  db.run("SELECT subjrec_train('rec', 'tags', '{\"recipe\":\"auto\",\"algorithm\":\"composed\"}')");
  EXPECT_EQ(db.value("SELECT count(*) FROM rec_weights"), "0");
  EXPECT_EQ(db.value("SELECT count(*) FROM rec_config WHERE key = 'work_vector_dim'"), "0");
}

TEST_F(PriorsSql, SuggestTakesAVector) {
  db.run(train("rec", kAll));
  const auto suggested = [&](const std::string& arguments) {
    return db.rows("SELECT subject_id, score FROM subjrec_suggest('rec', " + arguments + ")");
  };
  // What was trained is suggested again: the work c has the subject z and the vector [1, 0.5].
  EXPECT_EQ(suggested("'[\"z\"]', 9, NULL, '[1, 0.5]'"),
            db.rows("SELECT subject_id, score FROM subjrec_topk('rec', 'c', 9, 'new')"));
  EXPECT_EQ(suggested("'[]', 9, NULL, '[1, 0.5]'"),
            suggested("'[]', 9, NULL, x'0000803f0000003f'"));
  EXPECT_NE(suggested("'[]', 9, NULL, '[1, 0.5]'"), suggested("'[]', 9"));
  EXPECT_EQ(suggested("'[]', 9, NULL, '[0, 0]'"), suggested("'[]', 9, NULL, NULL"));
}

TEST_F(PriorsSql, SuggestSaysWhatIsWrongWithAVector) {
  db.run(train("rec", kAll));
  db.run(train("plain", ""));
  const auto refused = [&](const std::string& model, const std::string& vector) {
    return db.error("SELECT * FROM subjrec_suggest('" + model + "', '[\"x\"]', 3, NULL, " + vector +
                    ")");
  };
  EXPECT_EQ(refused("plain", "'[1, 2]'"),
            "subjrec_suggest: argument 5 (vector): model \"plain\" was trained without "
            "work_vectors");
  EXPECT_EQ(refused("rec", "'[1, 2, 3]'"),
            "subjrec_suggest: argument 5 (vector): it has 3 dimensions, and those that model "
            "\"rec\" was trained with 2");
  EXPECT_EQ(refused("rec", "17"),
            "subjrec_suggest: argument 5 (vector): an embedding is a BLOB of float32 or a JSON "
            "array of numbers, got 17");
  EXPECT_EQ(refused("rec", "x'0000c07f0000803f'"),
            "subjrec_suggest: argument 5 (vector): it has a value that is not finite");
}

TEST_F(PriorsSql, ExplanationsAddUp) {
  db.run(train("rec", kAll));
  EXPECT_THAT(db.rows("SELECT cause, id FROM subjrec_explain('rec', 'a', 'z') ORDER BY 1, 2"),
              ElementsAre("bias|NULL", "subject|x", "subject|y", "vector|NULL"));
  EXPECT_EQ(db.value("SELECT abs(sum(contribution) - (SELECT score FROM rec WHERE work_id = 'a' "
                     "AND subject_id = 'z')) < 1e-5 FROM subjrec_explain('rec', 'a', 'z')"),
            "1");
  EXPECT_THAT(db.rows("SELECT cause FROM subjrec_explain('rec', 'e', 'z') ORDER BY 1"),
              ElementsAre("bias", "subject", "subject"));
}

TEST_F(PriorsSql, ExplanationsWithFeaturesAddUp) {
  db.run(
      "CREATE TABLE kinds(work, kind, weight);"
      "INSERT INTO kinds VALUES ('a', 'k', 1), ('b', 'k', 2), ('c', 'k', 1), ('d', 'm', 1),"
      "('e', 'k', 1)");
  db.run(train("rec", ",\"work_features\":\"kinds\",\"min_feature_works\":2"));
  for (const char* work : {"a", "b", "d"}) {
    EXPECT_EQ(db.value("SELECT abs(sum(contribution) - (SELECT score FROM rec WHERE work_id = '" +
                       std::string(work) +
                       "' AND subject_id = 'w')) < 1e-5 FROM "
                       "subjrec_explain('rec', '" +
                       work + "', 'w')"),
              "1")
        << work;
  }
}

TEST_F(PriorsSql, SayWhatIsWrongAndWhose) {
  const auto works = [&](const std::string& rows) {
    return error(",\"work_vectors\":\"VALUES " + rows + "\"");
  };
  EXPECT_EQ(works("('a', '[1, 2]'), ('b', '[1]')"),
            "subjrec_train: option \"work_vectors\", row 2, work 'b': the vector has 1 dimensions, "
            "and those before it 2");
  EXPECT_EQ(works("('a', x'0000c07f')"),
            "subjrec_train: option \"work_vectors\", row 1, work 'a': it has a value that is not "
            "finite");
  EXPECT_EQ(works("('a', x'00')"),
            "subjrec_train: option \"work_vectors\", row 1, work 'a': a BLOB of float32 has a "
            "multiple of 4 bytes, got a BLOB of 1 bytes");
  EXPECT_EQ(works("('a', 4)"),
            "subjrec_train: option \"work_vectors\", row 1, work 'a': an embedding is a BLOB of "
            "float32 or a JSON array of numbers, got 4");
  EXPECT_EQ(works("('a', '[1]'), ('a', '[2]')"),
            "subjrec_train: option \"work_vectors\", row 2, work 'a': it came before");
  EXPECT_EQ(works("('a')"),
            "subjrec_train: option \"work_vectors\" must give 2 columns, work and vector, got 1 "
            "column");
  EXPECT_EQ(error(",\"subject_vectors\":\"VALUES ('x', '[1]'), ('y', '[1, 2]')\""),
            "subjrec_train: option \"subject_vectors\", row 2, subject 'y': the vector has 2 "
            "dimensions, and those before it 1");
  EXPECT_EQ(error(",\"subject_features\":\"VALUES (1.5, 'red')\""),
            "subjrec_train: the subject id in row 1 of the source must be INTEGER, TEXT or BLOB, "
            "got 1.5");
}

TEST_F(PriorsSql, WeightsOfARepeatedFeatureAddUp) {
  const auto digest = [&](const std::string& rows) {
    db.run(train_sql("rec", "composed",
                     ",\"min_feature_works\":1,\"work_features\":\"" + rows + "\""));
    return db.value(digest_sql("rec"));
  };
  const std::string once = digest("VALUES (''a'', ''p'', 1), (''b'', ''p'', 3)");
  EXPECT_EQ(
      digest("VALUES (''b'', ''p'', 2), (''a'', ''p'', 1), (NULL, ''p'', 1), (''b'', ''p'', 1), "
             "(''a'', NULL, 1)"),
      once);
  EXPECT_NE(digest("VALUES (''a'', ''p'', 1), (''b'', ''p'', 2)"), once);
}

TEST_F(PriorsSql, AWeightIsAFiniteNumber) {
  for (const auto& [weight, shown] : {std::pair("''much''", "'much'"), {"9e999", "Inf"}}) {
    EXPECT_EQ(db.error(train_sql(
                  "rec", "composed",
                  std::string(",\"work_features\":\"VALUES (''a'', ''p'', 1), (''b'', ''p'', ") +
                      weight + ")\"")),
              std::string("subjrec_train: the weight in row 2 of the features must be a finite "
                          "number, got ") +
                  shown);
  }
}

TEST_F(PriorsSql, AreRefusedWhereTheAlgorithmDoesNotLearnFromThem) {
  const auto refused = [&](const std::string& algorithm, const std::string& option) {
    return db.error(train_sql("rec", algorithm, ",\"" + option + "\":\"words\""));
  };
  for (const char* algorithm : {"ials", "ease"}) {
    for (const char* option : {"subject_features", "work_vectors", "subject_vectors"}) {
      EXPECT_EQ(refused(algorithm, option),
                "subjrec_train: option \"" + std::string(option) +
                    "\" is for the algorithm \"bce\", \"composed\" or \"blend\", got \"" +
                    algorithm + "\"");
    }
  }
  EXPECT_EQ(refused("popularity", "work_features"),
            "subjrec_train: option \"work_features\" is for the algorithm \"bce\", \"composed\", "
            "\"ials\", \"ease\", \"neighbours\" or \"blend\", got \"popularity\"");
}

TEST_F(PriorsSql, ADamagedProjectionIsAnError) {
  const auto damage = [&](const std::string& sql) {
    db.run(train("rec", kAll));
    db.run(sql);
    return db.error("SELECT * FROM subjrec_suggest('rec', '[\"x\"]', 3)");
  };
  const std::string repair = "; train it again with SELECT subjrec_train('rec')";
  EXPECT_EQ(damage("DELETE FROM rec_weights WHERE n = 1"),
            "subjrec_suggest: table \"rec_weights\" of model \"rec\" is damaged: it has 1 rows, "
            "and rec_config says 2" +
                repair);
  EXPECT_EQ(damage("UPDATE rec_weights SET n = 5 WHERE n = 1"),
            "subjrec_suggest: table \"rec_weights\" of model \"rec\" is damaged: row n = 1 is "
            "missing" +
                repair);
  EXPECT_EQ(damage("UPDATE rec_config SET value = '65537' WHERE key = 'embedding_dim'"),
            "subjrec_suggest: table \"rec_config\" of model \"rec\" is damaged: its sizes are out "
            "of range; train it again with SELECT subjrec_train('rec', source, options)");
  EXPECT_EQ(damage("UPDATE rec_weights SET weights = x'00' WHERE n = 1"),
            "subjrec_suggest: table \"rec_weights\" of model \"rec\" is damaged: the embedding of "
            "row n = 1 has 1 bytes, not 16 (4 float32)" +
                repair);
}

}  // namespace
}  // namespace subjrec::test
