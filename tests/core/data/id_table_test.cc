#include "core/data/id_table.h"

#include <gtest/gtest.h>

#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/base/random.h"

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

/// Ids that differ late, early, by length, by a zero byte, by sign and by kind alone.
std::vector<std::string> similar_texts(Random* random) {
  std::vector<std::string> texts;
  for (int i = 0; i < 3000; ++i) {
    std::string id(random->below(2) == 0 ? "" : "the same beginning");
    for (size_t n = random->below(12); n > 0; --n) {
      id += std::string_view("\0ab\xff", 4)[random->below(4)];
    }
    texts.push_back(id);
  }
  return texts;
}

TEST(IdTable, IsSearchedByHalvesUntilAnIdComesOutOfOrder) {
  IdTable ids;
  EXPECT_FALSE(ids.find({IdKind::kInteger, 1, {}}));
  ids.reserve(1000, 4000);
  const auto integer = [](int64_t x) { return IdView{IdKind::kInteger, x, {}}; };
  const auto text = [](std::string_view x) { return IdView{IdKind::kText, 0, x}; };
  for (int64_t x = -500; x < 500; x += 2) EXPECT_TRUE(ids.append(integer(x)));
  EXPECT_FALSE(ids.append(integer(498))) << "there already";
  EXPECT_FALSE(ids.append(integer(7))) << "below the last";
  EXPECT_TRUE(ids.append(text("a")) && ids.append(text("ab")) && ids.append(text("b")));
  const auto check = [&] {
    for (size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(ids.find(ids[i]), i);
    for (int64_t x = -501; x < 502; x += 2) EXPECT_FALSE(ids.find(integer(x)));
    EXPECT_FALSE(ids.find(text("")) || ids.find(text("aa")) || ids.find(text("c")));
    EXPECT_FALSE(ids.find({IdKind::kBlob, 0, "a"}));
  };
  check();
  EXPECT_EQ(ids.intern(text("ab")), 501u) << "is found among those that were appended";
  EXPECT_EQ(ids.intern(text("0")), 503u);
  EXPECT_FALSE(ids.append(text("z"))) << "no longer in order";
  check();
  EXPECT_EQ(ids.find(text("0")), 503u);
}

TEST(IdTable, SortsLikeASetWhateverIdsHaveInCommon) {
  Random random(7);
  const std::vector<std::string> texts = similar_texts(&random);
  std::vector<IdView> given;
  for (const std::string& id : texts) given.push_back(random.below(3) == 0 ? blob(id) : text(id));
  for (int i = 0; i < 500; ++i) given.push_back(whole(static_cast<int64_t>(random.next())));
  for (int64_t i = -3; i <= 3; ++i) given.push_back(whole(i));
  random.shuffle(std::span(given));
  IdTable ids;
  std::vector<uint32_t> positions;
  for (const IdView& id : given) positions.push_back(ids.intern(id));
  const std::set<IdView> distinct(given.begin(), given.end());
  ASSERT_EQ(ids.size(), distinct.size());

  Monitor monitor;
  for (const bool again : {false, true}) {
    const std::vector<uint32_t> moved = *ids.sort(monitor);
    size_t at = 0;
    for (const IdView& id : distinct) EXPECT_EQ(ids[at++], id);
    for (size_t i = 0; i < given.size(); ++i) {
      if (!again) {
        EXPECT_EQ(ids[moved[positions[i]]], given[i]);
      }
      ASSERT_EQ(ids[*ids.find(given[i])], given[i]);
      ASSERT_EQ(ids.intern(given[i]), *ids.find(given[i]));
    }
    for (size_t i = 0; again && i < moved.size(); ++i) ASSERT_EQ(moved[i], i);
  }
}

TEST(IdText, Quotes) {
  EXPECT_EQ(id_text(text("it's")), "'it''s'");
  EXPECT_EQ(id_text(blob(std::string_view("\x00\x7f", 2))), "x'007f'");
}

}  // namespace
}  // namespace subjrec
