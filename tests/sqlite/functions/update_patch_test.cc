// subjrec_update where few works have changed: rows that have not stay where they are, and the
// model is the one that writing all works anew makes, but for the numbers of works.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

#include "support/planted_catalogue.h"

namespace subjrec::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* kUnsorted = "SELECT value FROM rec_config WHERE key = 'works_out_of_order'";
/// Without hashes of works all are compared and written.
constexpr const char* kForgetHashes = "DELETE FROM rec_packed WHERE n >> 48 = 8";
constexpr const char* kBless = "INSERT INTO rec(rec) VALUES('bless')";

constexpr const char* kChanges[] = {
    "INSERT INTO tags VALUES (-5, 3), (-5, 4), (500, 3), (500, 5), ('x', 7)",
    "DELETE FROM tags WHERE work IN (0, 9, 119)",
    "DELETE FROM tags WHERE work IN (116, 117, 118, 119)",
    "UPDATE tags SET subject = (subject + 1) % 40 WHERE work IN (3, 118)",
    "INSERT INTO tags VALUES (500, 3), (500, 5); DELETE FROM tags WHERE work IN (4, 5, 118); "
    "UPDATE tags SET subject = (subject + 1) % 40 WHERE work = 119",
    "INSERT INTO tags VALUES (500, 3), (501, 5), (502, 6); DELETE FROM tags WHERE work IN (4, 118)",
    "DELETE FROM tags WHERE subject = (SELECT subject FROM tags GROUP BY 1 ORDER BY count(*), 1 "
    "LIMIT 1)",
};

/// The algorithm and its options.
class UpdatePatch : public ::testing::TestWithParam<std::tuple<const char*, const char*>> {
 protected:
  UpdatePatch() {
    db.run(kPlantedCatalogue);
    db.run(train_sql("rec", std::get<0>(GetParam()), std::get<1>(GetParam())));
  }
  void update() { db.run("SELECT subjrec_update('rec')"); }
  /// By readers of rec_packed, and by readers of all works.
  std::vector<std::vector<std::string>> answers() {
    std::vector<std::vector<std::string>> all;
    for (const char* question :
         {"SELECT w.work_id, l.subject_id, l.score, l.tagged FROM rec_works AS w, "
          "subjrec_topk('rec', w.work_id, 9) AS l ORDER BY w.work_id, l.rank",
          "SELECT * FROM subjrec_suggest('rec', '[3, 6]', 9)",
          "SELECT work_id, subject_id, score FROM rec ORDER BY work_id, subject_id",
          "SELECT subject_id, works FROM rec_subjects"}) {
      all.push_back(db.rows(question));
    }
    return all;
  }
  Database db;
};

TEST_P(UpdatePatch, ComesToWhatWritingAllWorksComesTo) {
  for (const char* change : kChanges) {
    SCOPED_TRACE(change);
    db.run("BEGIN");
    db.run(change);
    db.run(kForgetHashes);
    update();
    EXPECT_EQ(db.rows(kUnsorted).size(), 0u);
    const auto whole = answers();
    const std::string digest = db.value(digest_sql("rec"));
    const std::string packed = "SELECT n, checksum, hex(data) FROM rec_packed ORDER BY n";
    const auto values = db.rows(packed);
    db.run("ROLLBACK; BEGIN");
    db.run(change);
    update();
    const std::string patched = db.value(digest_sql("rec"));
    EXPECT_NE(patched, digest);
    EXPECT_EQ(answers(), whole);
    db.run("UPDATE rec_config SET value = 'another' WHERE key = 'packed_of'");
    EXPECT_EQ(answers(), whole);
    db.run(kBless);
    EXPECT_EQ(db.value(digest_sql("rec")), digest);
    EXPECT_EQ(db.rows(packed), values);
    EXPECT_EQ(db.rows(kUnsorted).size(), 0u);
    db.run("ROLLBACK");
  }
}

TEST_P(UpdatePatch, GoesOnFromWhatItMade) {
  db.run("DELETE FROM tags WHERE work IN (7, 90)");
  update();
  db.run("INSERT INTO tags VALUES (-1, 4), (-2, 8), (-2, 9)");
  update();
  EXPECT_EQ(db.value(kUnsorted), "4");
  db.run("UPDATE tags SET subject = 11 WHERE rowid = (SELECT min(rowid) FROM tags WHERE work = 8)");
  update();
  EXPECT_EQ(db.value(kUnsorted), "4");
  const auto patched = answers();
  db.run("INSERT INTO tags VALUES (-3, 4), (-4, 8), (-6, 9), (-7, 9), (-8, 9)");
  update();
  EXPECT_EQ(db.rows(kUnsorted).size(), 0u) << "too many";
  db.run("DELETE FROM tags WHERE work IN (-3, -4, -6, -7, -8)");
  db.run(kForgetHashes);
  update();
  EXPECT_EQ(answers(), patched);
}

