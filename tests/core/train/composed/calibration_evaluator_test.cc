#include "core/train/composed/calibration_evaluator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/train/composed/composed_trainer.h"
#include "support/monitors.h"
#include "support/planted_interactions.h"

namespace subjrec {
namespace {

constexpr size_t kWorks = 1500;
constexpr uint32_t kGroups = 5;

TrainOptions options_of(int threads) {
  TrainOptions options;
  options.algorithm = "composed";
  options.embedding_dim = 12;
  options.init_stddev = 0.7;
  options.threads = threads;
  return options;
}

/// A network as it was drawn, with its evaluator.
struct Drawn {
  TrainData data;
  TrainOptions options;
  ExampleSource examples;
  ComposedNetwork network;
  ThreadTeam team;
  CalibrationEvaluator evaluator;

  Drawn(TrainData given, int threads)
      : data(std::move(given)),
        options(options_of(threads)),
        examples(data, options),
        network(data, examples.n_inputs(), log_popularity(data.interactions.n_subjects), options),
        team(threads),
        evaluator(data, examples, network, team) {
    Monitor monitor;
    EXPECT_TRUE(network.initialise([](size_t) { return true; }, team, monitor).ok());
    EXPECT_TRUE(network.refresh(team, monitor).ok());
  }

  static std::vector<float> log_popularity(size_t n) {
    std::vector<float> log(n);
    for (size_t s = 0; s < n; ++s) log[s] = -3.0f + 0.1f * static_cast<float>(s % 7);
    return log;
  }

