#include "core/train/ease/ease_weights.h"

#include <gtest/gtest.h>

#include "core/linalg/columns.h"
#include "core/train/ease/ease_trainer.h"
#include "core/train/ease/local_ease_weights.h"
#include "support/monitors.h"
#include "support/planted_interactions.h"

namespace subjrec {
namespace {

TrainOptions ease_options() {
  TrainOptions options;
  options.algorithm = "ease";
  options.embedding_dim = 2;
  options.regularization = 5;
  options.feature_weight = 0.5;
  options.max_weights = 8;
  options.min_feature_works = 3;
  return options;
}

TEST(EaseWeights, AreThoseOfTheTrainer) {
  const TrainData data = planted_data(300, 4, true, 1);
  const TrainOptions options = ease_options();
  Monitor monitor;
  ThreadTeam team(2);
  const auto trainer = make_ease_trainer(data, options);
  const SparseRows wanted = (*trainer)->model(monitor)->weights;
  const SparseRows weights = *ease_weights(data, options, team, monitor);
  EXPECT_EQ(weights.offsets, wanted.offsets);
  EXPECT_EQ(weights.columns, wanted.columns);
  EXPECT_EQ(weights.weights, wanted.weights);
  EXPECT_GT(wanted.offsets.back(), wanted.offsets[data.interactions.n_subjects])
      << "features have weights";
}

TEST(EaseWeights, OfNeighborhoodsAreTrainedOnAllPairs) {
  const TrainData data = planted_data(300, 4, false, 1);
  TrainOptions options = ease_options();
  options.max_columns = 1;
  options.neighborhood = 5;
  Monitor monitor;
  ThreadTeam team(2);
  const SparseRows weights = *ease_weights(data, options, team, monitor);
  const SparseRows all = *subject_and_feature_columns(data.interactions, {}, 1, monitor);
  const SparseRows wanted =
      *local_ease_weights(all, data.interactions.n_subjects, 5, 5, team, monitor);
  EXPECT_EQ(weights.columns, wanted.columns);
  EXPECT_EQ(weights.weights, wanted.weights);
}

TEST(EaseWeights, StopWhenToldTo) {
  const TrainData data = planted_data(300, 4, true, 1);
  StopAtOnce monitor;
  ThreadTeam team(1);
  EXPECT_EQ(ease_weights(data, ease_options(), team, monitor).status().code(), Code::kInterrupted);
}

}  // namespace
}  // namespace subjrec
