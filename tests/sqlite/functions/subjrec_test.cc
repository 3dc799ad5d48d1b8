#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/database.h"

namespace subjrec::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kTags =
    "CREATE TABLE tags(work, subject);"
    "INSERT INTO tags VALUES ('a','x'),('a','y'),('b','x'),('b','z'),('c','z'),(1,'y'),"
    "(NULL,'x'),('a','x'),(x'00ff','z');";
constexpr const char* kTrain =
    "SELECT subjrec_train('rec', 'tags', '{\"algorithm\":\"bce\",\"epochs\":300,"
    "\"learning_rate\":0.05,\"embedding_dim\":4}')";

class ModelTable : public ::testing::Test {
 protected:
  ModelTable() {
    db.run(kTags);
    db.run(kTrain);
  }
  Database db;
};

TEST_F(ModelTable, RowOfAWorkIsBestFirst) {
  EXPECT_THAT(db.rows("SELECT subject_id, tagged FROM rec WHERE work_id = 'a'"),
              ElementsAre("y|1", "x|1", "z|0"));
  EXPECT_THAT(db.rows("SELECT subject_id FROM rec WHERE work_id = 'a' ORDER BY score DESC LIMIT 1"),
              ElementsAre("y"));
  EXPECT_THAT(db.rows("SELECT subject_id FROM rec WHERE work_id = 'a' ORDER BY score"),
              ElementsAre("z", "x", "y"));
}

TEST_F(ModelTable, ColumnOfASubjectIsBestFirst) {
  const auto rows = db.rows("SELECT typeof(work_id), tagged FROM rec WHERE subject_id = 'z'");
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_THAT(db.rows("SELECT DISTINCT score >= (SELECT min(score) FROM rec WHERE subject_id = 'z' "
                      "AND tagged) FROM rec WHERE subject_id = 'z' AND tagged"),
              ElementsAre("1"));
  EXPECT_EQ(db.value("SELECT count(*) FROM rec WHERE subject_id = 'z' AND tagged"), "3");
}

TEST_F(ModelTable, CellRowColumnAndFullScanAgree) {
  EXPECT_EQ(db.value("SELECT count(*) FROM rec"), "15");
  for (const char* other :
       {"SELECT work_id, subject_id, score, probability, tagged FROM tags JOIN rec ON work_id = "
        "work "
        "AND subject_id = subject",
        "SELECT r.* FROM (SELECT DISTINCT work FROM tags) JOIN rec r ON work_id = work",
        "SELECT r.* FROM (SELECT DISTINCT subject FROM tags) JOIN rec r ON subject_id = subject"}) {
    EXPECT_EQ(
        db.value("SELECT count(*) FROM (" + std::string(other) + " EXCEPT SELECT * FROM rec)"), "0")
        << other;
  }
  EXPECT_EQ(
      db.value("SELECT count(*) FROM (SELECT * FROM rec EXCEPT SELECT r.* FROM (SELECT DISTINCT "
               "work FROM tags) JOIN rec r ON work_id = work)"),
      "0");
}

TEST_F(ModelTable, ProbabilityIsTheSigmoidOfTheScore) {
  EXPECT_EQ(db.value("SELECT max(abs(probability - 1 / (1 + exp(-score)))) < 1e-12 FROM rec"), "1");
}

TEST_F(ModelTable, OtherConditionsHoldToo) {
  EXPECT_THAT(db.rows("SELECT subject_id FROM rec WHERE work_id = 'a' AND tagged = 0"),
              ElementsAre("z"));
  EXPECT_THAT(
      db.rows("SELECT subject_id FROM rec WHERE work_id = 'a' AND subject_id IN ('x', 'z', 'q') "
              "ORDER BY score DESC LIMIT 1"),
      ElementsAre("x"));
  EXPECT_EQ(db.value("SELECT count(*) FROM rec WHERE work_id = 'A' COLLATE NOCASE"), "3");
  EXPECT_EQ(db.value("SELECT count(*) FROM rec WHERE work_id = NULL"), "0");
  EXPECT_EQ(db.value("SELECT count(*) FROM rec WHERE work_id = '1'"), "0") << "1 is not '1'";
  EXPECT_EQ(db.value("SELECT count(*) FROM rec WHERE work_id = 1.0"), "3");
  EXPECT_EQ(db.value("SELECT count(*) FROM rec WHERE work_id = x'00FF'"), "3");
  EXPECT_EQ(db.value("SELECT count(*) FROM rec a JOIN rec b ON a.work_id = b.work_id AND "
                     "a.subject_id = b.subject_id WHERE a.work_id = 'a'"),
            "3");
}

