#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/catalogue.h"
#include "support/files.h"

namespace subjrec::test {
namespace {

using ::subjrec::testing::TemporaryFolder;
using ::testing::ElementsAre;

const char* kCounts =
    "SELECT json_extract(value, '$.works', '$.works_added', '$.works_changed', '$.works_removed', "
    "'$.works_unchanged', '$.works_without_known_subjects', '$.unknown_subjects', "
    "'$.unknown_interactions', '$.nulls', '$.duplicates') FROM "
    "(SELECT subjrec_update('rec') AS value)";

class Update : public ::testing::TestWithParam<const char*> {
 protected:
  Update() {
    db.run(kCatalogue);
    db.run(train_sql("rec", GetParam(), ",\"epochs\":4"));
  }
  Database db;
};

TEST_P(Update, EmbedsNewWorksAsSuggestDoes) {
  db.run(
      "INSERT INTO tags VALUES ('aa', 'w'), ('aa', 'z'), ('f', 'y'), ('f', 'unheard of'), "
      "('g', 'unheard of')");
  EXPECT_EQ(db.value(kCounts), "[7,2,0,0,5,1,1,2,1,1]");
  EXPECT_EQ(db.rows("SELECT rank, subject_id, score, probability FROM subjrec_topk('rec', 'aa', 9, "
                    "'new')"),
            db.rows("SELECT * FROM subjrec_suggest('rec', '[\"w\", \"z\"]', 9)"));
  EXPECT_EQ(db.rows("SELECT rank, subject_id, score, probability FROM subjrec_topk('rec', 'f', 9, "
                    "'new')"),
            db.rows("SELECT * FROM subjrec_suggest('rec', '[\"y\"]', 9)"));
  EXPECT_THAT(
      db.rows("SELECT subject_id FROM subjrec_topk('rec', 'aa', 9) WHERE tagged ORDER BY 1"),
      ElementsAre("w", "z"));
  EXPECT_THAT(db.rows("SELECT work_id FROM rec_works ORDER BY n"),
              ElementsAre("a", "aa", "b", "c", "d", "e", "f"));
  EXPECT_EQ(db.value("SELECT works FROM rec_subjects WHERE subject_id = 'w'"), "3");
  EXPECT_EQ(db.rows("SELECT DISTINCT work_id FROM rec").size(), 7u);
}

TEST_P(Update, LeavesEverythingElse) {
  const char* subjects = "SELECT subject_id, hex(embedding), bias FROM rec_subjects";
  const char* works = "SELECT work_id, hex(embedding) FROM rec_works WHERE work_id < 'd'";
  const char* rest =
      "SELECT key, value FROM rec_config WHERE key NOT IN ('digest', 'fingerprint_of', "
      "'packed_of', 'n_works', 'n_interactions', "
      "'source_fingerprint') AND key NOT LIKE 'checksum%' UNION ALL SELECT epoch, value FROM "
      "rec_history ORDER BY 1, 2";
  db.run("SELECT subjrec_map('rec', 'work')");
  const auto before = std::tuple(db.rows(subjects), db.rows(works), db.rows(rest));
  const std::string digest = db.value(digest_sql("rec"));
  db.run(
      "DELETE FROM tags WHERE work = 'e'; "
      "UPDATE tags SET subject = 'z' WHERE work = 'd' AND subject = 'w'");
  EXPECT_EQ(db.value(kCounts), "[4,0,1,1,3,0,0,0,1,1]");
  EXPECT_EQ(std::tuple(db.rows(subjects), db.rows(works), db.rows(rest)), before);
  EXPECT_EQ(db.rows("SELECT rank, subject_id, score, probability FROM subjrec_topk('rec', 'd', 9, "
                    "'new')"),
            db.rows("SELECT * FROM subjrec_suggest('rec', '[\"y\", \"z\"]', 9)"));
  EXPECT_THAT(db.rows("SELECT id FROM rec_map ORDER BY 1"), ElementsAre("a", "b", "c", "d"));
  EXPECT_NE(db.value(digest_sql("rec")), digest);
}

TEST_P(Update, ChangesNothingWhereNothingChanged) {
  const std::string digest = db.value(digest_sql("rec"));
  const std::string changes = db.value("SELECT total_changes()");
  EXPECT_EQ(db.value(kCounts), "[5,0,0,0,5,0,0,0,1,1]");
  EXPECT_EQ(db.value(digest_sql("rec")), digest);
  EXPECT_EQ(db.value("SELECT total_changes()"), changes);
}

TEST_P(Update, ComesToTheSameInOneStepAsInTwo) {
  db.run(train_sql("other", GetParam(), ",\"epochs\":4"));
  db.run("INSERT INTO tags VALUES ('aa', 'w'), ('aa', 'z')");
  db.run("SELECT subjrec_update('other')");
  db.run("INSERT INTO tags VALUES ('f', 'y')");
  db.run("SELECT subjrec_update('other'), subjrec_update('rec')");
  EXPECT_EQ(db.value(digest_sql("rec")), db.value(digest_sql("other")));
  EXPECT_EQ(db.rows("SELECT * FROM rec"), db.rows("SELECT * FROM other"));
}

/// Works are numbered in the order of their ids: what lies before the first change stays.
TEST_P(Update, WritesWhatHasChanged) {
  const auto update = [&](const std::string& change) {
    db.run(change);
    const auto before = std::stoi(db.value("SELECT total_changes()"));
    db.run("SELECT subjrec_update('rec')");
    return std::stoi(db.value("SELECT total_changes()")) - before;
  };
  const int config = std::stoi(db.value("SELECT count(*) FROM rec_config"));
  EXPECT_EQ(update("INSERT INTO tags VALUES ('z', 'w')"), config + 2) << "a work, and a count";
  EXPECT_EQ(update("UPDATE tags SET subject = 'y' WHERE work = 'z'"), config + 2 + 2);
  EXPECT_EQ(update("DELETE FROM tags WHERE work = 'z'"), config + 1 + 1);
  EXPECT_EQ(update("INSERT INTO tags VALUES ('az', 'w')"), config + 4 + 5 + 1) << "and all behind";
}

/// Models of an earlier version have none; what is read of such rows need not be what they hold.
TEST_P(Update, WritesAllRowsAnewWhereTheyHaveNoChecksums) {
  TemporaryFolder folder;
  const std::string path = folder.file("old.db");
  {
    Database old(path);
    old.run(kCatalogue);
    old.run(train_sql("rec", GetParam(), ",\"epochs\":4"));
    old.run(
        "DELETE FROM rec_config WHERE key LIKE 'checksum%'; "
        "UPDATE rec_subjects SET bias = bias + 0.1");
    old.run("INSERT INTO tags VALUES ('z', 'w'); SELECT subjrec_update('rec')");
  }
  Database reader(path);
  EXPECT_EQ(reader.value("SELECT count(*) FROM subjrec_topk('rec', 'z', 3)"), "3");
  EXPECT_EQ(reader.value("SELECT count(*) FROM rec_config WHERE key = 'checksum_config'"), "1");
}

/// Whatever came, went and changed, the rows are those that one update of the same model writes.
TEST_P(Update, ComesToTheSameByManySteps) {
  db.run("CREATE TABLE first AS SELECT * FROM tags");
  const auto rows = [&](const std::string& model) {
    return db.rows(
        "SELECT n, work_id, hex(embedding), hex(subjects) FROM " + model +
        "_works UNION ALL SELECT n, subject_id, hex(embedding), works FROM " + model +
        "_subjects UNION ALL SELECT 0, 0, 0, value FROM " + model +
        "_config WHERE key <> 'source' AND key <> 'checksum_config' ORDER BY 1, 2, 3, 4");
  };
  uint32_t random = 1;
  const auto below = [&random](uint32_t n) {
    random = random * 1664525 + 1013904223;
    return std::to_string((random >> 16) % n);
  };
  for (int step = 0; step < 12; ++step) {
    for (int change = 0; change < 3; ++change) {
      const std::string work = "char(97 + " + below(9) + ")";
      db.run("INSERT INTO tags VALUES (" + work + ", char(119 + " + below(4) + "))");
      db.run("DELETE FROM tags WHERE work = char(97 + " + below(9) + ") AND subject = char(119 + " +
             below(4) + ") AND (SELECT count(DISTINCT work) FROM tags) > 3");
    }
    db.run("SELECT subjrec_update('rec')");
    // The same training, and then one update.
    db.run(
        "CREATE TEMP TABLE now AS SELECT * FROM tags; DELETE FROM tags; "
        "INSERT INTO tags SELECT * FROM first");
    db.run(train_sql("twin", GetParam(), ",\"epochs\":4"));
    db.run("DELETE FROM tags; INSERT INTO tags SELECT * FROM now; DROP TABLE now");
    db.run("SELECT subjrec_update('twin')");
    ASSERT_EQ(rows("rec"), rows("twin")) << step;
  }
}

INSTANTIATE_TEST_SUITE_P(Algorithms, Update, ::testing::Values("bce", "composed", "ials", "ease"));

class UpdateOfTheSame : public Update {};

/// A source that is as it was is not compared with the works: what is said is what a comparison
/// says.
TEST_P(UpdateOfTheSame, SaysOfTheSameSourceWhatAComparisonSays) {
  const auto update = [&] {
    return db.value("SELECT json_remove(subjrec_update('rec'), '$.seconds')");
  };
  for (const char* change :
       {"SELECT 1", "INSERT INTO tags VALUES ('aa', 'w'), ('f', 'y'), ('f', 'unheard of')",
        "INSERT INTO tags VALUES ('g', 'unheard of'), ('a', 'unheard of'), (NULL, 'x')",
        "INSERT INTO tags SELECT * FROM tags", "DELETE FROM tags WHERE subject = 'unheard of'",
        "DELETE FROM tags WHERE work = 'b'", "UPDATE tags SET subject = 'z' WHERE work = 'e'"}) {
    SCOPED_TRACE(change);
    db.run(change);
    update();
    const std::string digest = db.value(digest_sql("rec"));
    const std::string same = update();
    EXPECT_EQ(db.value(digest_sql("rec")), digest);
    db.run("DELETE FROM rec_config WHERE key = 'fingerprint_of'");
    EXPECT_EQ(update(), same);
    db.run("INSERT INTO rec_config VALUES('fingerprint_of', 'another')");
    EXPECT_EQ(update(), same);
  }
}

TEST_P(UpdateOfTheSame, ComparesAfterAnEditThatWasBlessed) {
  db.run("SELECT subjrec_update('rec')");
  const std::string digest = db.value(digest_sql("rec"));
  db.run(
      "UPDATE rec_works SET subjects = (SELECT subjects FROM rec_works WHERE n = 1) WHERE n = 0; "
      "INSERT INTO rec(rec) VALUES('bless')");
  EXPECT_NE(db.value(digest_sql("rec")), digest);
  EXPECT_EQ(db.value(kCounts), "[5,0,1,0,4,0,0,0,1,1]");
}

INSTANTIATE_TEST_SUITE_P(Algorithms, UpdateOfTheSame,
                         ::testing::Values("bce", "composed", "ials", "ease", "blend"));

class UpdateWithFeatures : public ::testing::TestWithParam<const char*> {};

TEST_P(UpdateWithFeatures, ReadsThemAgain) {
  Database db;
  db.run(kCatalogue);
  db.run(
      "CREATE TABLE f(work, feature, weight); INSERT INTO f VALUES ('a', 'p', 1), ('b', 'p', 1), "
      "('c', 'q', 2), ('d', 'q', 1)");
  db.run(train_sql(
      "rec", GetParam(),
      ",\"epochs\":4,\"work_features\":\"f\"" +
          std::string(std::string(GetParam()) == "ials" ? "" : ",\"min_feature_works\":1")));
  db.run(
      "INSERT INTO f VALUES ('e', 'q', 1), ('n', 'p', 1), ('n', 'new', 1), ('nobody', 'p', 1); "
      "INSERT INTO tags VALUES ('n', 'x')");
  EXPECT_EQ(db.value("SELECT json_extract(subjrec_update('rec'), '$.works_added', "
                     "'$.works_changed', '$.works_unchanged', '$.unknown_features')"),
            "[1,1,4,1]");
  db.run("INSERT INTO f VALUES ('m', 'q', 1), ('m', 'p', 1); INSERT INTO tags VALUES ('m', 'x')");
  db.run("SELECT subjrec_update('rec')");
  for (const auto& [work, subjects, features] : {std::tuple{"n", "[\"x\"]", "[\"p\"]"},
                                                 {"e", "[\"w\",\"x\"]", "[\"q\"]"},
                                                 {"m", "[\"x\"]", "[\"p\",\"q\"]"}}) {
    EXPECT_EQ(db.rows(std::string("SELECT subject_id, score FROM subjrec_topk('rec', '") + work +
                      "', 9, 'new')"),
              db.rows(std::string("SELECT subject_id, score FROM subjrec_suggest('rec', '") +
                      subjects + "', 9, '" + features + "')"));
  }
}

INSTANTIATE_TEST_SUITE_P(Algorithms, UpdateWithFeatures,
                         ::testing::Values("composed", "ials", "ease"));

using UpdateOf = Catalogue;

TEST(UpdateSeen, ByAnotherConnectionAtOnce) {
  TemporaryFolder folder;
  const std::string path = folder.write("works.db", "");
  Database first(path);
  Database second(path);
  first.run(kCatalogue);
  first.run(train_sql("rec", "composed"));
  EXPECT_EQ(second.rows("SELECT * FROM rec").size(), 20u);
  first.run("INSERT INTO tags VALUES ('n', 'x'); SELECT subjrec_update('rec')");
  EXPECT_EQ(second.rows("SELECT * FROM rec").size(), 24u);
  EXPECT_EQ(second.rows("SELECT * FROM subjrec_topk('rec', 'n', 9)").size(), 4u);
}

TEST_F(UpdateOf, RollsBackWithTheTransaction) {
  const std::string digest = db.value(digest_sql("rec"));
  db.run("BEGIN; INSERT INTO tags VALUES ('n', 'x'); SELECT subjrec_update('rec'); ROLLBACK");
  EXPECT_EQ(db.value(digest_sql("rec")), digest);
  EXPECT_EQ(db.rows("SELECT * FROM rec").size(), 20u);
}

TEST_F(UpdateOf, LeavesTheModelWholeWhereItFails) {
  const std::string digest = db.value(digest_sql("rec"));
  db.run(
      "INSERT INTO tags VALUES ('n', 'x'); "
      "CREATE TEMP TRIGGER t BEFORE INSERT ON main.rec_config BEGIN SELECT RAISE(ABORT, 'no'); "
      "END");
  EXPECT_EQ(db.error("SELECT subjrec_update('rec')"), "subjrec_update: no");
  EXPECT_EQ(db.value(digest_sql("rec")), digest);
  EXPECT_EQ(db.rows("SELECT * FROM rec").size(), 20u);
  EXPECT_EQ(db.value("SELECT count(*) FROM rec_works"), "5");
}

TEST_F(UpdateOf, RefusesAModelOfPriorVectors) {
  db.run(
      "CREATE TABLE vectors AS SELECT DISTINCT work, '[1, 2]' AS v FROM tags WHERE work NOT NULL");
  db.run(train_sql("rec", "composed", ",\"epochs\":2,\"work_vectors\":\"vectors\""));
  EXPECT_EQ(db.error("SELECT subjrec_update('rec')"),
            "subjrec_update: model \"rec\" was trained with work_vectors, which an update does not "
            "read; train it again with SELECT subjrec_train('rec')");
}

TEST_F(UpdateOf, RefusesWhatItCannotBring) {
  db.run(
      "CREATE VIRTUAL TABLE declared USING subjrec(source='tags'); "
      "SELECT subjrec_load('loaded', 'SELECT 1, ''[1]''', 'SELECT 2, ''[0.5]''')");
  EXPECT_EQ(db.error("SELECT subjrec_update('declared')"),
            "subjrec_update: model \"declared\" has not been trained yet; train it with SELECT "
            "subjrec_train('declared')");
  EXPECT_EQ(db.error("SELECT subjrec_update('loaded')"),
            "subjrec_update: model \"loaded\" remembers no source to read new works from: it was "
            "not trained here");
  EXPECT_EQ(db.error("SELECT subjrec_update(7)"),
            "subjrec_update: argument 1 (model) must be the name of a model, like 'rec', got 7");
  EXPECT_EQ(db.error("SELECT subjrec_update('q')"),
            "subjrec_update: there is no model \"q\"; the models here are \"declared\", "
            "\"loaded\", \"rec\"");
  db.run(
      "UPDATE rec_config SET value = 'SELECT subjrec_train(''o'', ''tags''), 1' WHERE key = "
      "'source'");
  EXPECT_EQ(db.error("SELECT subjrec_update('rec')"),
            "subjrec_update: the source that the model remembers, SELECT subjrec_train('o', "
            "'tags'), 1, uses subjrec_train(), which is not run on the word of a database file; "
            "give the source again, or make it a view");
  db.run("UPDATE rec_config SET value = 'tags' WHERE key = 'source'; DROP TABLE tags");
  EXPECT_EQ(db.error("SELECT subjrec_update('rec')"),
            "subjrec_update: the source that the model remembers must be a table, a view or a "
            "SELECT whose first columns are work and subject; there is no table \"tags\"");
}

}  // namespace
}  // namespace subjrec::test
