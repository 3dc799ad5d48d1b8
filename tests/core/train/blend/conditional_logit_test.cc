#include "core/train/blend/conditional_logit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/random.h"

namespace subjrec {
namespace {

constexpr TermWeights kTrue = {1.2, 0.3, -0.8, 0.5, 0.9, -0.4};

/// Choices drawn from the model itself.
std::vector<Choice> drawn(size_t n) {
  Random random(7);
  std::vector<Choice> choices(n);
  for (Choice& choice : choices) {
    choice.alternatives.resize(20);
    double total = 0;
    std::vector<double> odds;
    for (BlendTerms& terms : choice.alternatives) {
      double utility = 0;
      for (size_t t = 0; t < kBlendTerms; ++t) {
        terms[t] = static_cast<float>(random.normal());
        utility += kTrue[t] * double{terms[t]};
      }
      odds.push_back(std::exp(utility));
      total += odds.back();
    }
    double left = random.uniform() * total;
    while (left >= odds[choice.chosen] && choice.chosen + 1 < odds.size()) {
      left -= odds[choice.chosen++];
    }
  }
  return choices;
}

TermWeights fitted(const std::vector<Choice>& choices, double precision, int threads = 1) {
  Monitor monitor;
  ThreadTeam team(threads);
  TermWeights all;
  all.fill(precision);
  return *fit_conditional_logit(choices, {1, 0, 0, 0, 0, 0}, all, team, monitor);
}

TEST(ConditionalLogit, FindsTheWeightsThatDrew) {
  const TermWeights w = fitted(drawn(4000), 1);
  for (size_t t = 0; t < kBlendTerms; ++t) EXPECT_NEAR(w[t], kTrue[t], 0.1);
}

TEST(ConditionalLogit, KeepsToThePriorWhereNothingSpeaksAgainstIt) {
  EXPECT_EQ(fitted({}, 1), (TermWeights{1, 0, 0, 0, 0, 0}));
  std::vector<Choice> choices = drawn(500);
  for (Choice& choice : choices) {
    for (BlendTerms& terms : choice.alternatives) terms[3] = 2;  // the same for all
  }
  EXPECT_NEAR(fitted(choices, 1)[3], 0, 1e-9);
}

TEST(ConditionalLogit, StaysFiniteWhereATermDecides) {
  std::vector<Choice> choices = drawn(100);
  for (Choice& choice : choices) {
    for (size_t a = 0; a < 20; ++a) choice.alternatives[a][5] = a == choice.chosen ? 1 : 0;
  }
  const double w = fitted(choices, 1)[5];
  EXPECT_TRUE(std::isfinite(w));
  EXPECT_GT(w, 2);
}

TEST(ConditionalLogit, LossesOfWhatIsLeftOutAreThoseOfAFitWithoutIt) {
  const std::vector<Choice> choices = drawn(60);
  Monitor monitor;
  ThreadTeam team(1);
  TermWeights precision;
  precision.fill(2);
  const std::vector<double> losses =
      *left_out_losses(choices, fitted(choices, 2), precision, team, monitor);
  ASSERT_EQ(losses.size(), choices.size());
  double seen = 0;
  for (size_t c = 0; c < choices.size(); ++c) {
    const auto loss = [&](const TermWeights& w) {
      double total = 0;
      for (const BlendTerms& terms : choices[c].alternatives) total += std::exp(dot(terms, w));
      return std::log(total) - dot(choices[c].alternatives[choices[c].chosen], w);
    };
    std::vector<Choice> others = choices;
    others.erase(others.begin() + static_cast<ptrdiff_t>(c));
    const double left_out = loss(fitted(others, 2));
    seen = std::max(seen, std::fabs(left_out - loss(fitted(choices, 2))));
    EXPECT_NEAR(losses[c], left_out, 0.02);
  }
  EXPECT_GT(seen, 0.2);  // of those that are not left out
}

TEST(ConditionalLogit, IsTheSameForAnyNumberOfThreads) {
  const std::vector<Choice> choices = drawn(300);
  EXPECT_EQ(fitted(choices, 1, 1), fitted(choices, 1, 3));
}

}  // namespace
}  // namespace subjrec
