// work_embeddings "computed": a model without embeddings of works answers what its twin that stores
// them does, in a fresh connection for each question and in one for all, whatever changes it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/files.h"
#include "support/planted_catalogue.h"

namespace subjrec::test {
namespace {

using ::subjrec::testing::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kReaders[] = {
    "SELECT * FROM subjrec_topk('rec', 5, 9)",
    "SELECT * FROM subjrec_topk('rec', 77, 9, 'new', 0.5, 0.01, 0.3)",
    "SELECT * FROM subjrec_suggest('rec', '[3, 6]', 9)",
    "SELECT * FROM subjrec_similar('rec', 'work', 5, 9)",
    "SELECT subjrec_similarity('rec', 'work', 5, 6)",
    "SELECT * FROM subjrec_explain('rec', 5, 3)",
    "SELECT * FROM subjrec_outliers('rec', 4, 5)",
    "SELECT * FROM subjrec_outliers('rec', 9)",
    "SELECT * FROM rec WHERE work_id = 77",
    "SELECT * FROM rec WHERE subject_id = 3",
    "SELECT score, probability FROM rec WHERE work_id = 5 AND subject_id = 3",
    "SELECT count(*), sum(score) FROM rec",
    "SELECT * FROM subjrec_evaluate('rec', 'tags')",
    "SELECT * FROM subjrec_evaluate_subjects('rec', 'tags')",
    "SELECT subjrec_plot('rec', 'reliability', '{\"heldout\": \"tags\"}')",
    "SELECT subjrec_map('rec', 'subject', '{\"epochs\": 5}'), subjrec_map('rec', 'work', "
    "'{\"epochs\": 5}')",
    "SELECT * FROM rec_map ORDER BY kind, id",
    "SELECT * FROM subjrec_place('rec', 'work', '[3]')",
    "SELECT subjrec_plot('rec', 'works')",
    "SELECT subjrec_plot('rec', 'explorer')",
};

struct Case {
  const char* algorithm;
  const char* source;
  const char* options;
  const char* format;
};
std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << c.algorithm << ' ' << c.source << c.options;
}

constexpr const char* kFacts =
    "CREATE TABLE facts AS SELECT DISTINCT work, 'f' || (work % 7) AS feature, 1.0 AS weight FROM "
    "tags UNION ALL SELECT DISTINCT work, 'g' || work, 0.25 * (work % 5) + 0.25 FROM tags";
constexpr const char* kWeighted =
    "SELECT work, subject, 1 + abs(work + subject) % 3 AS weight FROM tags";

class ComputedWorks : public ::testing::TestWithParam<Case> {
 protected:
  ComputedWorks() {
    make(stored, "");
    make(computed, ",\"work_embeddings\":\"computed\"");
  }
  static void make(const std::string& path, const std::string& more) {
    Database db(path);
    db.run("PRAGMA synchronous = off");
    db.run(kPlantedCatalogue);
    db.run(kFacts);
    db.run(train_sql("rec", GetParam().algorithm,
                     ",\"epochs\":3,\"embedding_dim\":8" + std::string(GetParam().options) + more,
                     GetParam().source));
  }
  static std::vector<std::vector<std::string>> answers(const std::string& path) {
    std::vector<std::vector<std::string>> all;
    Database one(path);
    for (const char* reader : kReaders) {
      all.push_back(Database(path).rows(reader));
      EXPECT_EQ(one.rows(reader), all.back()) << reader;
    }
    return all;
  }
  void run(const std::string& sql) const {
    for (const std::string& path : {stored, computed}) Database(path).run(sql);
  }
  void expect_twins() const {
    const auto wanted = answers(stored);
    const auto got = answers(computed);
    for (size_t r = 0; r < std::size(kReaders); ++r) EXPECT_EQ(got[r], wanted[r]) << kReaders[r];
    Database db(computed);
    EXPECT_EQ(db.value("SELECT sum(length(embedding)) FROM rec_works"), "0");
    EXPECT_EQ(db.value("SELECT value FROM rec_config WHERE key = 'format_version'"),
              GetParam().format);
    const std::string subjects = "SELECT * FROM rec_subjects ORDER BY n";
    EXPECT_EQ(db.rows(subjects), Database(stored).rows(subjects));
  }

