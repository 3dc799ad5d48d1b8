#include "core/model/calibration.h"

#include <gtest/gtest.h>

#include <algorithm>
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
  for (const double score : {-4.0, -2.0, 0.0, 2.0, 4.0}) {
    EXPECT_NEAR(found.curve.probability(score), 1 / (1 + std::exp(-(1.3 * score - 0.7))), 0.02);
  }
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

TEST(Platt, FollowsTheScaleOfTheScores) {
  for (const double scale : {1e-9, 1e-3, 1.0, 1e4, 1e12}) {
    CalibrationBins bins;
    Random random(5);
    for (int i = 0; i < 200000; ++i) {
      const double score = random.normal() - 2;
      const double probability = 1 / (1 + std::exp(-(1.3 * score - 0.7)));
      bins.add(static_cast<float>(scale * score), random.uniform() < probability);
    }
    const Calibration found = bins.fit();
    EXPECT_NEAR(found.slope * scale, 1.3, 0.04) << scale;
    EXPECT_NEAR(found.intercept, -0.7, 0.06) << scale;
  }
}

TEST(CalibrationCurve, BendsWhereOneSlopeDoesNotDo) {
  CalibrationBins bins;
  Random random(3);
  const auto truth = [](double score) {
    return 1 / (1 + std::exp(-(score < 0 ? 3 * score : 0.3 * score) + 1));
  };
  for (int i = 0; i < 100000; ++i) {
    const double score = 4 * random.uniform() - 2;
    bins.add(static_cast<float>(score), random.uniform() < truth(score));
  }
  const Calibration found = bins.fit();
  EXPECT_GE(found.curve.bends.size(), 2u);
  double worst = 0;
  double worst_of_line = 0;
  for (double score = -2; score <= 2; score += 0.05) {
    const ProbabilityCurve line{.slope = found.slope, .intercept = found.intercept};
    worst = std::max(worst, std::fabs(found.curve.probability(score) - truth(score)));
    worst_of_line = std::max(worst_of_line, std::fabs(line.probability(score) - truth(score)));
  }
  EXPECT_LT(worst, 0.03);
  EXPECT_GT(worst_of_line, 0.06);
}

TEST(CalibrationCurve, BendsByAsFewAsASmallCatalogueHas) {
  CalibrationBins bins;
  Random random(3);
  const auto truth = [](double score) { return score < 0 ? 0.002 : 0.002 + 0.1 * score; };
  int positives = 0;
  for (int i = 0; positives < 60; ++i) {
    const double score = 4 * random.uniform() - 3;
    const bool positive = random.uniform() < truth(score);
    bins.add(static_cast<float>(score), positive);
    positives += positive ? 1 : 0;
  }
  const Calibration found = bins.fit();
  EXPECT_GE(found.curve.bends.size(), 1u);
  const ProbabilityCurve line{.slope = found.slope, .intercept = found.intercept};
  const auto error = [&](const ProbabilityCurve& curve) {
    double sum = 0;
    for (double score = -3; score < 1; score += 0.01) {
      sum += std::fabs(curve.probability(score) - truth(score)) / 400;
    }
    return sum;
  };
  EXPECT_LT(error(found.curve), 0.9 * error(line));
}

TEST(CalibrationCurve, RisesEverywhere) {
  CalibrationBins bins;
  Random random(3);
  for (int i = 0; i < 20000; ++i) {  // the chance falls between 0 and 1, and rises elsewhere
    const double score = 4 * random.uniform() - 2;
    const double chance = score < 0 ? 0.5 + score / 5 : (score < 1 ? 0.5 - score / 3 : score / 2.5);
    bins.add(static_cast<float>(score), random.uniform() < chance);
  }
  const ProbabilityCurve curve = bins.fit().curve;
  for (double score = -3; score < 3; score += 0.01) {
    EXPECT_GT(curve.logit(score + 0.01), curve.logit(score)) << score;
  }
}

TEST(CalibrationBins, AddUpToTheSameInPartsOfAnyScale) {
  CalibrationBins whole;
  CalibrationBins small;
  CalibrationBins large;
  for (int i = 1; i < 2000; ++i) {
    const float score = static_cast<float>(i) * (i % 2 == 0 ? 1e-5f : 1.0f);
    whole.add(score, i % 3 == 0);
    (i % 2 == 0 ? small : large).add(score, i % 3 == 0);
  }
  small.add(large);
  EXPECT_EQ(small.positives(), whole.positives());
  EXPECT_NEAR(small.fit().slope, whole.fit().slope, 1e-9);
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