TEST_F(ModelTable, IsAWriteStatementAndTrainsAgain) {
  const std::string before = db.value("SELECT value FROM rec_config WHERE key = 'digest'");
  db.run("INSERT INTO tags VALUES ('d', 'x'), ('d', 'w')");
  db.run("INSERT INTO rec(rec) VALUES('train')");
  EXPECT_NE(db.value("SELECT value FROM rec_config WHERE key = 'digest'"), before);
  EXPECT_EQ(db.value("SELECT count(*) FROM rec WHERE work_id = 'd'"), "4");
}

TEST_F(ModelTable, RefusesOtherWrites) {
  EXPECT_EQ(db.error("INSERT INTO rec(rec) VALUES('learn')"),
            "subjrec: unknown command 'learn' for model \"rec\"; the commands are 'train' and "
            "'bless'");
  const std::string readonly =
      "subjrec: the rows of model \"rec\" are predictions and cannot be changed; change its source "
      "table and say INSERT INTO rec(rec) VALUES('train')";
  EXPECT_EQ(db.error("INSERT INTO rec VALUES(1, 2, 3, 4, 5)"), readonly);
  EXPECT_EQ(db.error("DELETE FROM rec WHERE work_id = 'a'"), readonly);
  EXPECT_EQ(db.error("UPDATE rec SET score = 1 WHERE work_id = 'a'"), readonly);
}

TEST_F(ModelTable, CanBeRenamedAndDropped) {
  db.run("ALTER TABLE rec RENAME TO \"a\"\" b\"");
  EXPECT_EQ(db.value("SELECT count(*) FROM \"a\"\" b\""), "15");
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_topk('a\" b', 'a', 2)"), "2");
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_topk('\"a\"\" b\"', 'a', 2)"), "2");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_topk('rec', 'a', 2)"),
            "subjrec_topk: there is no model \"rec\"; the only model here is \"a\" b\"");
  db.run("DROP TABLE \"a\"\" b\"");
  EXPECT_EQ(db.value("SELECT count(*) FROM sqlite_schema"), "1") << "the tags alone";
}

TEST_F(ModelTable, ShadowTablesAreDeclared) {
  EXPECT_EQ(
      db.value("SELECT count(*) FROM pragma_table_list WHERE name LIKE 'rec!_%' ESCAPE '!' AND "
               "type = 'shadow'"),
      "8");
}

TEST_F(ModelTable, EmbeddingsAreLittleEndianFloat32) {
  EXPECT_EQ(db.value("SELECT DISTINCT length(embedding) FROM rec_works"), "16");
  EXPECT_EQ(db.value("SELECT count(*) FROM rec_works"), "5");
  EXPECT_THAT(db.rows("SELECT typeof(work_id) FROM rec_works ORDER BY n"),
              ElementsAre("integer", "text", "text", "text", "blob"));
}

TEST(ModelTableDeclared, ByCreateVirtualTable) {
  Database db;
  db.run(kTags);
  db.run(
      "CREATE VIRTUAL TABLE rec USING subjrec(source='tags', algorithm='bce', embedding_dim=3, "
      "epochs = 5)");
  EXPECT_EQ(db.error("SELECT * FROM rec WHERE work_id = 'a'"),
            "subjrec: model \"rec\" has not been trained yet; train it with SELECT "
            "subjrec_train('rec')");
  db.run("INSERT INTO rec(rec) VALUES('train')");
  EXPECT_EQ(db.value("SELECT length(embedding) FROM rec_works LIMIT 1"), "12");
  EXPECT_EQ(db.error("CREATE VIRTUAL TABLE bad USING subjrec(factors=3)"),
            "subjrec: unknown option \"factors\"; did you mean \"embedding_dim\"?");
  EXPECT_EQ(db.error("CREATE VIRTUAL TABLE bad USING subjrec(epochs=3, epochs=4)"),
            "subjrec: option \"epochs\" is given twice");
  EXPECT_EQ(
      db.error("CREATE VIRTUAL TABLE bad USING subjrec(source='tags', work_features='M\xe4rchen')"),
      "subjrec: option \"work_features\" must be a text in UTF-8, got bytes that are not");
  EXPECT_EQ(db.value("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'bad%'"), "0");
}

TEST(ModelTableAttached, LivesWhereItIsPut) {
  Database db;
  db.run("ATTACH ':memory:' AS aux");
  db.run(kTags);
  db.run("SELECT subjrec_train('aux.rec', 'tags')");
  EXPECT_EQ(db.value("SELECT count(*) FROM aux.sqlite_schema WHERE name = 'rec'"), "1");
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_topk('aux.rec', 'a', 3)"), "3");
  EXPECT_EQ(db.value("SELECT count(*) FROM aux.rec WHERE work_id = 'a'"), "3");
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_topk('rec', 'a', 3)"), "3");
  EXPECT_THAT(db.error("SELECT subjrec_train('nowhere.rec', 'tags')"),
              HasSubstr("no database \"nowhere\" is attached"));
}

