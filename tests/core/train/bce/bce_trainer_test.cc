#include "core/train/bce/bce_trainer.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "core/base/random.h"
#include "core/simd/isa.h"
#include "support/monitors.h"
#include "support/planted_interactions.h"
#include "support/set_active_isa.h"

namespace subjrec {
namespace {

/// Works of two kinds, whose subjects come from two halves.
TrainData two_kinds(uint32_t n_works, uint32_t n_subjects, uint64_t seed) {
  Random random(seed);
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  for (uint32_t w = 0; w < n_works; ++w) {
    const uint64_t half = n_subjects / 2;
    const uint64_t first = w % 2 * half;
    for (uint64_t n = 1 + random.below(5); n > 0; --n) {
      pairs.emplace_back(w, static_cast<uint32_t>(first + random.below(half)));
    }
  }
  TrainData data;
  data.interactions = make_interactions(pairs, n_works, n_subjects);
  return data;
}

TrainOptions options_for_two_kinds() {
  TrainOptions options;
  options.algorithm = "bce";
  options.embedding_dim = 10;
  options.batch_size = 70;
  options.epochs = 4;
  options.threads = 1;
  return options;
}

struct Outcome {
  std::vector<HistoryRow> history;
  Model model;
};

Outcome train(const TrainData& data, const TrainOptions& options, bool look_between = false) {
  Monitor monitor;
  auto trainer = make_trainer(data, options);
  EXPECT_TRUE(trainer.ok());
  Outcome outcome;
  for (int epoch = 0; epoch < options.epochs; ++epoch) {
    EXPECT_TRUE((*trainer)->run_epoch(&outcome.history, monitor).ok());
    if (look_between) {
      EXPECT_TRUE((*trainer)->model(monitor).ok());
    }
  }
  auto model = (*trainer)->model(monitor);
  EXPECT_TRUE(model.ok());
  outcome.model = std::move(*model);
  return outcome;
}

void expect_same(const Outcome& a, const Outcome& b) {
  EXPECT_EQ(a.model.works, b.model.works);
  EXPECT_EQ(a.model.subjects, b.model.subjects);
  ASSERT_EQ(a.history.size(), b.history.size());
  for (size_t i = 0; i < a.history.size(); ++i) {
    EXPECT_EQ(a.history[i].value, b.history[i].value) << i;
  }
}

TEST(BceTrainer, GivesTheSameBytesWithAnyThreads) {
  const TrainData data = two_kinds(1000, 600, 3);
  TrainOptions options = options_for_two_kinds();
  const Outcome one = train(data, options);
  for (const int threads : {2, 3}) {
    options.threads = threads;
    expect_same(one, train(data, options));
  }
}

TEST(BceTrainer, GivesTheSameBytesOnAnyInstructionSet) {
  TrainData data = two_kinds(500, 301, 3);
  const Isa before = active_isa();
  for (const int dim : {1, 10, 17}) {
    if (dim == 17) weigh(&data.interactions);
    TrainOptions options = options_for_two_kinds();
    options.embedding_dim = dim;
    set_active_isa(Isa::kPlain);
    const Outcome plain = train(data, options);
    for (const Isa isa : {Isa::kAvx2, Isa::kAvx512}) {
      set_active_isa(isa);
      expect_same(plain, train(data, options));
    }
  }
  set_active_isa(before);
}

TEST(BceTrainer, IsNotChangedByLookingAtTheModel) {
  const TrainData data = two_kinds(300, 200, 4);
  const TrainOptions options = options_for_two_kinds();
  expect_same(train(data, options, false), train(data, options, true));
}

TEST(BceTrainer, RecordsEveryBatchAndEpoch) {
  const TrainData data = two_kinds(300, 200, 4);
  const Outcome outcome = train(data, options_for_two_kinds());
  ASSERT_EQ(outcome.history.size(), 4 * (300 / 70 + 1u));
  int64_t step = 0;
  double sum = 0;
  for (const HistoryRow& row : outcome.history) {
    if (row.metric == "batch_loss") {
      EXPECT_EQ(row.step, ++step);
      EXPECT_EQ(row.epoch, (step - 1) / 4 + 1);
      sum += row.value;
    } else {
      EXPECT_EQ(row.metric, "loss");
      EXPECT_EQ(row.step, step);
      EXPECT_NEAR(row.value, sum / 4, 1e-12);
      sum = 0;
    }
  }
}

TEST(BceTrainer, LearnsWhichKindAWorkIs) {
  const TrainData data = two_kinds(400, 60, 5);
  TrainOptions options = options_for_two_kinds();
  options.learning_rate = 0.03;
  options.epochs = 120;
  const Model model = train(data, options).model;
  int right = 0;
  for (size_t w = 0; w < 400; ++w) {
    double mean[2] = {0, 0};
    for (size_t s = 0; s < 60; ++s) {
      for (size_t e = 0; e < 10; ++e) {
        mean[s / 30] += double{model.works[w * 10 + e]} * model.subjects[s * 10 + e];
      }
    }
    right += mean[w % 2] > mean[1 - w % 2] ? 1 : 0;
  }
  EXPECT_GE(right, 390);
}

TEST(BceTrainer, AnotherSeedIsAnotherModel) {
  const TrainData data = two_kinds(100, 60, 5);
  TrainOptions options = options_for_two_kinds();
  const Outcome one = train(data, options);
  options.seed = 2;
  EXPECT_NE(train(data, options).model.works, one.model.works);
}

TEST(BceTrainer, StopsWhenTheMonitorSaysSo) {
  const TrainData data = two_kinds(1000, 600, 3);
  for (const int calls : {0, 1, 5, 30}) {
    auto trainer = make_trainer(data, options_for_two_kinds());
    ASSERT_TRUE(trainer.ok());
    StopAfter monitor(calls);
    std::vector<HistoryRow> history;
    const auto loss = (*trainer)->run_epoch(&history, monitor);
    ASSERT_FALSE(loss.ok());
    EXPECT_EQ(loss.status().code(), Code::kInterrupted);
    EXPECT_TRUE(history.empty());
  }
}

TEST(MakeTrainer, WantsAnAlgorithmItKnows) {
  TrainOptions options;
  options.algorithm = "other";
  EXPECT_EQ(make_trainer(two_kinds(10, 4, 1), options).status().message(),
            "unknown algorithm \"other\"");
}

TEST(MakeTrainer, WantsInteractions) {
  const TrainData none;
  const auto trainer = make_trainer(none, TrainOptions());
  ASSERT_FALSE(trainer.ok());
  EXPECT_EQ(trainer.status().message(),
            "the source has no interactions; wanted at least one row with a work and a "
            "subject");
}

}  // namespace
}  // namespace subjrec
