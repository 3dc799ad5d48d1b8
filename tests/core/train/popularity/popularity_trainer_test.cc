#include "core/train/popularity/popularity_trainer.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/model/fold_in.h"
#include "core/retrieval/explain.h"
#include "core/train/memory.h"
#include "core/train/resolve_options.h"
#include "support/monitors.h"
#include "support/planted_interactions.h"

namespace subjrec {
namespace {

/// Four works; subjects 0, 1 and 2 on three, one and none of them.
TrainData counted() {
  TrainData data;
  data.interactions = make_interactions({{0, 0}, {1, 0}, {2, 0}, {3, 1}}, 4, 3);
  return data;
}

TrainOptions options_of(const TrainData& data) {
  TrainOptions options;
  options.algorithm = "popularity";
  resolve_options(data, &options);
  return options;
}

TEST(PopularityTrainer, ScoresTheLogOddsOfAWorkMore) {
  const TrainData data = counted();
  std::vector<HistoryRow> history;
  const auto trainer = trained(data, options_of(data), &history);
  EXPECT_TRUE(trainer->finished());
  Monitor monitor;
  const auto model = trainer->model(monitor);
  ASSERT_TRUE(model.ok());
  EXPECT_EQ(model->kind->name, "popularity");
  ASSERT_EQ(model->n_works(), 4u);
  ASSERT_EQ(model->n_subjects(), 3u);
  const double wanted[] = {3.0 / 5, 1.0 / 5, 1.0 / 5};
  for (size_t s = 0; s < 3; ++s) {
    const double score = double{model->subject_bias[s]};
    EXPECT_NEAR(1 / (1 + std::exp(-score)), wanted[s], 1e-6);
  }
  EXPECT_EQ(model->probability_slope, 1);
  EXPECT_EQ(model->probability_intercept, 0);
  const double loss =
      -(3 * std::log(0.6) + std::log(0.4) + std::log(0.2) + 3 * std::log(0.8) + 4 * std::log(0.8)) /
      12;
  ASSERT_EQ(history.size(), 1u);
  EXPECT_EQ(history[0].metric, "loss");
  EXPECT_NEAR(history[0].value, loss, 1e-9);
}

TEST(PopularityTrainer, RanksAnyWorkAlike) {
  const TrainData data = planted_data(300, 4, false, 1);
  std::vector<HistoryRow> history;
  const auto trainer = trained(data, options_of(data), &history);
  Monitor monitor;
  const auto model = trainer->model(monitor);
  ASSERT_TRUE(model.ok());
  const auto fold = FoldIn::build(*model, monitor);
  ASSERT_TRUE(fold.ok());
  std::vector<float> of_none(24), of_some(24);
  ASSERT_TRUE(fold->scores({}, {}, of_none, monitor).ok());
  ASSERT_TRUE(fold->scores(std::vector<uint32_t>{1, 7}, {}, of_some, monitor).ok());
  EXPECT_EQ(of_none, of_some);
  EXPECT_EQ(of_none, model->subject_bias);
  const std::vector<uint32_t> counts = data.interactions.subject_counts();
  for (size_t s = 1; s < 24; ++s) {
    EXPECT_EQ(counts[s - 1] < counts[s], of_none[s - 1] < of_none[s]);
  }
}

TEST(PopularityTrainer, IsExplainedByTheBiasAlone) {
  const TrainData data = counted();
  std::vector<HistoryRow> history;
  Monitor monitor;
  const auto model = trained(data, options_of(data), &history)->model(monitor);
  ASSERT_TRUE(model.ok());
  const auto parts =
      *explain(*model, std::vector<float>{0}, data.interactions.row(0), {}, 1, monitor);
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].cause, Cause::kBias);
  EXPECT_EQ(parts[0].value, double{model->subject_bias[1]});
}

TEST(PopularityTrainer, ReadsNoOptionOfOthersAndTakesLittle) {
  TrainOptions options;
  options.algorithm = "popularity";
  options.given = {"algorithm", "epochs", "validation", "seed"};
  EXPECT_TRUE(check_options(options).ok());
  options.given.insert("embedding_dim");
  EXPECT_EQ(check_options(options).message(),
            "option \"embedding_dim\" is for the algorithm \"bce\", \"composed\", \"ials\", "
            "\"ease\" or \"blend\", got \"popularity\"");
  const TrainData data = counted();
  EXPECT_EQ(training_bytes(data, options_of(data)), 4u * 7 + 8 * 3);
}

TEST(PopularityTrainer, StopsWhenAsked) {
  StopAtOnce stop;
  const TrainData data = counted();
  auto trainer = make_trainer(data, options_of(data));
  ASSERT_TRUE(trainer.ok());
  std::vector<HistoryRow> history;
  EXPECT_EQ((*trainer)->run_epoch(&history, stop).status().code(), Code::kInterrupted);
  EXPECT_EQ((*trainer)->model(stop).status().code(), Code::kInterrupted);
}

}  // namespace
}  // namespace subjrec
