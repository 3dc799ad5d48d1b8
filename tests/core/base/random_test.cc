#include "core/base/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace subjrec {
namespace {

TEST(Random, IsTheSameForEver) {
  Random random(7, 1);
  const uint64_t first = random.next();
  EXPECT_EQ(Random(7, 1).next(), first);
  EXPECT_NE(Random(7, 2).next(), first);
  EXPECT_NE(Random(8, 1).next(), first);
}

TEST(Random, BelowIsUniform) {
  Random random(1);
  std::vector<int> counts(7);
  for (int i = 0; i < 70000; ++i) ++counts[random.below(7)];
  for (const int count : counts) EXPECT_NEAR(count, 10000, 400);
}

TEST(Random, NormalHasItsMoments) {
  std::vector<float> x(200000);
  fill_normal(x, 10, 2.0f, 3, 1);
  double mean = 0;
  double square = 0;
  double fourth = 0;
  int beyond = 0;
  for (const float v : x) {
    mean += v;
    square += double{v} * v;
    fourth += std::pow(v, 4);
    if (std::fabs(v) > 2 * 1.959964) ++beyond;
  }
  const auto n = static_cast<double>(x.size());
  EXPECT_NEAR(mean / n, 0, 0.02);
  EXPECT_NEAR(square / n, 4, 0.05);
  EXPECT_NEAR(fourth / n, 48, 1.5);
  EXPECT_NEAR(beyond / n, 0.05, 0.002);
}

TEST(Random, RowsDoNotDependOnTheirNeighbours) {
  std::vector<float> all(30);
  fill_normal(all, 3, 1.0f, 5, 2);
  std::vector<float> fewer(15);
  fill_normal(fewer, 3, 1.0f, 5, 2);
  for (size_t i = 0; i < fewer.size(); ++i) EXPECT_EQ(all[i], fewer[i]);
}

TEST(Random, ShuffleIsAPermutation) {
  std::vector<int> items{0, 1, 2, 3, 4, 5, 6, 7};
  Random(11).shuffle(std::span(items));
  std::vector<bool> seen(items.size());
  for (const int i : items) seen[static_cast<size_t>(i)] = true;
  for (const bool s : seen) EXPECT_TRUE(s);
}

// Where n does not divide 2^64 by far, every other number that is drawn has to be drawn again.
TEST(Random, BelowALargeNumberIsUniform) {
  Random random(3);
  const uint64_t n = (uint64_t{1} << 63) + (uint64_t{1} << 62);
  int thirds[3] = {};
  for (int i = 0; i < 30000; ++i) {
    const uint64_t x = random.below(n);
    ASSERT_LT(x, n);
    ++thirds[x / (uint64_t{1} << 62)];
  }
  for (const int count : thirds) EXPECT_NEAR(count, 10000, 400);
}

}  // namespace
}  // namespace subjrec
