// WHERE probability >= ? of a model's table: the rows of an ordinary table, and no walk past them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/planted_catalogue.h"

namespace subjrec::test {
namespace {

using ::testing::HasSubstr;

class ProbabilityPlan : public PlantedCatalogue {
 protected:
  ProbabilityPlan() { db.run("CREATE TABLE t AS SELECT rowid AS r, * FROM rec"); }

  /// How many instructions of its program SQLite takes to answer.
  int steps(const std::string& sql) {
    sqlite3_stmt* query = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(db.get(), sql.c_str(), -1, &query, nullptr), SQLITE_OK) << sql;
    while (sqlite3_step(query) == SQLITE_ROW) {
    }
    const int count = sqlite3_stmt_status(query, SQLITE_STMTSTATUS_VM_STEP, 0);
    EXPECT_EQ(sqlite3_finalize(query), SQLITE_OK) << sql;
    return count;
  }

  void expect_same(const std::string& where) {
    const std::string columns = "work_id, subject_id, score, probability, tagged";
    EXPECT_EQ(db.rows("SELECT rowid, " + columns + " FROM rec " + where + " ORDER BY +rowid"),
              db.rows("SELECT r, " + columns + " FROM t " + where + " ORDER BY r"))
        << where;
  }
};

TEST_P(ProbabilityPlan, GivesTheRowsOfAnOrdinaryTable) {
  const std::string one = db.value(
      "SELECT quote(probability) FROM t WHERE work_id = 5 ORDER BY "
      "probability DESC LIMIT 1 OFFSET 6");
  for (const std::string ids :
       {"", "work_id = 5 AND ", "subject_id = 7 AND ", "work_id = 5 AND subject_id = 7 AND ",
        "work_id IN (3, 5, 900) AND "}) {
    for (const std::string& operand :
         {one, std::string("0.5"), std::string("'0.2'"), std::string("' 1e-1 '"),
          std::string("'much'"), std::string("''"), std::string("NULL"), std::string("x'31'"),
          std::string("0"), std::string("1"), std::string("-3"), std::string("2"),
          std::string("1e999"), std::string("-1e999"), std::string("9223372036854775807"),
          std::string("(SELECT max(probability) FROM t)"), std::string("abs(-0.1)"),
          std::string("CAST(0.1 AS TEXT)"), std::string("CAST(0.1 AS BLOB)")}) {
      for (const char* op : {">=", ">"}) {
        expect_same("WHERE " + std::string(ids) + "probability " + op + " " + operand);
      }
    }
    expect_same("WHERE " + std::string(ids) + "probability BETWEEN 0.05 AND 0.3");
  }
}

TEST_P(ProbabilityPlan, EndsEarly) {
  db.run("CREATE TABLE ids AS SELECT DISTINCT work FROM tags");
  for (const std::string& from :
       {std::string("rec WHERE "), std::string("rec WHERE work_id = 5 AND "),
        std::string("rec WHERE subject_id = 7 AND "),
        std::string("ids JOIN rec ON work_id = work WHERE ")}) {
    // A condition on something else makes SQLite read every row that the table gives.
    const int all = steps("SELECT count(*) FROM " + from + "tagged >= 0");
    const int some = steps("SELECT count(*) FROM " + from + "probability >= 0.999");
    EXPECT_LT(some, all / 2) << from;
  }
  EXPECT_THAT(db.value("EXPLAIN QUERY PLAN SELECT * FROM rec WHERE work_id = 5 AND probability > "
                       "0.5 ORDER BY score DESC"),
              HasSubstr("INDEX 5"));
}

INSTANTIATE_TEST_SUITE_P(Algorithms, ProbabilityPlan,
                         ::testing::Values("bce", "composed", "ials", "ease", "blend"));

// Works without subjects have a curve of their own, in between the others.
TEST(ProbabilityPlanOfColdWorks, GivesTheRowsOfAnOrdinaryTable) {
  Database db;
  db.run(kPlantedCatalogue);
  db.run(
      "CREATE TABLE f AS SELECT work, 'w' || subject AS word FROM tags WHERE (work + subject) % 3;"
      "INSERT INTO f VALUES (1000, 'w3'), (1000, 'w5');"
      "INSERT INTO tags VALUES (1000, 3)");
  db.run(train_sql("rec", "composed",
                   ",\"epochs\":6,\"embedding_dim\":8,\"work_features\":\"f\","
                   "\"min_feature_works\":1"));
  db.run("DELETE FROM tags WHERE work = 1000; SELECT subjrec_update('rec')");
  db.run("CREATE TABLE t AS SELECT rowid AS r, * FROM rec");
  for (const std::string where :
       {"WHERE probability >= 0.1", "WHERE work_id = 1000 AND probability >= 0.1",
        "WHERE subject_id = 3 AND probability >= 0.1", "WHERE probability > 0.3"}) {
    EXPECT_EQ(db.rows("SELECT rowid, * FROM rec " + where + " ORDER BY +rowid"),
              db.rows("SELECT * FROM t " + where + " ORDER BY r"));
  }
}

}  // namespace
}  // namespace subjrec::test
