#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/evaluate/ranks.h"
#include "core/train/calibration_set.h"
#include "core/train/resolve_options.h"
#include "core/train/trainer.h"
#include "support/planted_interactions.h"

namespace subjrec {
namespace {

constexpr size_t kWorks = 1200;

TrainData without(const TrainData& all, const CalibrationSet& kept_out) {
  TrainData data = all;
  data.interactions = kept_out.training_part(all.interactions);
  return data;
}

Model neighbours_of(const TrainData& data) {
  TrainOptions options;
  options.algorithm = "neighbours";
  resolve_options(data, &options);
  Monitor monitor;
  auto trainer = make_trainer(data, options);
  EXPECT_TRUE(trainer.ok());
  std::vector<HistoryRow> history;
  EXPECT_TRUE((*trainer)->run_epoch(&history, monitor).ok());
  return *(*trainer)->model(monitor);
}

TEST(Neighbours, AreCalibratedByEveryWorkThatCanLackASubject) {
  const TrainData data = planted_data(kWorks, 8, true, 3);
  const Model model = neighbours_of(data);
  size_t works = 0;
  for (size_t w = 0; w < kWorks; ++w) works += data.interactions.row(w).size() >= 3 ? 1 : 0;
  EXPECT_EQ(model.calibration_pairs, std::min<size_t>(works, 4096));
  EXPECT_GT(model.calibration_works, kWorks / 2);
}

// Of the suggestions that are said to be right with a probability, about as many are right.
TEST(Neighbours, SayHowOftenTheyAreRight) {
  double distance = 0;
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    const TrainData all = planted_data(kWorks, 8, false, seed);
    const CalibrationSet hidden =
        hold_out_for_calibration(all.interactions, seed, [](uint32_t) { return false; });
    const TrainData data = without(all, hidden);
    std::vector<std::pair<uint32_t, uint32_t>> pairs;
    for (const CalibrationPair& pair : hidden.pairs) pairs.emplace_back(pair.work, pair.subject);
    const Interactions heldout =
        make_interactions(pairs, data.interactions.n_works, data.interactions.n_subjects);
    ThreadTeam team(2);
    Monitor monitor;
    const auto ranks = rank_heldout(neighbours_of(data), data, heldout, {}, 5, team, monitor);
    ASSERT_TRUE(ranks.ok());
    double said = 0;
    double right = 0;
    for (size_t i = 0; i < ranks->works.size(); ++i) {
      for (size_t j = 0; j < ranks->list_lengths[i]; ++j) {
        said += ranks->probabilities[i * 5 + j];
        right += ranks->lists[i * 5 + j] == heldout.row(ranks->works[i])[0] ? 1 : 0;
      }
    }
    distance += std::fabs(said - right) / right / 4;
  }
  EXPECT_LT(distance, 0.15);
}

}  // namespace
}  // namespace subjrec
