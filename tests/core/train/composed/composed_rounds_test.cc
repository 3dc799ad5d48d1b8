#include "core/train/composed/composed_rounds.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/data/shard.h"

namespace subjrec {
namespace {

/// Rows of one float: the value, with moments of a tenth and a hundredth of it.
ChangedRows rows_of(const std::vector<std::pair<uint32_t, float>>& rows) {
  ChangedRows changed;
  for (const auto& [row, value] : rows) {
    changed.rows.push_back(row);
    changed.value.push_back(value);
    changed.first.push_back(value / 10);
    changed.second.push_back(value / 100);
  }
  return changed;
}

TEST(RowMerge, AddsTheChangesOverTheRootOfThoseThatTouchedARow) {
  Monitor monitor;
  SparseAdam table(4, 1);
  ASSERT_TRUE(table.allocate(monitor).ok());
  table.value = {1, 2, 3, 4};
  table.first = {7, 7, 7, 7};
  const ChangedRows one = rows_of({{0, 2}, {1, 4}, {3, 8}});
  const ChangedRows two = rows_of({{1, 5}});
  const ChangedRows three = rows_of({{0, 4}, {1, 6}});
  SparseAdam copy = table;
  RowMerge merge;
  for (const ChangedRows* shard : {&one, &two, &three}) {
    ASSERT_TRUE(merge.add(*shard, table, monitor).ok());
  }
  ASSERT_TRUE(merge.apply(&table, &copy, monitor).ok());
  EXPECT_EQ(copy.value, table.value);
  EXPECT_EQ(copy.first, table.first);
  EXPECT_EQ(copy.second, table.second);
  // Two touched the first row, three the second, nobody the third, and one the last.
  EXPECT_FLOAT_EQ(table.value[0], static_cast<float>(1 + (1 + 3) / std::sqrt(2.0)));
  EXPECT_FLOAT_EQ(table.value[1], static_cast<float>(2 + (2 + 3 + 4) / std::sqrt(3.0)));
  EXPECT_FLOAT_EQ(table.value[2], 3);
  EXPECT_FLOAT_EQ(table.value[3], 8);
  // Moments are means.
  EXPECT_FLOAT_EQ(table.first[0], 0.3f);
  EXPECT_FLOAT_EQ(table.first[1], 0.5f);
  EXPECT_FLOAT_EQ(table.first[2], 7);
  EXPECT_FLOAT_EQ(table.second[3], 0.08f);
}

TEST(RowMerge, ForgetsARoundThatIsOver) {
  Monitor monitor;
  SparseAdam table(2, 1);
  ASSERT_TRUE(table.allocate(monitor).ok());
  RowMerge merge;
  ASSERT_TRUE(merge.add(rows_of({{0, 1}, {1, 2}}), table, monitor).ok());
  ASSERT_TRUE(merge.apply(&table, nullptr, monitor).ok());
  EXPECT_EQ(table.value, (std::vector<float>{1, 2}));
  ASSERT_TRUE(merge.add(rows_of({{1, 5}}), table, monitor).ok());
  ASSERT_TRUE(merge.apply(&table, nullptr, monitor).ok());
  EXPECT_EQ(table.value, (std::vector<float>{1, 5}));
  EXPECT_FLOAT_EQ(table.second[1], 0.05f);
}

TEST(ShardOf, SpreadsWorksEvenly) {
  std::vector<size_t> works(7, 0);
  for (uint64_t key = 0; key < 7000; ++key) ++works[shard_of(splitmix64(key), 7)];
  for (const size_t n : works) {
    EXPECT_GT(n, 880u);
    EXPECT_LT(n, 1120u);
  }
}

}  // namespace
}  // namespace subjrec
