// subjrec_update of models that have hashes of their works: whatever the rows of the source are
// like and in whatever order they come, it says and stores what a comparison row by row does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/planted_catalogue.h"

namespace subjrec::test {
namespace {

// (A digest is of the numbers of works, too.)
const char* kUpdate = "SELECT json_remove(subjrec_update('rec'), '$.seconds', '$.digest')";

/// Of rows in an order that the parameter says.
class UpdateScan : public ::testing::TestWithParam<const char*> {
 protected:
  void begin(const std::string& algorithm, const std::string& columns = "work, subject") {
    db.run(kPlantedCatalogue);
    db.run("ALTER TABLE tags ADD COLUMN weight DEFAULT 1");
    db.run("CREATE VIEW source AS SELECT " + columns + " FROM tags ORDER BY " + GetParam());
    const bool blend = algorithm == "blend";
    db.run(train_sql("rec", algorithm, blend ? ",\"epochs\":2,\"embedding_dim\":8" : "", "source"));
  }
  /// Makes the change, and updates with the hashes and without.
  void check(const std::string& change) {
    SCOPED_TRACE(change);
    db.run("BEGIN");
    db.run(change);
    db.run(
        "DELETE FROM rec_packed WHERE n >> 48 = 8; "
        "DELETE FROM rec_config WHERE key = 'fingerprint_of'");
    const std::string slow = db.value(kUpdate);
    const std::string again = db.value(kUpdate);
    db.run("ROLLBACK; BEGIN");
    db.run(change);
    EXPECT_EQ(db.value(kUpdate), slow);
    EXPECT_EQ(db.value(kUpdate), again);
    db.run("ROLLBACK");
  }
  Database db;
};

constexpr const char* kChanges[] = {
    "SELECT 1",
    "INSERT INTO tags SELECT * FROM tags WHERE work % 3 = 0",
    "INSERT INTO tags VALUES (500, 3, 1), (-5, 3, 1), (-5, 4, 1), ('x', 900, 1), ('y', 900, 1)",
    "INSERT INTO tags VALUES (7, 900, 1), (7, 900, 1), (8, 901, 1), (NULL, 3, 1), (7, NULL, 1)",
    "DELETE FROM tags WHERE work = 9",
    "UPDATE tags SET subject = 900 WHERE work = 9",
    "DELETE FROM tags WHERE rowid % 50 = 0",
    "DELETE FROM tags WHERE work > 50",
    "INSERT INTO tags SELECT work + 1000, subject, 1 FROM tags",
};

TEST_P(UpdateScan, SaysWhatAComparisonSays) {
  begin("blend");
  for (const char* change : kChanges) check(change);
}

TEST_P(UpdateScan, CountsWeightsWhereTheModelHasThem) {
  begin("neighbours", "work, subject, weight");
  db.run("UPDATE tags SET weight = 0.5 WHERE work % 4 = 1");
  check("SELECT 1");
  db.run(train_sql("rec", "neighbours", "", "source"));
  for (const char* change : kChanges) check(change);
  check("UPDATE tags SET weight = 0.25 WHERE work = 5");
  check("INSERT INTO tags VALUES (5, (SELECT subject FROM tags WHERE work = 5), 0.75)");
  check("INSERT INTO tags VALUES (5, (SELECT subject FROM tags WHERE work = 5), 0.25)");
  check("UPDATE tags SET weight = 1");
}

INSTANTIATE_TEST_SUITE_P(Orders, UpdateScan,
                         ::testing::Values("work, subject", "subject, work", "work * 7919 % 121, 2",
                                           "work DESC, subject * 7 % 41"));

TEST(UpdateOfTheSameCatalogue, ReadsNoWorks) {
  Database db;
  db.run(kPlantedCatalogue);
  db.run(train_sql("rec", "blend", ",\"epochs\":2,\"embedding_dim\":8"));
  db.run("UPDATE rec_works SET embedding = x'00'; UPDATE rec_subjects SET input = x'00'");
  EXPECT_EQ(db.value("SELECT json_extract(subjrec_update('rec'), '$.works_unchanged')"), "120");
  db.run("UPDATE rec_packed SET checksum = 1 WHERE n >> 48 = 8");
  EXPECT_THAT(db.error("SELECT subjrec_update('rec')"), ::testing::HasSubstr("rec_packed"));
}

}  // namespace
}  // namespace subjrec::test