TEST_P(UpdatePatch, HasTheSameDigestForAnyOrderOfRows) {
  std::vector<std::string> digests;
  for (const char* order : {"rowid", "subject, work", "work DESC", "rowid * 7919 % 1009"}) {
    db.run("BEGIN");
    db.run(kChanges[4]);
    db.run(std::string("CREATE TABLE other AS SELECT * FROM tags ORDER BY ") + order +
           "; DROP TABLE tags; ALTER TABLE other RENAME TO tags");
    update();
    digests.push_back(db.value(digest_sql("rec")));
    db.run("ROLLBACK");
  }
  EXPECT_THAT(digests, ::testing::Each(digests[0]));
}

TEST_P(UpdatePatch, FindsDamageWhereItWrites) {
  for (const char* damage :
       {"UPDATE rec_works SET embedding = zeroblob(length(embedding) + 4) WHERE n = 3",
        "UPDATE rec_works SET work_id = 7777 WHERE n = 60",
        "UPDATE rec_subjects SET bias = bias + 1 WHERE n = 20", "DELETE FROM rec_works WHERE n = 3",
        "UPDATE rec_packed SET data = x'00' WHERE n >> 48 = 4"}) {
    SCOPED_TRACE(damage);
    db.run("BEGIN");
    db.run(kChanges[0]);
    db.run(damage);
    EXPECT_THAT(db.error("SELECT subjrec_update('rec')"), HasSubstr("is damaged"));
    db.run("ROLLBACK");
  }
}

TEST_P(UpdatePatch, TellsAWorkThatWasLostFromOneThatIsNone) {
  db.run(kChanges[0]);
  update();
  EXPECT_EQ(db.rows("SELECT * FROM rec WHERE work_id = 7777").size(), 0u);
  db.run("UPDATE rec_works SET work_id = 7777 WHERE work_id = 500");
  EXPECT_THAT(db.error("SELECT * FROM rec WHERE work_id = 500"), HasSubstr("is damaged"));
}

TEST_P(UpdatePatch, LeavesTheModelWholeWhereItFails) {
  const auto before = answers();
  const std::string digest = db.value(digest_sql("rec"));
  db.run(kChanges[4]);
  for (const char* table : {"works", "packed", "config", "subjects"}) {
    db.run(std::string("CREATE TEMP TRIGGER t BEFORE ") +
           (std::string(table) == "subjects" ? "UPDATE" : "INSERT") + " ON main.rec_" + table +
           " BEGIN SELECT RAISE(ABORT, 'no'); END");
    EXPECT_EQ(db.error("SELECT subjrec_update('rec')"), "subjrec_update: no");
    db.run("DROP TRIGGER temp.t");
    EXPECT_EQ(db.value(digest_sql("rec")), digest);
    EXPECT_EQ(answers(), before);
  }
}

/// A term of all works says nothing and is not listed.
TEST_P(UpdatePatch, ListsTermsThatBeginToSaySomethingAndNoOthers) {
  db.run("INSERT INTO tags SELECT DISTINCT work, 50 FROM tags");
  db.run(train_sql("rec", std::get<0>(GetParam()), std::get<1>(GetParam())));
  const auto listed = [&] {
    return db.value(
        "SELECT count(*) FROM rec_packed WHERE n = (3 << 48) + ((SELECT n FROM "
        "rec_subjects WHERE subject_id = 50) << 16)");
  };
  const auto check = [&](const std::string& change) {
    db.run(change);
    update();
    const std::string count = listed();
    const auto patched = answers();
    db.run("UPDATE rec_config SET value = 'another' WHERE key = 'packed_of'");
    EXPECT_EQ(answers(), patched);
    db.run(
        "UPDATE rec_config SET value = (SELECT value FROM rec_config WHERE key = 'digest') "
        "WHERE key = 'packed_of'");
    return count;
  };
  EXPECT_EQ(listed(), "0");
  EXPECT_EQ(check("INSERT INTO tags VALUES (500, 3)"), "1");
  EXPECT_EQ(check("INSERT INTO tags VALUES (500, 50)"), "0");
  EXPECT_EQ(check("DELETE FROM tags WHERE work = 17 AND subject = 50"), "1");
}

INSTANTIATE_TEST_SUITE_P(
    Algorithms, UpdatePatch,
    ::testing::Values(std::tuple("blend", ",\"epochs\":3,\"embedding_dim\":8,\"neighbors\":200"),
                      std::tuple("neighbours", ",\"neighbors\":200")));

}  // namespace
}  // namespace subjrec::test