  TemporaryFolder folder;
  std::string stored = folder.write("stored.db", "");
  std::string computed = folder.write("computed.db", "");
};

TEST_P(ComputedWorks, AnswerAsStoredOnesDoWhateverChangesThem) {
  expect_twins();
  run("INSERT INTO tags SELECT work - 1000, subject FROM tags WHERE work % 9 = 0 AND work < 40; "
      "DELETE FROM tags WHERE work IN (7, 100); UPDATE tags SET subject = 3 WHERE rowid = 30; "
      "SELECT subjrec_update('rec')");
  expect_twins();
  run("INSERT INTO rec(rec) VALUES('bless')");
  expect_twins();
  run("SELECT subjrec_train('rec')");
  expect_twins();
}

TEST_P(ComputedWorks, FewThatChangeAreWrittenAlone) {
  run("INSERT INTO tags VALUES (-1, 3), (-1, 5); SELECT subjrec_update('rec')");
  expect_twins();
}

/// Of what an embedding is made of a change is found, in a first list, too.
TEST_P(ComputedWorks, AnInputThatWasEditedIsFound) {
  const std::string list = "SELECT * FROM subjrec_topk('rec', 5, 9)";
  for (const char* edit :
       {"UPDATE rec_subjects SET input = zeroblob(length(input)) WHERE n = 3",
        "DELETE FROM rec_subjects WHERE n = 3", "UPDATE rec_subjects SET input = NULL WHERE n = 2",
        "UPDATE rec_works SET embedding = zeroblob(32) WHERE work_id = 5"}) {
    SCOPED_TRACE(edit);
    Database editor(computed);
    const std::string restore =
        editor.value("SELECT 1 + count(*) FROM sqlite_schema WHERE name = 'kept_subjects'");
    if (restore == "1") {
      editor.run(
          "CREATE TABLE kept_subjects AS SELECT * FROM rec_subjects; CREATE TABLE kept_works AS "
          "SELECT * FROM rec_works");
    }
    editor.run(edit);
    EXPECT_THAT(Database(computed).error(list),
                AllOf(HasSubstr("of model \"rec\" is damaged: "), HasSubstr("train it again")));
    editor.run(
        "DELETE FROM rec_subjects; INSERT INTO rec_subjects SELECT * FROM kept_subjects; DELETE "
        "FROM rec_works; INSERT INTO rec_works SELECT * FROM kept_works");
    EXPECT_EQ(Database(computed).rows(list), Database(stored).rows(list));
  }
}

constexpr const char* kFeatures = ",\"work_features\":\"facts\",\"min_feature_works\":2";
INSTANTIATE_TEST_SUITE_P(Models, ComputedWorks,
                         ::testing::Values(Case{"composed", "tags", "", "3"},
                                           Case{"composed", "tags", kFeatures, "3"},
                                           Case{"blend", "tags", "", "3"},
                                           Case{"blend", "tags", kFeatures, "3"},
                                           Case{"blend", kWeighted, kFeatures, "4"}));

TEST(ComputedWorksOf, OtherTrainingsAreErrorsThatSayWhatToType) {
  Database db;
  db.run(kPlantedCatalogue);
  db.run("CREATE TABLE vectors AS SELECT DISTINCT work, '[1, 2]' AS vector FROM tags");
  EXPECT_THAT(db.error(train_sql("rec", "composed",
                                 ",\"work_embeddings\":\"computed\",\"work_vectors\":\"vectors\"")),
              HasSubstr("subjrec_train: option \"work_embeddings\" is \"computed\", and embeddings "
                        "of works with \"work_vectors\" cannot be: their vectors are not stored; "
                        "say {\"work_embeddings\": \"stored\"}, or leave \"work_vectors\" out"));
  EXPECT_THAT(
      db.error(train_sql("rec", "ials", ",\"work_embeddings\":\"computed\"")),
      HasSubstr("option \"work_embeddings\" is for the algorithm \"composed\" or \"blend\""));
}

}  // namespace
}  // namespace subjrec::test
