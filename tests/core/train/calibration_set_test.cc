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

/// Works in three parts, as shards would find them.
TEST(HoldOutByKey, DrawsTheSameFromThePartsAsFromTheWhole) {
  const Interactions y = catalogue(900, 40, 700);
  std::vector<uint64_t> keys(y.n_works);
  for (size_t w = 0; w < keys.size(); ++w) keys[w] = w * 7919 + 13;
  const auto even = [](uint32_t w) { return w % 2 == 0; };
  const auto none = [](uint32_t) { return false; };
  CalibrationCandidates parts;
  for (uint32_t part = 0; part < 3; ++part) {
    Interactions some = y;
    some.subjects.clear();
    for (uint32_t w = 0; w < y.n_works; ++w) {
      const auto row = y.row(w);
      some.offsets[w] = some.subjects.size();
      if (w % 3 == part) some.subjects.insert(some.subjects.end(), row.begin(), row.end());
    }
    some.offsets[y.n_works] = some.subjects.size();
    CalibrationCandidates found = find_calibration_candidates(some, keys, 1, even);
    for (auto* list : {&found.three, &found.two, &found.known}) {
      for (auto& work : *list) work.subjects = y.row(work.work);
    }
    parts.add(found);
  }
  parts.sort();
  const CalibrationSet set =
      hold_out_by_key(find_calibration_candidates(y, keys, 1, even), y.subject_counts());
  const CalibrationSet of_parts = hold_out_by_key(parts, y.subject_counts());
  EXPECT_FALSE(set.pairs.empty());
  EXPECT_FALSE(set.cold_works.empty());
  EXPECT_EQ(of_parts.cold_works, set.cold_works);
  ASSERT_EQ(of_parts.pairs.size(), set.pairs.size());
  for (size_t i = 0; i < set.pairs.size(); ++i) {
    EXPECT_EQ(of_parts.pairs[i].work, set.pairs[i].work);
    EXPECT_EQ(of_parts.pairs[i].subject, set.pairs[i].subject);
  }
  // Every subject stays on some work, and another seed draws others.
  const Interactions left = set.training_part(y);
  for (const uint32_t count : left.subject_counts()) EXPECT_GT(count, 0u);
  EXPECT_NE(
      hold_out_by_key(find_calibration_candidates(y, keys, 2, even), y.subject_counts()).cold_works,
      set.cold_works);
  EXPECT_TRUE(hold_out_by_key(find_calibration_candidates(y, keys, 1, none), y.subject_counts())
                  .cold_works.empty());
}

}  // namespace
}  // namespace subjrec