  /// The mean loss of the reserved pairs in double precision, their products scaled.
  double loss(double scale) const {
    double total = 0;
    for (const auto& [work, hidden] : examples.calibration_pairs()) {
      EncoderInputs work_inputs;
      examples.inputs_without(work, hidden, &work_inputs);
      const auto own = data.interactions.row(work);
      double sum = 0;
      double wanted = 0;
      for (uint32_t s = 0; s < data.interactions.n_subjects; ++s) {
        if (s != hidden && std::find(own.begin(), own.end(), s) != own.end()) continue;
        double product = 0;
        for (size_t e = 0; e < work_inputs.index.size(); ++e) {
          const float* input = network.inputs().row(work_inputs.index[e]);
          for (size_t k = 0; k < network.dim(); ++k) {
            product += double{work_inputs.coefficient[e]} * input[k] * network.subjects().row(s)[k];
          }
        }
        const double score = scale * product + network.log_popularity()[s] +
                             network.subjects().row(s)[network.dim()];
        sum += std::exp(score);
        if (s == hidden) wanted = score;
      }
      total += std::log(sum) - wanted;
    }
    return total / static_cast<double>(examples.calibration_pairs().size());
  }
};

TEST(CalibrationEvaluator, OverconfidenceIsTheSlopeOfTheReservedLoss) {
  const Drawn drawn(planted_data(kWorks, kGroups, true, 3), 2);
  ASSERT_GT(drawn.examples.calibration_pairs().size(), 32u);
  Monitor monitor;
  const auto overconfidence = drawn.evaluator.overconfidence(monitor);
  ASSERT_TRUE(overconfidence.ok());
  const double h = 1e-4;
  const double slope = (drawn.loss(1 + h) - drawn.loss(1 - h)) / (2 * h);
  EXPECT_GT(slope, 0.5) << "drawn at random, any score is too sure";
  EXPECT_NEAR(*overconfidence, slope, 1e-5 * slope);
}

TEST(CalibrationEvaluator, SaysTheSameOfOneThreadAndSeveral) {
  Monitor monitor;
  const auto one =
      Drawn(planted_data(kWorks, kGroups, true, 3), 1).evaluator.overconfidence(monitor);
  const auto three =
      Drawn(planted_data(kWorks, kGroups, true, 3), 3).evaluator.overconfidence(monitor);
  ASSERT_TRUE(one.ok() && three.ok());
  EXPECT_EQ(*one, *three);
}

TEST(CalibrationEvaluator, HasNothingToSayWithoutReservedPairs) {
  const Drawn drawn(planted_data(3, kGroups, false, 3), 1);
  ASSERT_TRUE(drawn.examples.calibration_pairs().empty());
  Monitor monitor;
  const auto overconfidence = drawn.evaluator.overconfidence(monitor);
  ASSERT_TRUE(overconfidence.ok());
  EXPECT_EQ(*overconfidence, 0);
}

TEST(CalibrationEvaluator, StopsWhenToldTo) {
  StopAtOnce stopped;
  const Drawn drawn(planted_data(kWorks, kGroups, false, 3), 2);
  EXPECT_EQ(drawn.evaluator.overconfidence(stopped).status().code(), Code::kInterrupted);
}

TEST(RaisedRegularization, GrowsWithOverconfidenceUpToOne) {
  EXPECT_EQ(raised_regularization(0.1, -3), 0.1);
  EXPECT_EQ(raised_regularization(0.1, 0.35), 0.1);
  EXPECT_NEAR(raised_regularization(0.1, 0.5), 0.2, 1e-12);
  EXPECT_NEAR(raised_regularization(0.1, 1), 0.4, 1e-12);
  EXPECT_EQ(raised_regularization(0.1, 2), 1);
  EXPECT_EQ(raised_regularization(0.1, 1e300), 1);
  EXPECT_EQ(raised_regularization(0.1, std::nan("")), 0.1) << "where the training diverged";
  EXPECT_EQ(raised_regularization(0, 5), 0);
  EXPECT_EQ(raised_regularization(3, 5), 3) << "what somebody wants, beyond one";
}

/// The values of a metric by epoch.
std::vector<double> values(const std::vector<HistoryRow>& history, std::string_view metric) {
  std::vector<double> values;
  for (const HistoryRow& row : history) {
    if (row.metric == metric) values.push_back(row.value);
  }
  return values;
}

std::vector<HistoryRow> history_of(const TrainOptions& options, const TrainData& data) {
  std::vector<HistoryRow> history;
  trained(data, options, &history);
  return history;
}

/// Subjects at random: all that can be learned is learned by heart.
TrainData noise() {
  Random random(5);
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  for (uint32_t w = 0; w < 1500; ++w) {
    for (int i = 0; i < 4; ++i) pairs.emplace_back(w, static_cast<uint32_t>(random.below(300)));
  }
  TrainData data;
  data.interactions = make_interactions(pairs, 1500, 300);
  return data;
}

TEST(ComposedRegularization, RisesWhereTrainingLearnsByHeart) {
  TrainOptions options = options_of(2);
  options.init_stddev = 0.1;
  options.learning_rate = 0.02;
  options.batch_size = 50;
  options.epochs = 12;
  options.regularization = 0.02;
  const auto history = history_of(options, noise());
  const std::vector<double> rising = values(history, "regularization");
  const std::vector<double> sure = values(history, "overconfidence");
  ASSERT_EQ(rising.size(), 11u) << "but for the last epoch, after which nothing is trained";
  ASSERT_EQ(sure.size(), 11u);
  EXPECT_EQ(rising.front(), 0.02);
  EXPECT_GT(rising.back(), 0.1);
  for (size_t e = 1; e < rising.size(); ++e) {
    EXPECT_EQ(rising[e], raised_regularization(rising[e - 1], sure[e - 1]));
  }

  options.given.insert("regularization");
  const auto given = history_of(options, noise());
  EXPECT_TRUE(values(given, "regularization").empty());
  EXPECT_TRUE(values(given, "overconfidence").empty());
  EXPECT_LT(values(given, "loss").back(), values(history, "loss").back())
      << "what is learned by heart is predicted better, where it was learned";

  options.given.clear();
  options.learning_rate = 0.01;
  EXPECT_EQ(values(history_of(options, noise()), "regularization").back(), 0.02)
      << "what has learned next to nothing is not too sure";
}

}  // namespace
}  // namespace subjrec
