#include "core/train/trial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/train/resolve_options.h"
#include "core/train/trainer.h"

namespace subjrec {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

/// Two groups of works, each with its own three subjects.
TrainData two_groups() {
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  for (uint32_t w = 0; w < 60; ++w) {
    for (uint32_t s = 0; s < 3; ++s) pairs.emplace_back(w, w % 2 * 3 + s);
  }
  TrainData data;
  data.interactions = make_interactions(pairs, 60, 6);
  return data;
}

TrainOptions options_of_test(const TrainData& data, const char* algorithm, int epochs) {
  TrainOptions options;
  options.algorithm = algorithm;
  options.embedding_dim = 4;
  options.epochs = epochs;
  options.validation = 0.4;
  options.patience = 0;
  options.given = {"algorithm", "embedding_dim", "epochs", "validation", "patience"};
  resolve_options(data, &options);
  return options;
}

/// What the same training notes when it is run by hand.
std::vector<HistoryRow> by_hand(const TrainData& data, const TrainOptions& options) {
  const auto trainer = make_validated_trainer(data, options);
  EXPECT_TRUE(trainer.ok());
  std::vector<HistoryRow> history;
  Monitor monitor;
  for (int epoch = 0; epoch < options.epochs; ++epoch) {
    EXPECT_TRUE((*trainer)->run_epoch(&history, monitor).ok());
  }
  return history;
}

TEST(Trial, FindsTheBestEpochOfWhatTrainingNotes) {
  const TrainData data = two_groups();
  for (const char* metric : {"ndcg@10", "validation_loss"}) {
    TrainOptions options = options_of_test(data, "composed", 6);
    options.validation_metric = metric;
    int64_t epoch = 0;
    double best = 0;
    for (const HistoryRow& row : by_hand(data, options)) {
      if (row.metric != metric) continue;
      const bool better = metric == std::string("ndcg@10") ? row.value > best : row.value < best;
      if (epoch != 0 && !better) continue;
      epoch = row.epoch;
      best = row.value;
    }
    Monitor monitor;
    const auto run = run_trial(data, options, nullptr, monitor);
    ASSERT_TRUE(run.ok());
    EXPECT_EQ(run->epochs, 6);
    EXPECT_EQ(run->best->epoch, epoch) << metric;
    EXPECT_EQ(run->best->value, best) << metric;
  }
}

TEST(Trial, TakesTheLastEpochOfTheNotebooksRecipe) {
  const TrainData data = two_groups();
  std::vector<double> losses;
  for (const int epochs : {2, 9}) {
    TrainOptions options = options_of_test(data, "auto", epochs);
    options.recipe = "notebook";
    resolve_options(data, &options);
    Monitor monitor;
    const auto run = run_trial(data, options, nullptr, monitor);
    ASSERT_TRUE(run.ok());
    EXPECT_EQ(run->best->epoch, epochs);
    losses.push_back(run->best->loss);
    const auto history = by_hand(data, options);
    double last = 0;
    for (const HistoryRow& row : history) {
      if (row.metric == options.validation_metric) last = row.value;
    }
    EXPECT_EQ(run->best->value, last);
  }
  EXPECT_LT(losses[1], losses[0]);
}

TEST(Trial, IsEvaluatedOnWhatIsGiven) {
  TrainData data = two_groups();
  // All six subjects fit into a list of ten; works and subjects that are not known do not.
  HeldOutPairs heldout;
  heldout.pairs = make_interactions({{0, 5}}, 60, 6);
  heldout.unknown_rows = 3;
  heldout.unknown_works = 3;
  TrainOptions options = options_of_test(data, "ials", 3);
  options.validation = 0;
  Monitor monitor;
  const auto run = run_trial(data, options, &heldout, monitor);
  ASSERT_TRUE(run.ok());
  EXPECT_EQ(run->best->recall, 0.25);
}

/// Remembers what it is told.
struct Watching : Monitor {
  void progress(double done, double total) override {
    EXPECT_GE(done, last);
    EXPECT_LE(done, total);
    EXPECT_EQ(total, 4);
    last = done;
  }
  double last = 0;
};

TEST(Trial, TellsOfItsEpochs) {
  Watching monitor;
  ASSERT_TRUE(
      run_trial(two_groups(), options_of_test(two_groups(), "bce", 4), nullptr, monitor).ok());
  EXPECT_GT(monitor.last, 3);
}

TEST(Trial, KeepsAThousandEpochsAtTheMost) {
  TrainData data = two_groups();
  Monitor monitor;
  const auto epochs_of = [&](int epochs) {
    const auto run = run_trial(data, options_of_test(data, "bce", epochs), nullptr, monitor);
    EXPECT_EQ(run->epochs, epochs);
    return run->history;
  };
  const std::string thousand = epochs_of(1000);
  EXPECT_THAT(thousand, AllOf(HasSubstr("[{\"epoch\":1,"), HasSubstr("{\"epoch\":999,"),
                              HasSubstr("{\"epoch\":1000,")));
  const std::string more = epochs_of(1003);
  EXPECT_THAT(more, AllOf(HasSubstr("[{\"epoch\":2,"), HasSubstr("{\"epoch\":1002,"),
                          Not(HasSubstr("{\"epoch\":1,")), Not(HasSubstr("{\"epoch\":1003,"))));
  EXPECT_LT(thousand.size(), 500000u);
}

TEST(Trial, EndsWhereItDiverges) {
  TrainOptions options = options_of_test(two_groups(), "composed", 6);
  options.regularization = 1e9;
  options.batch_size = 8;
  Monitor monitor;
  const auto run = run_trial(two_groups(), options, nullptr, monitor);
  ASSERT_TRUE(run.ok());
  EXPECT_EQ(run->epochs, 1);
  EXPECT_FALSE(run->best.has_value());
  EXPECT_THAT(run->history, MatchesRegex("\\[\\{\"epoch\":1,\"loss\":[^,]*\\}\\]"));
}

}  // namespace
}  // namespace subjrec
