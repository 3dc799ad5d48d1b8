#include "core/train/composed/composed_trainer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "core/base/random.h"
#include "core/model/work_rows.h"
#include "core/simd/isa.h"
#include "support/monitors.h"
#include "support/planted_interactions.h"
#include "support/set_active_isa.h"

namespace subjrec {
namespace {

constexpr size_t kGroups = 12;
constexpr size_t kPerGroup = 8;

/// Works of twelve kinds, each with four of the eight subjects of its kind, one of them held out;
/// with `varied` three to six.
/// With `features`, a work also has a feature that names its kind, and two that say nothing.
struct Planted {
  TrainData data;
  std::vector<uint32_t> held_out;

  Planted(size_t n_works, bool features, bool varied = false) {
    Random random(17);
    std::vector<std::pair<uint32_t, uint32_t>> pairs;
    SparseRows& f = data.work_features;
    f.offsets.push_back(0);
    for (uint32_t w = 0; w < n_works; ++w) {
      const uint32_t group = w % kGroups;
      std::vector<uint32_t> subjects(kPerGroup);
      std::iota(subjects.begin(), subjects.end(), group * kPerGroup);
      random.shuffle(std::span(subjects));
      const size_t n = varied ? 2 + random.below(4) : 3;
      held_out.push_back(subjects[n]);
      for (size_t i = 0; i < n; ++i) pairs.emplace_back(w, subjects[i]);
      if (!features) continue;
      f.columns.push_back(group);
      f.columns.push_back(kGroups + static_cast<uint32_t>(random.below(20)));
      f.columns.push_back(kGroups + 20 + static_cast<uint32_t>(random.below(20)));
      f.weights.insert(f.weights.end(), 3, 1.0f);
      f.offsets.push_back(f.columns.size());
    }
    data.interactions = make_interactions(std::move(pairs), n_works, kGroups * kPerGroup);
    if (features) {
      f.n_rows = n_works;
      f.n_columns = kGroups + 40;
    } else {
      f = {};
    }
  }
};

TrainOptions small_options() {
  TrainOptions options;
  options.algorithm = "composed";
  options.embedding_dim = 16;
  options.epochs = 12;
  options.batch_size = 100;
  options.learning_rate = 0.02;
  options.init_stddev = 0.1;
  options.threads = 2;
  return options;
}

Model train(const TrainData& data, const TrainOptions& options,
            std::vector<HistoryRow>* history = nullptr) {
  Monitor monitor;
  std::vector<HistoryRow> unused;
  auto model = trained(data, options, history != nullptr ? history : &unused)->model(monitor);
  EXPECT_TRUE(model.ok());
  return *model;
}

float score(const Model& model, const float* work, size_t s) {
  float sum = model.subject_bias[s];
  for (size_t k = 0; k < model.dim; ++k) sum += work[k] * model.subjects[s * model.dim + k];
  return sum;
}

/// How many subjects that the work does not carry are at least as likely as the held-out one.
size_t rank_of_held_out(const Planted& planted, const Model& model, size_t w) {
  const float* work = model.works.data() + w * model.dim;
  const auto own = planted.data.interactions.row(w);
  const float wanted = score(model, work, planted.held_out[w]);
  size_t rank = 0;
  for (uint32_t s = 0; s < model.n_subjects(); ++s) {
    if (std::find(own.begin(), own.end(), s) != own.end()) continue;
    if (score(model, work, s) >= wanted) ++rank;
  }
  return rank;
}

/// Share of held-out subjects among the first five: the five of its kind that a work does not
/// carry. By popularity it is about 5 / 93.
double recall_at_5(const Planted& planted, const Model& model) {
  double hits = 0;
  for (size_t w = 0; w < model.n_works(); ++w) {
    if (rank_of_held_out(planted, model, w) <= 5) hits += 1;
  }
  return hits / static_cast<double>(model.n_works());
}

bool same(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

TEST(Composed, RecoversPlantedKinds) {
  const Planted planted(1200, false);
  std::vector<HistoryRow> history;
  const Model model = train(planted.data, small_options(), &history);
  EXPECT_EQ(model.kind->name, "composed");
  EXPECT_GT(recall_at_5(planted, model), 0.97);

  std::vector<double> epochs;
  int64_t steps = 0;
  for (const HistoryRow& row : history) {
    if (row.metric == "loss") epochs.push_back(row.value);
    if (row.metric == "batch_loss") {
      EXPECT_EQ(row.step, ++steps);
    }
  }
  ASSERT_EQ(epochs.size(), 12u);
  EXPECT_EQ(steps, 12 * 12);
  EXPECT_GT(epochs.front(), 4.0) << "log 94, about, to begin with";
  EXPECT_NEAR(epochs.back(), std::log(6.0), 0.2)
      << "log of the subjects of a kind that may be next";
}

TEST(Composed, SampledSoftmaxRecoversThemToo) {
  const Planted planted(1200, false);
  TrainOptions options = small_options();
  options.loss = "sampled_softmax";
  options.negatives = 30;
  EXPECT_GT(recall_at_5(planted, train(planted.data, options)), 0.95);
}

TEST(Composed, SameBytesForAnyThreadsAndInstructionSet) {
  const Planted planted(400, true);
  TrainOptions options = small_options();
  options.epochs = 3;
  options.dropout = 0.1;
  for (const char* loss : {"softmax", "sampled_softmax"}) {
    options.loss = loss;
    options.negatives = 40;
    options.threads = 1;
    const Model first = train(planted.data, options);
    for (const Isa isa : {Isa::kPlain, Isa::kAvx2, Isa::kAvx512}) {
      set_active_isa(isa);
      options.threads = 1 + static_cast<int>(isa);
      const Model again = train(planted.data, options);
      EXPECT_TRUE(same(first.works, again.works)) << isa_name(isa);
      EXPECT_TRUE(same(first.subjects, again.subjects)) << isa_name(isa);
      EXPECT_TRUE(same(first.subject_bias, again.subject_bias)) << isa_name(isa);
      EXPECT_TRUE(same(first.subject_inputs, again.subject_inputs)) << isa_name(isa);
      EXPECT_TRUE(same(first.feature_inputs, again.feature_inputs)) << isa_name(isa);
      EXPECT_EQ(first.probability_slope, again.probability_slope) << isa_name(isa);
      EXPECT_EQ(first.probability_intercept, again.probability_intercept) << isa_name(isa);
    }
    set_active_isa(best_isa());
    options.seed = 2;
    EXPECT_FALSE(same(first.works, train(planted.data, options).works));
    options.seed = 1;
  }
}

TEST(Composed, FeaturesAloneTellTheKind) {
  const Planted planted(1200, true);
  const Model model = train(planted.data, small_options());
  for (uint32_t group = 0; group < kGroups; ++group) {
    const std::vector<WeightedFeature> features{{group, 1.0f}};
    const auto work = compose(model, {}, features);
    ASSERT_TRUE(work.ok());
    std::vector<uint32_t> order(model.n_subjects());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
      return score(model, work->data(), a) > score(model, work->data(), b);
    });
    for (size_t i = 0; i < kPerGroup; ++i) EXPECT_EQ(order[i] / kPerGroup, group);
  }
}

TEST(Composed, ComposesTrainedWorksAsTheyAre) {
  const Planted planted(300, true);
  TrainOptions options = small_options();
  options.epochs = 2;
  const Model model = train(planted.data, options);
  const SparseRows& f = planted.data.work_features;
  for (size_t w = 0; w < model.n_works(); w += 37) {
    std::vector<WeightedFeature> features;
    for (size_t e = f.offsets[w]; e < f.offsets[w + 1]; ++e) {
      features.push_back({f.columns[e], f.weights[e]});
    }
    const auto work = compose(model, planted.data.interactions.row(w), features);
    ASSERT_TRUE(work.ok());
    EXPECT_EQ(0, std::memcmp(work->data(), model.works.data() + w * model.dim,
                             model.dim * sizeof(float)));
  }
}

TEST(Composed, RareFeaturesAreLeftOut) {
  Planted planted(300, true);
  SparseRows& f = planted.data.work_features;
  const auto rare = static_cast<uint32_t>(f.n_columns - 1);
  for (uint32_t& column : f.columns) {
    if (column == rare) column = rare - 1;
  }
  for (size_t w = 0; w < 4; ++w) f.columns[f.offsets[w] + 2] = rare;
  TrainOptions options = small_options();
  options.epochs = 2;
  options.min_feature_works = 5;
  const auto vector_of = [&](const Model& model, std::vector<WeightedFeature> features) {
    const std::vector<uint32_t> subjects{3};
    const auto work = compose(model, subjects, features);
    EXPECT_TRUE(work.ok());
    return *work;
  };
  Model model = train(planted.data, options);
  EXPECT_EQ(vector_of(model, {{0, 1}, {rare, 1}}), vector_of(model, {{0, 1}}));
  options.min_feature_works = 4;
  model = train(planted.data, options);
  EXPECT_NE(vector_of(model, {{0, 1}, {rare, 1}}), vector_of(model, {{0, 1}}));
}

TEST(Composed, AnEmptyBagLeavesTheBias) {
  const Planted planted(300, false);
  TrainOptions options = small_options();
  options.epochs = 1;
  const Model model = train(planted.data, options);
  const auto work = compose(model, {}, {});
  ASSERT_TRUE(work.ok());
  EXPECT_EQ(*work, std::vector<float>(model.dim, 0.0f));
}

TEST(Composed, ComposeSaysWhatIsWrong) {
  const Planted planted(300, false);
  TrainOptions options = small_options();
  options.epochs = 1;
  const Model model = train(planted.data, options);
  const std::vector<uint32_t> subjects{96};
  EXPECT_EQ(compose(model, subjects, {}).status().message(),
            "compose: subject 96 is not below the model's 96");
  const std::vector<WeightedFeature> features{{0, 1.0f}};
  EXPECT_EQ(compose(model, {}, features).status().message(),
            "compose: feature 0 is not below the model's 0");
  Model other;
  other.kind = find_model_kind("bce");
  other.dim = 3;
  EXPECT_EQ(compose(other, {}, {}).status().message(),
            "compose: the model's algorithm is \"bce\", whose works are not composed of inputs; "
            "train with \"composed\"");
}

TEST(Composed, ProbabilitiesMatchHeldOutFrequencies) {
  const Planted planted(2400, false, true);
  const Model model = train(planted.data, small_options());
  double expected = 0;
  double trials = 0;
  for (size_t w = 0; w < model.n_works(); ++w) {
    const auto own = planted.data.interactions.row(w);
    for (uint32_t s = 0; s < model.n_subjects(); ++s) {
      if (std::find(own.begin(), own.end(), s) != own.end()) continue;
      const double x = score(model, model.works.data() + w * model.dim, s);
      expected += 1 / (1 + std::exp(-(model.probability_slope * x + model.probability_intercept)));
    }
    trials += 1;
  }
  EXPECT_NEAR(expected / trials, 1, 0.25) << "one subject is missing from each work";
}

TEST(Composed, WorksThatHaveNothingToHideAreLeftOut) {
  TrainData data;
  data.interactions = make_interactions({{0, 0}, {1, 1}, {2, 0}}, 3, 2);
  const Model model = train(data, small_options());
  EXPECT_EQ(model.works.size(), 3u * 16);
  for (const float x : model.works) EXPECT_TRUE(std::isfinite(x));
  EXPECT_GT(model.subject_bias[0], model.subject_bias[1]) << "popularity is left";
}

TEST(Composed, AsAPartTrainsTheSameAndDoesNotCalibrate) {
  const Planted planted(3000, true);
  const Model whole = train(planted.data, small_options());
  Monitor monitor;
  auto part = make_composed_part(planted.data, small_options());
  ASSERT_TRUE(part.ok());
  std::vector<HistoryRow> history;
  for (int epoch = 0; epoch < small_options().epochs; ++epoch) {
    ASSERT_TRUE((*part)->run_epoch(&history, monitor).ok());
  }
  const Model model = *(*part)->finish(monitor);
  EXPECT_EQ(model.subjects, whole.subjects);
  EXPECT_TRUE(model.computes_works());
  std::vector<float> works(whole.works.size());
  for (size_t w = 0; w < whole.n_works(); ++w) {
    WorkRows(model, planted.data).copy_row(w, works.data() + w * model.dim);
  }
  EXPECT_EQ(works, whole.works) << "made when they are asked for, with the same bytes";
  EXPECT_EQ(model.calibration_pairs, whole.calibration_pairs);
  EXPECT_GT(model.calibration_pairs, 0u);
  EXPECT_TRUE(whole.curve);
  EXPECT_FALSE(model.curve || model.cold_curve);
}

TEST(Composed, StopsWhenToldTo) {
  const Planted planted(300, false);
  auto trainer = make_composed_trainer(planted.data, small_options());
  ASSERT_TRUE(trainer.ok());
  StopAtOnce monitor;
  std::vector<HistoryRow> history;
  EXPECT_EQ((*trainer)->run_epoch(&history, monitor).status().code(), Code::kInterrupted);
}

}  // namespace
}  // namespace subjrec
