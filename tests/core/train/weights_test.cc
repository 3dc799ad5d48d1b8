// Weights of pairs in training: what they change, and what they leave as it is.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/model/fold_in.h"
#include "core/model/item_weights.h"
#include "core/train/algorithm.h"
#include "core/train/resolve_options.h"
#include "support/planted_interactions.h"

namespace subjrec {
namespace {

TrainOptions options_for(const std::string& algorithm, const TrainData& data) {
  TrainOptions options;
  options.algorithm = algorithm;
  options.embedding_dim = 12;
  options.epochs = algorithm == "bce" ? 60 : 6;
  options.batch_size = 64;
  options.learning_rate = 0.03;
  options.min_feature_works = 1;
  options.threads = 2;
  options.given = {"embedding_dim", "epochs", "batch_size", "min_feature_works", "learning_rate"};
  resolve_options(data, &options);
  return options;
}

struct Outcome {
  Model model;
  double loss = 0;  // of the last epoch
};

Outcome train(const TrainData& data, const TrainOptions& options) {
  Monitor monitor;
  std::vector<HistoryRow> history;
  auto trainer = make_trainer(data, options);
  EXPECT_TRUE(trainer.ok()) << trainer.status().message();
  for (int epoch = 0; epoch < options.epochs && !(epoch > 0 && (*trainer)->finished()); ++epoch) {
    EXPECT_TRUE((*trainer)->run_epoch(&history, monitor).ok());
  }
  auto model = (*trainer)->model(monitor);
  EXPECT_TRUE(model.ok());
  return {*std::move(model), history.empty() ? 0 : history.back().value};
}

/// 20 groups of works with three subjects A, B and C each, whose weights are 1 and these.
TrainData three_subjects(float b, float c) {
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  std::vector<float> weights;
  Random random(6);
  for (uint32_t w = 0; w < 800; ++w) {
    const uint32_t group = w % 20;
    for (uint32_t i = 0; i < 3; ++i) {
      if (random.below(5) == 0) continue;  // not every work carries all
      pairs.emplace_back(w, 3 * group + i);
      weights.push_back(std::vector<float>{1, b, c}[i]);
    }
    pairs.emplace_back(w, static_cast<uint32_t>(random.below(60)));
    weights.push_back(1);
  }
  TrainData data;
  Monitor monitor;
  data.interactions = *make_interactions(pairs, 800, 60, monitor, nullptr, weights);
  return data;
}

/// How much higher B scores than C for works that carry A, in the mean.
double margin(const TrainData& data, const std::string& algorithm) {
  const Model model = train(data, options_for(algorithm, data)).model;
  Monitor monitor;
  std::optional<Blend> blend;
  if (model.needs_catalogue()) blend = *Blend::build(model, data, monitor);
  const auto fold = FoldIn::build(model, monitor, blend ? &*blend : nullptr);
  double sum = 0;
  for (uint32_t group = 0; group < 20; ++group) {
    std::vector<float> scores(model.n_subjects());
    EXPECT_TRUE(fold->scores(std::vector<uint32_t>{3 * group}, {}, scores, monitor).ok());
    sum += double{scores[3 * group + 1]} - double{scores[3 * group + 2]};
  }
  return sum / 20;
}

class Weights : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Algorithms, Weights,
                         ::testing::Values("bce", "composed", "ials", "ease", "blend"));

TEST_P(Weights, LiftWhatTheyAreGreatOn) {
  const double heavy_b = margin(three_subjects(4, 0.25f), GetParam());
  const double heavy_c = margin(three_subjects(0.25f, 4), GetParam());
  EXPECT_GT(heavy_b, 0);
  EXPECT_LT(heavy_c, 0);
}

TEST_P(Weights, GiveTheSameBytesWithAnyThreads) {
  const TrainData data = three_subjects(3, 0.5f);
  TrainOptions options = options_for(GetParam(), data);
  options.threads = 1;
  const Outcome one = train(data, options);
  options.threads = 3;
  const Outcome three = train(data, options);
  EXPECT_EQ(one.model.works, three.model.works);
  EXPECT_EQ(one.model.subjects, three.model.subjects);
  EXPECT_EQ(one.model.weights.weights, three.model.weights.weights);
  EXPECT_EQ(one.loss, three.loss);
}

/// Every pair's weight times `factor`.
TrainData scaled(TrainData data, float factor) {
  for (float& weight : data.interactions.weights) weight *= factor;
  return data;
}

void expect_near(const std::vector<float>& a, const std::vector<float>& b, double tolerance) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], tolerance) << i;
}

