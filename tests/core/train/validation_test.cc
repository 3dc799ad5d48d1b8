#include "core/train/validation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>

namespace subjrec {
namespace {

/// Two groups of works, each with its own two subjects.
TrainData two_groups() {
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  for (uint32_t w = 0; w < 40; ++w) {
    pairs.emplace_back(w, w % 2 * 2);
    pairs.emplace_back(w, w % 2 * 2 + 1);
  }
  TrainData data;
  data.interactions = make_interactions(pairs, 40, 4);
  return data;
}

/// The model of epoch e knows the group of the first `known[e - 1]` works and is wrong of others.
class Scripted : public Trainer {
 public:
  Scripted(const TrainData& data, std::vector<size_t> known)
      : data_(data), known_(std::move(known)) {}

  Result<double> run_epoch(std::vector<HistoryRow>* history, Monitor&) override {
    ++epoch_;
    history->push_back({epoch_ * 10, epoch_, "loss", 0.5});
    return 0.5;
  }
  Result<Model> model(Monitor&) override {
    Model m;
    m.dim = 1;
    m.subjects = {1, 1, -1, -1};
    for (size_t w = 0; w < data_.interactions.n_works; ++w) {
      const float right = w % 2 == 0 ? 1.0f : -1.0f;
      m.works.push_back(w < known_[static_cast<size_t>(epoch_) - 1] ? right : -right);
    }
    m.probability_slope = static_cast<double>(epoch_);  // says which epoch it is
    return m;
  }

 private:
  const TrainData& data_;
  std::vector<size_t> known_;
  int64_t epoch_ = 0;
};

std::unique_ptr<Trainer> scripted(const TrainData& data, const TrainOptions& options,
                                  std::vector<size_t> known) {
  auto trainer = ValidatedTrainer::make(data, options, [&](const TrainData& rest) {
    EXPECT_LT(rest.interactions.nnz(), data.interactions.nnz());
    return Result<std::unique_ptr<Trainer>>(std::make_unique<Scripted>(rest, known));
  });
  EXPECT_TRUE(trainer.ok());
  return std::move(*trainer);
}

TrainOptions options_of_test() {
  TrainOptions options;
  options.validation = 0.4;
  options.patience = 2;
  options.validation_metric = "mrr@10";
  return options;
}

TEST(ValidatedTrainer, StopsEarlyAndKeepsTheBestEpoch) {
  const TrainData data = two_groups();
  const auto trainer = scripted(data, options_of_test(), {10, 40, 30, 20, 40});
  std::vector<HistoryRow> history;
  Monitor monitor;
  int epochs = 0;
  while (!trainer->finished()) {
    ASSERT_TRUE(trainer->run_epoch(&history, monitor).ok());
    ASSERT_LT(++epochs, 10);
  }
  EXPECT_EQ(epochs, 4);
  EXPECT_EQ(trainer->model(monitor)->probability_slope, 2);
  std::map<std::string, std::vector<double>> values;
  for (const HistoryRow& row : history) {
    EXPECT_EQ(row.step, row.epoch * 10);
    values[row.metric].push_back(row.value);
  }
  EXPECT_EQ(values["mrr@10"][1], 1);
  EXPECT_LT(values["mrr@10"][2], 1);
  EXPECT_GT(values["mrr@10"][2], values["mrr@10"][3]);
  for (const char* metric : {"recall@10", "ndcg@10", "auc", "validation_loss", "loss"}) {
    EXPECT_EQ(values[metric].size(), 4u) << metric;
  }
}

TEST(ValidatedTrainer, NeverStopsWithoutPatience) {
  const TrainData data = two_groups();
  TrainOptions options = options_of_test();
  options.patience = 0;
  const auto trainer = scripted(data, options, {40, 30, 20, 10, 0});
  std::vector<HistoryRow> history;
  Monitor monitor;
  for (int epoch = 0; epoch < 5; ++epoch) {
    EXPECT_FALSE(trainer->finished());
    ASSERT_TRUE(trainer->run_epoch(&history, monitor).ok());
  }
  EXPECT_FALSE(trainer->finished());
  EXPECT_EQ(trainer->model(monitor)->probability_slope, 1);
}

TEST(ValidatedTrainer, TakesTheLastEpochOfTheNotebooksRecipe) {
  const TrainData data = two_groups();
  TrainOptions options = options_of_test();
  options.recipe = "notebook";
  options.patience = 0;
  const auto trainer = scripted(data, options, {40, 30, 20});
  std::vector<HistoryRow> history;
  Monitor monitor;
  for (int epoch = 0; epoch < 3; ++epoch) ASSERT_TRUE(trainer->run_epoch(&history, monitor).ok());
  EXPECT_EQ(trainer->model(monitor)->probability_slope, 3);
}

TEST(ValidatedTrainer, MinimisesTheValidationLoss) {
  const TrainData data = two_groups();
  TrainOptions options = options_of_test();
  options.validation_metric = "validation_loss";
  const auto trainer = scripted(data, options, {20, 40, 10});
  std::vector<HistoryRow> history;
  Monitor monitor;
  for (int epoch = 0; epoch < 3; ++epoch) ASSERT_TRUE(trainer->run_epoch(&history, monitor).ok());
  EXPECT_EQ(trainer->model(monitor)->probability_slope, 2);
}

TEST(ValidatedTrainer, SaysThatThereIsNothingToHoldOut) {
  TrainData data;
  data.interactions = make_interactions({{0, 0}, {1, 0}}, 2, 1);
  const auto trainer = ValidatedTrainer::make(data, options_of_test(), [](const TrainData&) {
    return Result<std::unique_ptr<Trainer>>(nullptr);
  });
  EXPECT_EQ(trainer.status().code(), Code::kInvalid);
  EXPECT_THAT(trainer.status().message(), testing::HasSubstr("\"validation\""));
}

/// A model that is right at first and no number afterwards.
class Diverging : public Scripted {
 public:
  using Scripted::Scripted;
  Result<Model> model(Monitor& monitor) override {
    SUBJREC_ASSIGN(Model m, Scripted::model(monitor));
    if (m.probability_slope > 2) m.works[3] = std::numeric_limits<float>::quiet_NaN();
    return m;
  }
};

TEST(ValidatedTrainer, KeepsTheBestEpochBeforeItDiverged) {
  const TrainData data = two_groups();
  for (const char* metric : {"mrr@10", "validation_loss"}) {
    TrainOptions options = options_of_test();
    options.validation_metric = metric;
    const auto trainer = ValidatedTrainer::make(data, options, [&](const TrainData& rest) {
      return Result<std::unique_ptr<Trainer>>(
          std::make_unique<Diverging>(rest, std::vector<size_t>{10, 40, 40, 40}));
    });
    ASSERT_TRUE(trainer.ok());
    std::vector<HistoryRow> history;
    Monitor monitor;
    for (int epoch = 0; epoch < 3; ++epoch) {
      EXPECT_FALSE((*trainer)->finished());
      ASSERT_TRUE((*trainer)->run_epoch(&history, monitor).ok());
    }
    EXPECT_TRUE((*trainer)->finished());
    EXPECT_EQ(history.back().metric, "loss") << "the third epoch is not evaluated";
    EXPECT_EQ((*trainer)->model(monitor)->probability_slope, 2);
  }
}

}  // namespace
}  // namespace subjrec
