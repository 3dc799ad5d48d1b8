#include "core/data/id_table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace subjrec {
namespace {

IdView text(std::string_view bytes) { return {IdKind::kText, 0, bytes}; }
IdView blob(std::string_view bytes) { return {IdKind::kBlob, 0, bytes}; }
IdView whole(int64_t integer) { return {IdKind::kInteger, integer, {}}; }

TEST(IdTable, KeepsKindsApart) {
  IdTable ids;
  EXPECT_EQ(ids.intern(text("5")), 0u);
  EXPECT_EQ(ids.intern(whole(5)), 1u);
  EXPECT_EQ(ids.intern(blob("5")), 2u);
  EXPECT_EQ(ids.intern(text("5")), 0u);
  EXPECT_EQ(ids.size(), 3u);
  EXPECT_EQ(ids.find(blob("5")), 2u);
  EXPECT_EQ(ids.find(text("6")), std::nullopt);
}

TEST(IdTable, SortsAsSqliteDoes) {
  IdTable ids;
  for (const IdView& id : {blob(""), text("b"), text("B"), whole(7), whole(-7), text(""),
                           blob(std::string_view("\xff", 1)), text("ba")}) {
    ids.intern(id);
  }
  Monitor monitor;
  const std::vector<uint32_t> moved = *ids.sort(monitor);
  std::vector<std::string> shown;
  for (size_t i = 0; i < ids.size(); ++i) shown.push_back(id_text(ids[i]));
  EXPECT_EQ(shown,
            (std::vector<std::string>{"-7", "7", "''", "'B'", "'b'", "'ba'", "x''", "x'ff'"}));
  EXPECT_EQ(moved[0], 6u);
  EXPECT_EQ(ids.find(text("ba")), 5u) << "the hash table follows";
}

TEST(IdTable, HoldsMany) {
  IdTable ids;
  for (int i = 0; i < 50000; ++i) ids.intern(text("work" + std::to_string(i)));
  Monitor monitor;
  ASSERT_TRUE(ids.sort(monitor).ok());
  for (int i = 0; i < 50000; i += 777) {
    const std::string id = "work" + std::to_string(i);
    ASSERT_EQ(ids[*ids.find(text(id))].bytes, id);
  }
}

TEST(IdText, Quotes) {
  EXPECT_EQ(id_text(text("it's")), "'it''s'");
  EXPECT_EQ(id_text(blob(std::string_view("\x00\x7f", 2))), "x'007f'");
}

}  // namespace
}  // namespace subjrec
