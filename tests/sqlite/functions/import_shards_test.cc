// An import that keeps one shard's works.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "support/catalogue.h"
#include "support/files.h"

namespace subjrec::test {
namespace {

using ::testing::HasSubstr;

class ImportShards : public ::testing::Test {
 protected:
  /// A snapshot in three parts, in which half of the works come again.
  ImportShards() {
    for (int part = 0; part < 3; ++part) {
      std::string lines;
      for (int work = part * 20; work < part * 20 + 40; ++work) {
        lines += R"({"id":"w)" + std::to_string(work) + R"(","subjects":[{"concepts":[{"id":"s)" +
                 std::to_string(work % 7) + R"("},{"id":"p)" + std::to_string(part) + "\"}]}]}\n";
      }
      folder.write("part" + std::to_string(part) + ".json", lines);
    }
    parts = folder.file("part*.json");
  }

  std::string import_sql(const std::string& more) const {
    return "SELECT subjrec_import('" + parts + "', '{" + more + "}')";
  }

  subjrec::testing::TemporaryFolder folder;
  std::string parts;
};

TEST_F(ImportShards, TogetherHoldWhatOneDatabaseDoes) {
  Database whole;
  whole.run(import_sql(""));
  std::vector<std::string> works;
  std::vector<std::string> pairs;
  for (int shard = 0; shard < 4; ++shard) {
    Database db;
    const std::string summary =
        db.value(import_sql("\"shards\":4,\"shard\":" + std::to_string(shard)) + " -> '$'");
    for (const std::string& row : db.rows("SELECT work_id FROM works")) works.push_back(row);
    for (const std::string& row : db.rows("SELECT work_id, subject_id FROM work_subjects")) {
      pairs.push_back(row);
    }
    EXPECT_EQ(db.rows("SELECT * FROM subjects ORDER BY 1"),
              whole.rows("SELECT * FROM subjects ORDER BY 1"));
    EXPECT_EQ(db.value("SELECT '" + summary + "' ->> 'works_read'"), "120");
    EXPECT_EQ(db.value("SELECT '" + summary +
                       "' ->> 'records_of_other_shards' + (SELECT count(*) FROM works) + '" +
                       summary + "' ->> 'works_repeated'"),
              "120");
  }
  EXPECT_THAT(works, ::testing::UnorderedElementsAreArray(whole.rows("SELECT work_id FROM works")));
  EXPECT_THAT(pairs, ::testing::UnorderedElementsAreArray(
                         whole.rows("SELECT work_id, subject_id FROM work_subjects")));
}

TEST_F(ImportShards, SayWhatIsWrong) {
  Database db;
  EXPECT_EQ(db.error(import_sql("\"shard\":1")),
            "subjrec_import: option \"shard\" must be a whole number from 0 to 0, below option "
            "\"shards\" = 1, got 1");
  EXPECT_EQ(db.error(import_sql("\"shards\":0")),
            "subjrec_import: option \"shards\" must be a whole number from 1 to 65536, got 0");
  std::string empty;
  for (int shard = 0; empty.empty() && shard < 65536; shard += 257) {
    std::vector<std::string> rows;
    empty = db.attempt(import_sql("\"shards\":65536,\"shard\":" + std::to_string(shard)), &rows);
  }
  EXPECT_THAT(empty, HasSubstr("none of its works belongs to shard "));
  EXPECT_THAT(empty, HasSubstr(" of 65536; nothing was imported"));
}

}  // namespace
}  // namespace subjrec::test
