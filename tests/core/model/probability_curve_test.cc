#include "core/model/probability_curve.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/base/random.h"

namespace subjrec {
namespace {

TEST(ProbabilityCurve, NoScoreBelowTheLeastIsAsProbable) {
  Random random(3);
  for (int i = 0; i < 20000; ++i) {
    ProbabilityCurve curve{0.01 + random.uniform(), 4 * random.normal()};
    double score = -3;
    double slope = curve.slope;
    for (uint64_t b = random.below(7); b > 0; --b) {
      const double next = 0.01 + random.uniform();
      curve.bends.push_back({score += random.uniform(), next - slope});
      slope = next;
    }
    const double at = 5 * random.normal();
    const double wanted = curve.probability(at);
    if (wanted > 1 - 1e-6) continue;  // hardly rises with the score any more
    const double least = curve.least_score(wanted);
    EXPECT_LE(least, at);
    EXPECT_NEAR(least, at, 1e-6 / (1 - wanted));
    EXPECT_LT(curve.probability(least - 1e-9), wanted);
  }
}

TEST(ProbabilityCurve, EndsBelowZeroAndAboveOne) {
  const ProbabilityCurve curve{1.5, -2};
  for (const double all : {0.0, -1.0, -1e300}) EXPECT_EQ(curve.least_score(all), -INFINITY);
  for (const double none : {1.001, 1e300}) EXPECT_EQ(curve.least_score(none), INFINITY);
  EXPECT_LE(curve.least_score(1), 38);  // where a probability is 1 by rounding
  EXPECT_GT(curve.least_score(1), 10);
  EXPECT_LT(curve.least_score(1e-300), -400);
}

}  // namespace
}  // namespace subjrec