TEST(ScaledWeights, ChangeNothingForComposedWhichTakesProportions) {
  const TrainData data = three_subjects(3, 0.5f);
  const TrainOptions options = options_for("composed", data);
  const Outcome one = train(data, options);
  const Outcome four = train(scaled(data, 4), options);
  EXPECT_EQ(one.model.works, four.model.works);
  EXPECT_EQ(one.model.subjects, four.model.subjects);
}

TEST(ScaledWeights, AreUndoneByTheUnobservedWeightOfIals) {
  const TrainData data = three_subjects(3, 0.5f);
  TrainOptions options = options_for("ials", data);
  options.regularization_exponent = 1;
  const Outcome one = train(data, options);
  options.unobserved_weight *= 4;
  const Outcome four = train(scaled(data, 4), options);
  expect_near(one.model.works, four.model.works, 1e-4);
  expect_near(one.model.subjects, four.model.subjects, 1e-4);
  EXPECT_NEAR(4 * one.loss, four.loss, 1e-5 * four.loss);
}

TEST(ScaledWeights, AreUndoneByTheRegularizationOfEaseAndScaleItsScores) {
  const TrainData data = three_subjects(3, 0.5f);
  TrainOptions options = options_for("ease", data);
  const Outcome one = train(data, options);
  options.regularization *= 16;
  const Outcome four = train(scaled(data, 4), options);
  expect_near(one.model.weights.weights, four.model.weights.weights, 1e-5);
  for (uint32_t s = 0; s < 60; s += 7) {
    EXPECT_NEAR(
        4 * score_subject_by_weights(one.model, data.interactions.weighted_row(5), {}, s),
        score_subject_by_weights(four.model, scaled(data, 4).interactions.weighted_row(5), {}, s),
        1e-4);
  }
}

TEST(ExtremeWeights, AreTrainedByEveryAlgorithm) {
  for (const Algorithm* algorithm : algorithms()) {
    TrainData data = three_subjects(1e4f, static_cast<float>(kLeastWeight));
    TrainOptions options = options_for(std::string(algorithm->name()), data);
    options.epochs = std::min(options.epochs, 8);
    const Outcome outcome = train(data, options);
    EXPECT_TRUE(all_finite(outcome.model)) << algorithm->name();
    EXPECT_TRUE(std::isfinite(outcome.loss)) << algorithm->name();
  }
}

TEST(WeightsOfNeighbours, SayWhichWorksAreSimilar) {
  // Works 0 .. 9 are of subject 0 above all, and have subject 2; the next ten are of 1, and have 3.
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  std::vector<float> weights;
  for (uint32_t w = 0; w < 60; ++w) {
    const auto add = [&](uint32_t subject, float weight) {
      pairs.emplace_back(w, subject);
      weights.push_back(weight);
    };
    if (w >= 20) {
      add(4 + w % 3, 1);
      continue;
    }
    const uint32_t kind = w / 10;
    add(kind, 5);
    add(1 - kind, 0.5f);
    add(2 + kind, 1);
  }
  TrainData data;
  Monitor monitor;
  data.interactions = *make_interactions(pairs, 60, 7, monitor, nullptr, weights);
  TrainOptions options = options_for("neighbours", data);
  options.neighbors = 10;
  const Model model = train(data, options).model;
  const auto blend = Blend::build(model, data, monitor);
  const auto fold = FoldIn::build(model, monitor, &*blend);
  const std::vector<uint32_t> both = {0, 1};
  for (const bool first : {true, false}) {
    const std::vector<float> asked = first ? std::vector<float>{3, 1} : std::vector<float>{1, 3};
    std::vector<float> scores(7);
    ASSERT_TRUE(fold->scores({both, asked}, {}, scores, monitor).ok());
    EXPECT_GT(scores[first ? 2 : 3], scores[first ? 3 : 2]);
  }
}

}  // namespace
}  // namespace subjrec
