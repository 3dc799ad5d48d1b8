#include "core/train/calibration_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "core/base/random.h"

namespace subjrec {
namespace {

/// Works of one to five subjects; some subjects are on one work alone.
Interactions catalogue(uint32_t n_works, uint32_t n_subjects, uint64_t seed) {
  Random random(seed);
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  for (uint32_t w = 0; w < n_works; ++w) {
    const uint64_t n = 1 + random.below(5);
    for (uint64_t i = 0; i < n; ++i) {
      pairs.emplace_back(w, static_cast<uint32_t>(random.below(n_subjects)));
    }
  }
  for (uint32_t i = 0; i < 5; ++i) pairs.emplace_back(i, n_subjects + i);
  return make_interactions(std::move(pairs), n_works, n_subjects + 5);
}

bool always(uint32_t) { return true; }
bool never(uint32_t) { return false; }

TEST(CalibrationSet, LeavesEverySubjectOnAWorkAndNoWorkInBothParts) {
  for (const uint32_t n : {8u, 60u, 300u, 3000u}) {
    const Interactions y = catalogue(n, 40, n);
    const CalibrationSet set = hold_out_for_calibration(y, 1, always);
    const Interactions part = set.training_part(y);
    size_t kept_out = set.pairs.size();
    std::set<uint32_t> works;
    for (const CalibrationPair& pair : set.pairs) {
      EXPECT_TRUE(works.insert(pair.work).second);
      const auto row = part.row(pair.work);
      EXPECT_EQ(std::find(row.begin(), row.end(), pair.subject), row.end());
      EXPECT_FALSE(row.empty()) << "something is known of the work";
    }
    for (const uint32_t w : set.cold_works) {
      EXPECT_TRUE(works.insert(w).second);
      EXPECT_TRUE(part.row(w).empty());
      kept_out += y.row(w).size();
    }
    EXPECT_EQ(part.nnz() + kept_out, y.nnz());
    const auto before = y.subject_counts();
    const auto after = part.subject_counts();
    for (size_t s = 0; s < before.size(); ++s) EXPECT_EQ(before[s] > 0, after[s] > 0) << s;
  }
}

TEST(CalibrationSet, KeepsALargerShareOutOfFewerWorks) {
  const auto pairs_of = [](uint32_t n) {
    return hold_out_for_calibration(catalogue(n, 40, n), 1, never).pairs.size();
  };
  EXPECT_GT(pairs_of(60), 5u);
  EXPECT_LE(pairs_of(60), 15u) << "a quarter at the most";
  EXPECT_NEAR(static_cast<double>(pairs_of(500)), 64, 4);
  EXPECT_NEAR(static_cast<double>(pairs_of(60000)), 1024, 4);
}

TEST(CalibrationSet, KeepsOutNoWorkOfWhichNothingElseIsKnown) {
  const Interactions y = catalogue(3000, 40, 1);
  EXPECT_TRUE(hold_out_for_calibration(y, 1, never).cold_works.empty());
  const auto even = [](uint32_t w) { return w % 2 == 0; };
  const CalibrationSet set = hold_out_for_calibration(y, 1, even);
  EXPECT_GE(set.cold_works.size(), CalibrationSet::kLeastColdWorks);
  EXPECT_TRUE(std::all_of(set.cold_works.begin(), set.cold_works.end(), even));
}

TEST(CalibrationSet, HidesOfTwoSubjectsWhereNoWorkHasThree) {
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  for (uint32_t w = 0; w < 100; ++w) {
    pairs.emplace_back(w, w % 5);
    pairs.emplace_back(w, 5 + w % 7);
  }
  const Interactions y = make_interactions(std::move(pairs), 100, 12);
  EXPECT_EQ(hold_out_for_calibration(y, 1, never).pairs.size(), 25u);
}

TEST(CalibrationSet, LeavesOneOutOfManyMoreWorksThanItKeepsOut) {
  const Interactions y = catalogue(900, 40, 1);
  const CalibrationSet set = draw_leave_one_out_set(y, 1, always);
  EXPECT_GT(set.pairs.size(), 400u);
  EXPECT_EQ(set.cold_works.size(), 512u);
}

TEST(CalibrationSet, DependsOnTheSeedAlone) {
  const Interactions y = catalogue(900, 40, 1);
  const auto works = [&](uint64_t seed) {
    std::vector<uint32_t> list;
    for (const auto& pair : hold_out_for_calibration(y, seed, always).pairs) {
      list.push_back(pair.work);
    }
    return list;
  };
  EXPECT_EQ(works(1), works(1));
  EXPECT_NE(works(1), works(2));
}

}  // namespace
}  // namespace subjrec
