// Whatever is stored explains itself, for every algorithm and option: a work's vector is what
// fold-in makes of what the work has, and its explanations add up to its scores.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <tuple>

#include "core/linalg/columns.h"
#include "core/model/fold_in.h"
#include "core/model/item_weights.h"
#include "core/retrieval/explain.h"
#include "core/retrieval/leave_one_out.h"
#include "core/train/calibration_set.h"
#include "core/train/resolve_options.h"
#include "core/train/validation.h"
#include "support/planted_interactions.h"

namespace subjrec {
namespace {

struct Variant {
  std::string name;
  std::function<void(TrainOptions*)> set;
};

const std::vector<Variant> kVariants = {
    {"plain", [](TrainOptions*) {}},
    {"validated", [](TrainOptions* o) { o->validation = 0.2; }},
    {"stopped early", [](TrainOptions* o) { o->validation = 0.3, o->patience = 1, o->epochs = 6; }},
    {"of one epoch", [](TrainOptions* o) { o->epochs = 1; }},
    {"of three dimensions", [](TrainOptions* o) { o->embedding_dim = 3; }},
    {"of rare features too", [](TrainOptions* o) { o->min_feature_works = 1; }},
    {"without rare features", [](TrainOptions* o) { o->min_feature_works = 100; }},
    {"of another seed", [](TrainOptions* o) { o->seed = 99, o->validation = 0.1; }},
};

TrainOptions options_for(const std::string& algorithm, const TrainData& data,
                         const Variant& variant) {
  TrainOptions options;
  options.algorithm = algorithm;
  options.embedding_dim = 12;
  options.epochs = 4;
  options.batch_size = 64;
  options.threads = 2;
  variant.set(&options);
  options.given = {"embedding_dim", "epochs", "batch_size", "min_feature_works"};
  resolve_options(data, &options);
  return options;
}

Model model_of(const TrainData& data, const TrainOptions& options) {
  Monitor monitor;
  auto trainer = make_validated_trainer(data, options);
  EXPECT_TRUE(trainer.ok()) << trainer.status().message();
  std::vector<HistoryRow> history;
  for (int epoch = 0; epoch < options.epochs && !(epoch > 0 && (*trainer)->finished()); ++epoch) {
    EXPECT_TRUE((*trainer)->run_epoch(&history, monitor).ok());
  }
  return *(*trainer)->model(monitor);
}

/// What the model says of a subject for a trained work.
float score_of(const Model& model, const TrainData& data, size_t w, uint32_t subject) {
  if (!model.weights.offsets.empty()) {
    return score_subject_by_weights(model, data.interactions.weighted_row(w), features_of(data, w),
                                    subject);
  }
  float sum = model.subject_bias.empty() ? 0 : model.subject_bias[subject];
  for (size_t k = 0; k < model.dim; ++k) {
    sum += model.works[w * model.dim + k] * model.subjects[subject * model.dim + k];
  }
  return sum;
}

/// An algorithm, and whether pairs have weights.
class ExplainsItself : public ::testing::TestWithParam<std::tuple<const char*, bool>> {
 protected:
  ExplainsItself() {
    if (std::get<1>(GetParam())) weigh(&data.interactions);
  }
  static std::string algorithm() { return std::get<0>(GetParam()); }

