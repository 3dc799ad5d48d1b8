#include "core/retrieval/leave_one_out.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/random.h"
#include "core/train/algorithm.h"
#include "support/monitors.h"

namespace subjrec {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Scores are by hand: two dimensions, four subjects along the axes.
Model axes() {
  Model m;
  m.kind = find_model_kind("composed");
  m.dim = 2;
  m.subjects = {1, 0, 1, 0, 0, 1, 0, 1};
  m.subject_inputs = {1, 0, 1, 0, 0, 1, 0, 1};
  m.subject_bias = {0, 0, 0, -1};
  return m;
}

TrainData rows(const std::vector<std::vector<uint32_t>>& works, size_t n_subjects) {
  TrainData data;
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  for (uint32_t w = 0; w < works.size(); ++w) {
    for (const uint32_t s : works[w]) pairs.emplace_back(w, s);
  }
  data.interactions = make_interactions(pairs, works.size(), n_subjects);
  return data;
}

std::vector<Outlier> least(const Model& model, const TrainData& data, size_t k, int threads = 1,
                           std::span<const float> shift = {}) {
  Monitor monitor;
  const auto fold = FoldIn::build(model, monitor);
  ThreadTeam team(threads);
  const auto found = LeaveOneOutScorer(model, *fold, data).least(k, shift, team, monitor);
  EXPECT_TRUE(found.ok());
  return found.ok() ? *found : std::vector<Outlier>();
}

// Subjects 0 and 1 are alike, 2 is not: on the work that carries 0 and 2, each speaks against the
// other; a subject's own vector would have made it a perfect fit.
TEST(LeaveOneOutScorer, ASubjectDoesNotSpeakForItself) {
  EXPECT_THAT(least(axes(), rows({{0, 1}, {0, 2}}, 4), 9),
              ElementsAre(Outlier{1, 0, 0}, Outlier{1, 2, 0}, Outlier{0, 0, 1}, Outlier{0, 1, 1}));
  EXPECT_THAT(least(axes(), rows({{0, 1}, {0, 2}}, 4), 1), ElementsAre(Outlier{1, 0, 0}));
}

TEST(LeaveOneOutScorer, PairsOfWhichNothingElseIsKnownAreLeftOut) {
  EXPECT_THAT(least(axes(), rows({{0}, {}}, 4), 9), IsEmpty());
}

TEST(LeaveOneOutScorer, AShiftMovesThePlaceAndNotTheScore) {
  const std::vector<float> shift = {0, 0, -2, 0};
  EXPECT_THAT(least(axes(), rows({{0, 1}, {0, 2}}, 4), 2, 1, shift),
              ElementsAre(Outlier{1, 2, 0}, Outlier{1, 0, 0}));
}

TEST(LeaveOneOutScorer, RanksAmongAllButTheOthers) {
  const Model model = axes();
  const TrainData data = rows({{0, 2}}, 4);
  Monitor monitor;
  const auto fold = FoldIn::build(model, monitor);
  const LeaveOneOutScorer left_out(model, *fold, data);
  // Without 2: scores 1, 1, 0, -1 and 0 is no candidate. Without 0: 0, 0, 1, 0 and 2 is none.
  EXPECT_EQ(*left_out.rank(0, 2, {}, monitor), 2u);
  EXPECT_EQ(*left_out.rank(0, 0, {}, monitor), 1u);
  EXPECT_EQ(*left_out.rank(0, 0, std::vector<float>{0, 0, 0, 2}, monitor), 2u);
}

class LeftOutOf : public ::testing::TestWithParam<const char*> {};

/// Every pair scored one by one, sorted.
std::vector<Outlier> brute_force(const Model& model, const TrainData& data) {
  Monitor monitor;
  const auto fold = FoldIn::build(model, monitor);
  std::vector<Outlier> all;
  std::vector<float> scores(model.n_subjects());
  for (uint32_t w = 0; w < data.interactions.n_works; ++w) {
    for (const uint32_t s : data.interactions.row(w)) {
      std::vector<uint32_t> others;
      for (const uint32_t o : data.interactions.row(w)) {
        if (o != s) others.push_back(o);
      }
      EXPECT_TRUE(fold->scores(others, {}, scores, monitor).ok());
      if (!others.empty()) all.push_back({w, s, scores[s]});
    }
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Outlier& a, const Outlier& b) { return a.score < b.score; });
  return all;
}

TEST_P(LeftOutOf, EqualsBruteForceForAnyNumberOfThreads) {
  Model model;
  model.kind = find_model_kind(GetParam());
  model.dim = 5;
  model.subjects.resize(40 * 5);
  fill_normal(model.subjects, 5, 1, 1, 0);
  model.unobserved_weight = 0.1;
  model.regularization = 0.1;
  if (model.kind->name == "composed") model.subject_inputs = model.subjects;
  if (model.kind->name == "ease") {
    model.weights = {40, 40, {0}, {}, {}};
    for (uint32_t row = 0; row < 40; ++row) {
      for (uint32_t s = 0; s < 40; s += 3) {
        model.weights.columns.push_back(s);
        model.weights.weights.push_back(s == row ? 0 : model.subjects[row * 5 + s % 5]);
      }
      model.weights.offsets.push_back(model.weights.columns.size());
    }
  }
  Random random(3, 4);
  std::vector<std::vector<uint32_t>> works(150);
  for (auto& subjects : works) {
    for (uint32_t s = 0; s < 40; ++s) {
      if (random.uniform() < 0.1) subjects.push_back(s);
    }
  }
  const TrainData data = rows(works, 40);
  const std::vector<Outlier> all = brute_force(model, data);
  for (const int threads : {1, 3}) {
    EXPECT_EQ(least(model, data, all.size() + 5, threads), all);
    EXPECT_EQ(least(model, data, 17, threads), std::vector(all.begin(), all.begin() + 17));
  }
}

INSTANTIATE_TEST_SUITE_P(Algorithms, LeftOutOf,
                         ::testing::Values("composed", "ials", "ease", "bce"));

TEST(LeaveOneOutScorer, CanBeStopped) {
  StopAtOnce stop;
  Monitor monitor;
  const Model model = axes();
  const TrainData data = rows({{0, 1}}, 4);
  const auto fold = FoldIn::build(model, monitor);
  ThreadTeam team(2);
  EXPECT_EQ(LeaveOneOutScorer(model, *fold, data).least(1, {}, team, stop).status().code(),
            Code::kInterrupted);
}

}  // namespace
}  // namespace subjrec
