#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/planted_catalogue.h"

namespace subjrec::test {
namespace {

using ::testing::ElementsAre;

class SplitTable : public ::testing::Test {
 protected:
  SplitTable() { db.run(kPlantedCatalogue); }
  Database db;
};

TEST_F(SplitTable, GivesEachPairOnceAndLeavesOneOutOfEachWorkWithThree) {
  EXPECT_EQ(db.value("SELECT count(*) FROM (SELECT work_id, subject_id FROM subjrec_split('tags') "
                     "EXCEPT SELECT work, subject FROM tags)"),
            "0");
  EXPECT_EQ(db.value("SELECT count(*) = (SELECT count(*) FROM tags) FROM subjrec_split('tags')"),
            "1");
  EXPECT_THAT(db.rows("SELECT DISTINCT held = (n >= 3) FROM (SELECT sum(fold) AS held, count(*) AS "
                      "n FROM subjrec_split('tags') GROUP BY work_id)"),
              ElementsAre("1"));
}

TEST_F(SplitTable, DoesNotDependOnTheOrderOfTheRows) {
  db.run("CREATE TABLE shuffled AS SELECT * FROM tags ORDER BY (work * 37 + subject * 101) % 1009");
  for (const char* method : {"leave_one_out", "share", "folds", "works"}) {
    const std::string options = std::string(", '{\"method\":\"") + method + "\",\"seed\":5}')";
    EXPECT_EQ(db.rows("SELECT * FROM subjrec_split('tags'" + options),
              db.rows("SELECT * FROM subjrec_split('shuffled'" + options));
    EXPECT_NE(db.rows("SELECT * FROM subjrec_split('tags'" + options),
              db.rows("SELECT * FROM subjrec_split('tags', '{\"method\":\"" + std::string(method) +
                      "\",\"seed\":6}')"));
  }
}

TEST_F(SplitTable, SaysWhatIsWrong) {
  EXPECT_EQ(db.error("SELECT * FROM subjrec_split('tags', '{\"kind\":\"folds\"}')"),
            "subjrec_split: unknown option \"kind\"; did you mean \"method\"?");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_split('tags', '{\"share\":0}')"),
            "subjrec_split: option \"share\" must be a number above 0 and up to 0.9, got 0");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_split(NULL)"),
            "subjrec_split: argument 1 (source) must be a table, a view or a SELECT whose first "
            "columns are work and subject, got NULL");
}

}  // namespace
}  // namespace subjrec::test
