#include "core/retrieval/popularity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/base/random.h"
#include "core/evaluate/scorer.h"

namespace subjrec {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;

Model random_model(size_t subjects) {
  Model m;
  m.dim = 3;
  m.subjects.resize(subjects * 3);
  fill_normal(m.subjects, 3, 1, 1, 0);
  m.subject_bias.assign(subjects, 0.25f);
  return m;
}

TEST(PopularityShift, IsTheLogarithmOfThePriorInTheUnitOfTheScore) {
  Model m;
  m.probability_slope = 2;
  const std::vector<int64_t> works = {8, 2, 1, 0};
  const auto quarter = static_cast<float>(std::log(4.0) / 4);
  const auto eighth = static_cast<float>(std::log(8.0) / 4);
  EXPECT_THAT(logit_adjustment(m, works, 8, 0.5),
              ElementsAre(FloatEq(0), FloatEq(quarter), FloatEq(eighth), FloatEq(eighth)));
  m.probability_slope = -3;  // of a model whose scores mean nothing
  EXPECT_THAT(logit_adjustment(m, works, 8, 1)[1], FloatEq(static_cast<float>(std::log(4.0))));
}

TEST(LogitAdjustmentCache, RanksWithTheBytesThatEvaluationUses) {
  const Model m = random_model(300);
  Model with_work = m;
  with_work.works = {0.5f, -1, 2};
  TrainData data;
  data.interactions = make_interactions({{0, 0}}, 1, 300);
  std::vector<int64_t> works(300);
  for (size_t s = 0; s < works.size(); ++s) works[s] = static_cast<int64_t>(s % 7);
  Monitor monitor;
  LogitAdjustmentCache cache;
  for (int round = 0; round < 3; ++round) {
    for (int step = 0; step < 12; ++step) {  // more values than are kept
      const double p = 0.1 + 0.08 * step;
      const auto discounted = cache.find(m, works, 100, p, 1, monitor);
      ASSERT_TRUE(discounted.ok());
      const auto shift = logit_adjustment(m, works, 100, p);
      EXPECT_EQ((*discounted)->shift, shift);
      const uint32_t work = 0;
      std::vector<float> scores(300);
      Scorer(with_work, data, shift).score({&work, 1}, scores.data());
      for (uint32_t s = 0; s < 300; ++s) {
        ASSERT_EQ((*discounted)->index.score(with_work.works, s), scores[s]);
      }
    }
  }
}

}  // namespace
}  // namespace subjrec
