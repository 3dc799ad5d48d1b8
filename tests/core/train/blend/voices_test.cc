#include "core/train/blend/voices.h"

#include <gtest/gtest.h>

#include "core/base/random.h"
#include "support/monitors.h"

namespace subjrec {
namespace {

constexpr size_t kVotes = 2;       // of kVoices: "neighbours"
constexpr size_t kPopularity = 3;  // "popularity"

TermWeights all(double value) {
  TermWeights weights;
  weights.fill(value);
  return weights;
}

/// Twenty alternatives of which the votes find the right one four times in five.
std::vector<Choice> found_by_votes(size_t n) {
  Random random(3);
  std::vector<Choice> choices(n);
  for (Choice& choice : choices) {
    choice.alternatives.resize(20);
    for (BlendTerms& terms : choice.alternatives) {
      for (float& term : terms) term = static_cast<float>(random.normal());
      terms[4] = terms[5] = 0;
    }
    const auto voted = static_cast<size_t>(random.uniform() * 20);
    choice.alternatives[voted][4] = choice.alternatives[voted][5] = 1;
    choice.chosen = random.uniform() < 0.8 ? voted : (voted + 1) % 20;
  }
  return choices;
}

VoiceLosses compared(const std::vector<Choice>& choices, double prior = 0, double precision = 1,
                     int threads = 1) {
  Monitor monitor;
  ThreadTeam team(threads);
  const TermWeights before = all(prior);
  const TermWeights held = all(precision);
  const TermWeights fitted = *fit_conditional_logit(choices, before, held, team, monitor);
  return *compare_voices(choices, fitted, before, held, team, monitor);
}

TEST(Voices, ABlendIsKeptWhereOthersAddSomething) {
  std::vector<Choice> choices = found_by_votes(400);
  for (Choice& choice : choices) choice.alternatives[choice.chosen][1] += 0.5f;
  const VoiceLosses losses = compared(choices);
  EXPECT_FALSE(losses.best);
  EXPECT_LT(losses.blend, losses.alone[kVotes]);
  EXPECT_GT(losses.alone[kPopularity], losses.alone[kVotes] + 1);
}

TEST(Voices, OneAloneIsChosenWhereTheOthersSayLessThanIsUsual) {
  const VoiceLosses losses = compared(found_by_votes(40), 2, 10);
  ASSERT_TRUE(losses.best);
  EXPECT_EQ(*losses.best, kVotes);
  EXPECT_LT(losses.alone[kVotes], losses.blend);
  for (size_t t = 0; t < kBlendTerms; ++t) {
    EXPECT_EQ(losses.weights[t] != 0, kVoices[kVotes].speaks[t]) << t;
  }
}

TEST(Voices, AreTheSameForAnyNumberOfThreads) {
  const std::vector<Choice> choices = found_by_votes(300);
  const VoiceLosses one = compared(choices, 0, 1, 1);
  const VoiceLosses three = compared(choices, 0, 1, 3);
  EXPECT_EQ(one.blend, three.blend);
  EXPECT_EQ(one.alone, three.alone);
}

TEST(Voices, CanBeStopped) {
  StopAtOnce monitor;
  ThreadTeam team(1);
  EXPECT_FALSE(compare_voices(found_by_votes(40), all(0), all(0), all(1), team, monitor).ok());
}

}  // namespace
}  // namespace subjrec
