#include "core/train/composed/negative_sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace subjrec {
namespace {

std::vector<uint32_t> some_counts() {
  std::vector<uint32_t> counts;
  for (uint32_t s = 0; s < 500; ++s) counts.push_back(1 + s * s * s % 97);
  counts[7] = 90000;
  counts[400] = 5000;
  return counts;
}

TEST(SampledClasses, AreAsManyAsWanted) {
  Random random(5);
  for (const double wanted : {3.0, 40.0, 250.0, 499.0}) {
    NegativeSampler source(some_counts(), wanted);
    for (int draw = 0; draw < 20; ++draw) {
      const SampledClasses& sample = source.draw(&random);
      EXPECT_FALSE(sample.all);
      EXPECT_NEAR(static_cast<double>(sample.subjects.size()), wanted, 1.0);
      EXPECT_TRUE(std::is_sorted(sample.subjects.begin(), sample.subjects.end()));
      EXPECT_EQ(sample.log_chance.size(), sample.subjects.size());
    }
  }
}

TEST(SampledClasses, ComeAsOftenAsTheirChanceSays) {
  const std::vector<uint32_t> counts = some_counts();
  NegativeSampler source(counts, 60);
  Random random(5);
  const int draws = 20000;
  std::vector<int> times(counts.size());
  std::vector<double> chance(counts.size());
  for (int draw = 0; draw < draws; ++draw) {
    const SampledClasses& sample = source.draw(&random);
    for (size_t i = 0; i < sample.subjects.size(); ++i) {
      ++times[sample.subjects[i]];
      chance[sample.subjects[i]] = std::exp(double{sample.log_chance[i]});
    }
  }
  for (size_t s = 0; s < counts.size(); ++s) {
    EXPECT_NEAR(times[s] / static_cast<double>(draws), chance[s], 0.02) << s;
    if (chance[s] < 1) {
      EXPECT_NEAR(chance[s] / chance[0], std::sqrt((counts[s] + 1.0) / (counts[0] + 1)), 1e-5);
    }
  }
  EXPECT_EQ(chance[7], 1) << "what would come more than once comes always";
}

TEST(SampledClasses, AreAllWhereAllAreWanted) {
  NegativeSampler source({3, 1, 4}, 3);
  Random random(1);
  const SampledClasses& all = source.draw(&random);
  EXPECT_TRUE(all.all);
  EXPECT_EQ(all.subjects, (std::vector<uint32_t>{0, 1, 2}));
  EXPECT_EQ(all.log_chance, (std::vector<float>{0, 0, 0}));
}

}  // namespace
}  // namespace subjrec