TEST(ModelTableTransactions, RollBackWithTheRest) {
  Database db;
  db.run(kTags);
  db.run(kTrain);
  const std::string before = db.value("SELECT value FROM rec_config WHERE key = 'digest'");
  const std::string top = db.value("SELECT group_concat(score) FROM rec WHERE work_id = 'a'");
  db.run("BEGIN; INSERT INTO tags VALUES ('d', 'x'); SELECT subjrec_train('rec')");
  EXPECT_NE(db.value("SELECT group_concat(score) FROM rec WHERE work_id = 'a'"), top);
  db.run("ROLLBACK");
  EXPECT_EQ(db.value("SELECT value FROM rec_config WHERE key = 'digest'"), before);
  EXPECT_EQ(db.value("SELECT group_concat(score) FROM rec WHERE work_id = 'a'"), top)
      << "the cached model follows";
}

TEST_F(ModelTable, OnlyItsOwnTablesAreItsShadows) {
  db.run("CREATE TABLE rec_other(a)");
  EXPECT_EQ(db.value("SELECT group_concat(type) FROM pragma_table_list WHERE name IN ('rec_other', "
                     "'rec_works')"),
            "shadow,table");
}

TEST(ModelTableMissing, SaysHowToMakeTheFirst) {
  Database db;
  EXPECT_EQ(db.error("SELECT * FROM subjrec_topk('rec', 'a', 1)"),
            "subjrec_topk: there is no model \"rec\"; train one with SELECT subjrec_train('rec', "
            "'work_subjects')");
}

TEST_F(ModelTable, ASourceIsOneStatement) {
  for (const char* source : {"SELECT 1, 2; SELECT 3, 4", "VALUES (1, 2); DROP TABLE tags"}) {
    EXPECT_EQ(db.error(std::string("SELECT subjrec_train('rec', '") + source + "')"),
              std::string("subjrec_train: wanted one SQL statement, got \"") + source + "\"");
  }
  db.run("SELECT subjrec_train('rec', 'SELECT work, subject FROM tags ; ')");
}

TEST_F(ModelTable, OptionsThatCannotBeReadAgainAreDamage) {
  db.run("UPDATE rec_config SET value = '{' WHERE key = 'given_options'");
  EXPECT_EQ(db.error("SELECT subjrec_train('rec')"),
            "subjrec_train: table \"rec_config\" of model \"rec\" is damaged: \"given_options\" is "
            "'{'; train it again with SELECT subjrec_train('rec', source, options)");
}

TEST_F(ModelTable, TrainsByInsertWhileAnotherStatementReads) {
  sqlite3_stmt* writer = nullptr;
  const char* insert = "INSERT INTO rec(rec) VALUES('train')";
  ASSERT_EQ(sqlite3_prepare_v2(db.get(), insert, -1, &writer, nullptr), SQLITE_OK);
  sqlite3_stmt* reader = nullptr;
  ASSERT_EQ(sqlite3_prepare_v2(db.get(), "SELECT * FROM tags", -1, &reader, nullptr), SQLITE_OK);
  ASSERT_EQ(sqlite3_step(reader), SQLITE_ROW);
  EXPECT_EQ(sqlite3_step(writer), SQLITE_DONE) << sqlite3_errmsg(db.get());
  EXPECT_EQ(sqlite3_finalize(writer), SQLITE_OK);
  EXPECT_EQ(sqlite3_finalize(reader), SQLITE_OK);
}

TEST_F(ModelTable, AFunctionsRowsHaveARowid) {
  EXPECT_EQ(db.value("SELECT group_concat(rowid) FROM subjrec_topk('rec', 'a', 3)"), "1,2,3");
  EXPECT_EQ(
      db.value("SELECT count(DISTINCT t.rowid) FROM tags JOIN subjrec_topk('rec', work, 2) t"),
      "10");
}

TEST_F(ModelTable, DoesNotWriteBesideAnotherStatementThatWrites) {
  sqlite3_stmt* writer = nullptr;
  ASSERT_EQ(sqlite3_prepare_v2(db.get(), "INSERT INTO tags VALUES('q', 'x') RETURNING 1", -1,
                               &writer, nullptr),
            SQLITE_OK);
  ASSERT_EQ(sqlite3_step(writer), SQLITE_ROW);
  EXPECT_EQ(db.error("SELECT subjrec_train('rec')"),
            "subjrec_train: cannot write while another statement of this connection is writing; "
            "call it from a SELECT of its own");
  EXPECT_EQ(db.code("SELECT subjrec_train('rec')"), SQLITE_BUSY);
  EXPECT_EQ(sqlite3_finalize(writer), SQLITE_OK);
  db.run("SELECT subjrec_train('rec')");
}

}  // namespace
}  // namespace subjrec::test
