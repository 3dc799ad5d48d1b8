#include "core/data/split.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/random.h"

namespace subjrec {
namespace {

Interactions random_interactions(size_t works, size_t subjects) {
  Random random(5);
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  for (uint32_t w = 0; w < works; ++w) {
    for (uint64_t n = 1 + random.below(6); n > 0; --n) {
      pairs.emplace_back(w, static_cast<uint32_t>(random.below(subjects)));
    }
  }
  return make_interactions(pairs, works, subjects);
}

void expect_parts_of(const Interactions& y, const Split& split) {
  for (size_t w = 0; w < y.n_works; ++w) {
    const auto train = split.train.row(w);
    const auto held = split.heldout.row(w);
    std::vector<uint32_t> both(train.begin(), train.end());
    both.insert(both.end(), held.begin(), held.end());
    EXPECT_TRUE(std::is_sorted(train.begin(), train.end()));
    EXPECT_TRUE(std::is_sorted(held.begin(), held.end()));
    EXPECT_FALSE(train.empty());
    std::sort(both.begin(), both.end());
    EXPECT_TRUE(std::equal(both.begin(), both.end(), y.row(w).begin(), y.row(w).end()));
  }
  for (const uint32_t n : split.train.subject_counts()) EXPECT_GT(n, 0u);
}

TEST(HoldOut, PutsAsideTheFractionAndLeavesEveryWorkAndSubjectSomething) {
  const Interactions y = random_interactions(4000, 50);
  const Split split = hold_out(y, 0.25, 1);
  expect_parts_of(y, split);
  size_t of_works_with_two = 0;
  for (size_t w = 0; w < y.n_works; ++w) {
    if (y.row(w).size() > 1) of_works_with_two += y.row(w).size();
  }
  EXPECT_NEAR(static_cast<double>(split.heldout.nnz()) / static_cast<double>(of_works_with_two),
              0.25, 0.01);
}

TEST(HoldOut, DependsOnTheSeedAlone) {
  const Interactions y = random_interactions(300, 50);
  EXPECT_EQ(hold_out(y, 0.2, 7).heldout.subjects, hold_out(y, 0.2, 7).heldout.subjects);
  EXPECT_NE(hold_out(y, 0.2, 7).heldout.subjects, hold_out(y, 0.2, 8).heldout.subjects);
}

}  // namespace
}  // namespace subjrec
