#include "core/model/calibration.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/base/random.h"

namespace subjrec {
namespace {

TEST(Platt, FindsTheCurveThatMadeTheOutcomes) {
  CalibrationBins bins;
  CalibrationBins others;
  Random random(5);
  for (int i = 0; i < 200000; ++i) {
    const double score = 3 * random.normal() - 2;
    const double probability = 1 / (1 + std::exp(-(1.3 * score - 0.7)));
    (i % 2 == 0 ? bins : others).add(static_cast<float>(score), random.uniform() < probability);
  }
  bins.add(others);
  const Calibration found = bins.fit();
  EXPECT_NEAR(found.slope, 1.3, 0.03);
  EXPECT_NEAR(found.intercept, -0.7, 0.03);
}

TEST(Platt, StaysFiniteWhereScoresDecideAll) {
  CalibrationBins bins;
  for (int i = 0; i < 50; ++i) {
    bins.add(1, true);
    bins.add(-1, false);
  }
  const Calibration found = bins.fit();
  EXPECT_NEAR(1 / (1 + std::exp(-(found.slope + found.intercept))), 51.0 / 52, 1e-6);
  EXPECT_NEAR(1 / (1 + std::exp(-(-found.slope + found.intercept))), 1.0 / 52, 1e-6);
}

TEST(Platt, NeverTurnsTheRankingRound) {
  CalibrationBins bins;
  for (int i = 0; i < 50; ++i) {
    bins.add(1, false);
    bins.add(-1, true);
  }
  EXPECT_GT(bins.fit().slope, 0);
  CalibrationBins one_kind;
  one_kind.add(3, true);
  EXPECT_EQ(one_kind.fit().slope, 1);
  EXPECT_EQ(CalibrationBins().fit().intercept, 0);
}

TEST(CalibrationBins, LeaveOutWhatIsNoNumber) {
  CalibrationBins with, without;
  for (int i = 0; i < 100; ++i) {
    const auto score = static_cast<float>(i - 50);
    with.add(score, i % 3 == 0);
    without.add(score, i % 3 == 0);
    with.add(std::numeric_limits<float>::quiet_NaN(), true);
  }
  with.add(-std::numeric_limits<float>::quiet_NaN(), false);
  EXPECT_EQ(with.fit().slope, without.fit().slope);
  EXPECT_EQ(with.fit().intercept, without.fit().intercept);
}

}  // namespace
}  // namespace subjrec