  TrainData data = planted_data(900, 8, true, 5);
  Monitor monitor;
};

TEST_P(ExplainsItself, WorksAreWhatTheirTwinsAreFoldedInto) {
  if (algorithm() == "bce") return;  // its works are parameters
  for (const Variant& variant : kVariants) {
    SCOPED_TRACE(variant.name);
    const Model model = model_of(data, options_for(algorithm(), data, variant));
    const auto fold = FoldIn::build(model, monitor);
    std::vector<float> scores(model.n_subjects());
    for (size_t w = 0; w < 900; ++w) {
      const auto features = features_of(data, w);
      const auto twin = fold->vector(data.interactions.weighted_row(w), features, monitor);
      ASSERT_TRUE(twin.ok());
      for (size_t k = 0; k < model.dim; ++k) {
        ASSERT_NEAR((*twin)[k], model.works[w * model.dim + k], 2e-3) << "work " << w;
      }
      ASSERT_TRUE(fold->scores(data.interactions.weighted_row(w), features, scores, monitor).ok());
      for (uint32_t s = 0; s < scores.size(); s += 7) {
        ASSERT_NEAR(scores[s], score_of(model, data, w, s), 2e-3) << "work " << w;
      }
    }
  }
}

TEST_P(ExplainsItself, ContributionsAddUp) {
  for (const Variant& variant : kVariants) {
    SCOPED_TRACE(variant.name);
    const Model model = model_of(data, options_for(algorithm(), data, variant));
    for (size_t w = 0; w < 900; w += 11) {
      const auto subject = static_cast<uint32_t>(w % model.n_subjects());
      const auto parts =
          explain(model, {model.works.data() + w * model.dim, model.dim},
                  data.interactions.weighted_row(w), features_of(data, w), subject, monitor);
      ASSERT_TRUE(parts.ok());
      double sum = 0;
      for (const Contribution& part : *parts) sum += part.value;
      ASSERT_NEAR(sum, score_of(model, data, w, subject), 1e-3) << "work " << w;
    }
  }
}

TEST_P(ExplainsItself, OutliersAreOfWorksOfWhichSomethingElseIsKnown) {
  // The first works have one subject and a feature of their own, that training leaves out.
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  SparseRows& f = data.work_features;
  const auto own = static_cast<uint32_t>(f.n_columns);
  for (uint32_t w = 0; w < 900; ++w) {
    const auto row = data.interactions.row(w);
    for (const uint32_t s : row) {
      if (w >= 100 || s == row.front()) pairs.emplace_back(w, s);
    }
    if (w < 100) std::fill_n(f.columns.begin() + static_cast<ptrdiff_t>(f.offsets[w]), 2, own + w);
  }
  for (uint32_t w = 0; w < 100; ++w) f.columns[f.offsets[w] + 1] = own + 100 + w;
  f.n_columns += 200;
  data.interactions = make_interactions(pairs, 900, data.interactions.n_subjects);
  const Variant variant{"", [](TrainOptions* o) { o->min_feature_works = 5; }};
  const Model model = model_of(data, options_for(algorithm(), data, variant));
  const auto fold = FoldIn::build(model, monitor);
  ThreadTeam team(2);
  const auto least = LeaveOneOutScorer(model, *fold, data).least(100000, {}, team, monitor);
  ASSERT_TRUE(least.ok());
  // "ials" and "bce" train every feature (the latter not those of works that are kept out for
  // calibration alone); the others know nothing of these.
  const bool knows = algorithm() == "ials" || algorithm() == "bce";
  const size_t kept_out = algorithm() == "bce" ? model.calibration_works : 0;
  std::set<uint32_t> works;
  for (const Outlier& outlier : *least) works.insert(outlier.work);
  EXPECT_EQ(works.lower_bound(100) == works.begin(), !knows);
  EXPECT_LE(works.size(), knows ? 900u : 800u);
  EXPECT_GE(works.size(), knows ? 900u - kept_out : 800u);
}

INSTANTIATE_TEST_SUITE_P(Algorithms, ExplainsItself,
                         ::testing::Combine(::testing::Values("bce", "composed", "ials", "ease"),
                                            ::testing::Bool()));

TEST(Blends, WorksAreWhatTheirTwinsAreFoldedInto) {
  TrainData data = planted_data(900, 8, true, 5);
  weigh(&data.interactions);
  Monitor monitor;
  for (const Variant& variant : kVariants) {
    SCOPED_TRACE(variant.name);
    const Model model = model_of(data, options_for("blend", data, variant));
    const auto fold = FoldIn::build(model, monitor);
    for (size_t w = 0; w < 900; ++w) {
      const auto twin =
          fold->vector(data.interactions.weighted_row(w), features_of(data, w), monitor);
      ASSERT_TRUE(twin.ok());
      for (size_t k = 0; k < model.dim; ++k) {
        ASSERT_NEAR((*twin)[k], model.works[w * model.dim + k], 2e-3) << "work " << w;
      }
    }
  }
}

TEST(MixedSigns, EaseServesWhatItTrained) {
  TrainData data = planted_data(600, 6, true, 3);
  weigh(&data.interactions);
  for (size_t e = 0; e < data.work_features.weights.size(); e += 3) {
    data.work_features.weights[e] = -0.7f;
  }
  const Variant plain{"", [](TrainOptions* o) { o->min_feature_works = 1; }};
  const TrainOptions options = options_for("ease", data, plain);
  const Model model = model_of(data, options);
  // Ridge regression of each subject on all other columns: the gradient at the weights is zero.
  Monitor monitor;
  const SparseRows x = *subject_and_feature_columns(data.interactions, data.work_features,
                                                    options.feature_weight, monitor);
  const size_t n_subjects = data.interactions.n_subjects;
  std::vector<std::vector<double>> dense(x.n_rows, std::vector<double>(x.n_columns, 0.0));
  for (size_t w = 0; w < x.n_rows; ++w) {
    for (size_t e = x.offsets[w]; e < x.offsets[w + 1]; ++e) {
      dense[w][x.columns[e]] = double{x.weights[e]};
    }
  }
  for (uint32_t s = 0; s < n_subjects; s += 5) {
    std::vector<double> gradient(x.n_columns, 0.0);
    for (size_t w = 0; w < x.n_rows; ++w) {
      const double miss = dense[w][s] - double{score_of(model, data, w, s)};
      for (size_t c = 0; c < x.n_columns; ++c) gradient[c] += dense[w][c] * miss;
    }
    for (size_t c = 0; c < x.n_columns; ++c) {
      if (c == s) continue;
      double weight = 0;
      for (size_t e = model.weights.offsets[c]; e < model.weights.offsets[c + 1]; ++e) {
        if (model.weights.columns[e] == s) weight = double{model.weights.weights[e]};
      }
      if (c >= n_subjects) weight /= options.feature_weight;
      EXPECT_NEAR(gradient[c], options.regularization * weight, 0.02) << c << " for " << s;
    }
  }
}

TEST(MixedSigns, IalsRefusesThem) {
  TrainData data = planted_data(100, 6, true, 3);
  data.work_features.weights[5] = -0.5f;
  TrainOptions options;
  options.algorithm = "ials";
  EXPECT_NE(make_trainer(data, options).status().message().find("has a weight of -0.5"),
            std::string::npos);
}

TEST(CalibrationPairs, LeaveEverySubjectAWork) {
  Random random(2);
  for (int round = 0; round < 20; ++round) {
    // Every work has two subjects that many have, and one or two that few have.
    std::vector<std::pair<uint32_t, uint32_t>> pairs;
    for (uint32_t w = 0; w < 2000; ++w) {
      pairs.emplace_back(w, w % 3);
      pairs.emplace_back(w, 3 + w % 2);
      for (int i = 0; i < 2; ++i) {
        pairs.emplace_back(w, 5 + static_cast<uint32_t>(random.below(2500)));
      }
    }
    const Interactions y = make_interactions(pairs, 2000, 2505);
    std::vector<uint32_t> left = y.subject_counts();
    const std::vector<uint32_t> before = left;
    const auto held_out = hold_out_for_calibration(y, static_cast<uint64_t>(round), [](uint32_t) {
                            return false;
                          }).pairs;
    EXPECT_GE(held_out.size(), 50u) << "of the 100 drawn some have a subject of one work";
    for (const CalibrationPair& pair : held_out) --left[pair.subject];
    for (size_t s = 0; s < left.size(); ++s) {
      if (before[s] > 0) {
        EXPECT_GT(left[s], 0u) << "subject " << s;
      }
    }
  }
}

TEST(Validation, HoldsOutTheSameForEverySeed) {
  const TrainData data = planted_data(300, 6, false, 1);
  std::set<double> best;
  TrainOptions options = options_for("ease", data, kVariants[1]);
  for (const int64_t seed : {1, 2, 3}) {
    options.seed = seed;
    Monitor monitor;
    std::vector<HistoryRow> history;
    auto trainer = make_validated_trainer(data, options);
    ASSERT_TRUE((*trainer)->run_epoch(&history, monitor).ok());
    for (const HistoryRow& row : history) {
      if (row.metric == "ndcg") best.insert(row.value);
    }
  }
  EXPECT_EQ(best.size(), 1u) << "the weights of \"ease\" do not depend on the seed";
}

}  // namespace
}  // namespace subjrec
