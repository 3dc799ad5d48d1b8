#include "core/train/ease/ease_trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "core/evaluate/evaluate.h"
#include "core/linalg/columns.h"
#include "core/model/fold_in.h"
#include "core/model/item_weights.h"
#include "core/simd/isa.h"
#include "support/hold_out_one.h"
#include "support/planted_interactions.h"
#include "support/set_active_isa.h"

namespace subjrec {
namespace {

TrainOptions ease_options() {
  TrainOptions options;
  options.algorithm = "ease";
  options.embedding_dim = 12;
  options.regularization = 5;
  options.feature_weight = 0.5;
  options.max_weights = 1000;
  options.min_feature_works = 1;
  options.threads = 1;
  return options;
}

Model train(const TrainData& data, const TrainOptions& options, double* loss = nullptr) {
  Monitor monitor;
  auto trainer = make_trainer(data, options);
  EXPECT_TRUE(trainer.ok());
  std::vector<HistoryRow> history;
  const auto result = (*trainer)->run_epoch(&history, monitor);
  EXPECT_TRUE(result.ok());
  EXPECT_TRUE((*trainer)->finished());
  if (loss != nullptr) *loss = *result;
  return *(*trainer)->model(monitor);
}

Eigen::Index at(size_t i) { return static_cast<Eigen::Index>(i); }

Eigen::MatrixXd dense(const SparseRows& rows) {
  Eigen::MatrixXd m = Eigen::MatrixXd::Zero(at(rows.n_rows), at(rows.n_columns));
  for (size_t r = 0; r < rows.n_rows; ++r) {
    for (size_t e = rows.offsets[r]; e < rows.offsets[r + 1]; ++e) {
      m(at(r), at(rows.columns[e])) = double{rows.weights[e]};
    }
  }
  return m;
}

/// X, and the closed form as the paper writes it.
struct ClosedForm {
  Eigen::MatrixXd x;
  Eigen::MatrixXd b;
};
ClosedForm closed_form(const TrainData& data, const TrainOptions& options) {
  Monitor monitor;
  ClosedForm form{dense(*subject_and_feature_columns(data.interactions, data.work_features,
                                                     options.feature_weight, monitor)),
                  {}};
  const Eigen::Index n = form.x.cols();
  const Eigen::MatrixXd p =
      (form.x.transpose() * form.x + options.regularization * Eigen::MatrixXd::Identity(n, n))
          .llt()
          .solve(Eigen::MatrixXd::Identity(n, n));
  const Eigen::Index subjects = at(data.interactions.n_subjects);
  form.b = Eigen::MatrixXd::Zero(n, subjects);
  for (Eigen::Index s = 0; s < subjects; ++s) {
    form.b.col(s) = -p.col(s) / p(s, s);
    form.b(s, s) = 0;
  }
  return form;
}

TEST(Ease, IsTheClosedFormWithFeatures) {
  const TrainData data = planted_data(300, 4, true, 1);
  const TrainOptions options = ease_options();
  double loss = 0;
  const Model m = train(data, options, &loss);
  const ClosedForm form = closed_form(data, options);
  const Eigen::MatrixXd scores = form.x * form.b;
  double error = 0;
  for (size_t w = 0; w < 300; ++w) {
    std::vector<float> got(m.n_subjects());
    score_by_weights(m, data.interactions.row(w), features_of(data, w), got.data());
    for (size_t s = 0; s < got.size(); ++s) {
      EXPECT_NEAR(got[s], scores(at(w), at(s)), 1e-4);
      const double miss = form.x(at(w), at(s)) - scores(at(w), at(s));
      error += miss * miss;
    }
  }
  EXPECT_NEAR(loss, error / static_cast<double>(300 * m.n_subjects()), 1e-5);
  const Eigen::MatrixXd weights = dense(m.weights);
  for (size_t s = 0; s < m.n_subjects(); ++s) EXPECT_EQ(weights(at(s), at(s)), 0);
}

TEST(Ease, KeepsTheGreatestWeights) {
  const TrainData data = planted_data(300, 4, false, 1);
  TrainOptions options = ease_options();
  const Eigen::MatrixXd all = dense(train(data, options).weights);
  options.max_weights = 8;
  const Model m = train(data, options);
  EXPECT_LE(m.weights.columns.size(), 8 * 24u);
  EXPECT_GT(m.weights.columns.size(), 7 * 24u);
  const Eigen::MatrixXd kept = dense(m.weights);
  double least_kept = 1e9;
  double greatest_left = 0;
  for (Eigen::Index i = 0; i < all.rows(); ++i) {
    for (Eigen::Index s = 0; s < all.cols(); ++s) {
      if (kept(i, s) != 0) {
        EXPECT_EQ(kept(i, s), all(i, s));
        least_kept = std::min(least_kept, std::abs(kept(i, s)));
      } else {
        greatest_left = std::max(greatest_left, std::abs(all(i, s)));
      }
    }
  }
  EXPECT_GE(least_kept, greatest_left);
}

TEST(Ease, EmbedsItsScores) {
  const TrainData data = planted_data(300, 4, true, 1);
  TrainOptions options = ease_options();
  options.embedding_dim = 24;  // as many as subjects: nothing is lost
  const Model m = train(data, options);
  const ClosedForm form = closed_form(data, options);
  const Eigen::MatrixXd scores = form.x * form.b;
  double error = 0;
  for (size_t w = 0; w < 300; ++w) {
    for (size_t s = 0; s < 24; ++s) {
      double sum = 0;
      for (size_t k = 0; k < m.dim; ++k) {
        sum += double{m.works[w * m.dim + k]} * double{m.subjects[s * m.dim + k]};
      }
      error = std::max(error, std::abs(sum - scores(at(w), at(s))));
    }
  }
  EXPECT_LT(error, 1e-3);
  Monitor monitor;
  const auto vector = fold_in(m, data.interactions.row(5), features_of(data, 5), monitor);
  for (size_t k = 0; k < m.dim; ++k) EXPECT_NEAR((*vector)[k], m.works[5 * m.dim + k], 1e-3);
}

TEST(Ease, LeavesOutRareFeatures) {
  TrainData data = planted_data(300, 4, true, 1);
  TrainOptions options = ease_options();
  const Model without_last = [&] {
    TrainData fewer = data;
    SparseRows& f = fewer.work_features;
    f.offsets = {0};
    f.columns.clear();
    f.weights.clear();
    f.n_columns -= 1;
    for (size_t w = 0; w < 300; ++w) {
      for (size_t e = data.work_features.offsets[w]; e < data.work_features.offsets[w + 1]; ++e) {
        if (data.work_features.columns[e] == 8) continue;
        f.columns.push_back(data.work_features.columns[e]);
        f.weights.push_back(data.work_features.weights[e]);
      }
      f.offsets.push_back(f.columns.size());
    }
    return train(fewer, options);
  }();
  std::vector<int> counts(9);
  for (const uint32_t f : data.work_features.columns) ++counts[f];
  // The last one is made the rarest: every other entry of it goes to its neighbour.
  ASSERT_GT(*std::min_element(counts.begin(), counts.end()), 40);
  SparseRows& f = data.work_features;
  SparseRows rare = f;
  rare.offsets = {0};
  rare.columns.clear();
  rare.weights.clear();
  int kept = 0;
  for (size_t w = 0; w < 300; ++w) {
    for (size_t e = f.offsets[w]; e < f.offsets[w + 1]; ++e) {
      if (f.columns[e] == 8 && kept++ >= 9) continue;
      rare.columns.push_back(f.columns[e]);
      rare.weights.push_back(f.weights[e]);
    }
    rare.offsets.push_back(rare.columns.size());
  }
  f = rare;
  options.min_feature_works = 10;
  const Model m = train(data, options);
  EXPECT_EQ(m.weights.n_rows, 24u + 9);
  EXPECT_EQ(m.weights.offsets[24 + 8], m.weights.offsets[24 + 9]);
  EXPECT_EQ(m.weights.columns, without_last.weights.columns);
  EXPECT_EQ(m.weights.weights, without_last.weights.weights);
  options.min_feature_works = 9;
  EXPECT_NE(train(data, options).weights.weights, without_last.weights.weights);
}

TEST(Ease, FindsPlantedGroupsAndNeedsNoSubjectsWhereFeaturesTell) {
  TrainData data = planted_data(800, 5, true, 2);
  const Split split = hold_out_one(data.interactions, 3, 1);
  data.interactions = split.train;
  const Model m = train(data, ease_options());
  Monitor monitor;
  ThreadTeam team(1);
  const auto e = evaluate(m, data, split.heldout, {}, team, monitor);
  EXPECT_GT(*e->find("recall@10"), 0.85);
  EXPECT_GT(m.probability_slope, 0);
  const auto fold = FoldIn::build(m, monitor);
  std::vector<float> scores(m.n_subjects());
  const std::vector<WeightedFeature> third_group = {{2, 1.0f}};
  ASSERT_TRUE(fold->scores({}, third_group, scores, monitor).ok());
  const auto best = std::max_element(scores.begin(), scores.end()) - scores.begin();
  EXPECT_EQ(best / 6, 2);
}

TEST(Ease, HasTheSameBytesForThreadsAndInstructionSets) {
  const Isa before = active_isa();
  const TrainData data = planted_data(400, 20, true, 4);
  TrainOptions options = ease_options();
  const Model wanted = train(data, options);
  for (const Isa isa : {Isa::kPlain, Isa::kAvx2, Isa::kAvx512}) {
    set_active_isa(isa);
    options.threads = 3;
    const Model m = train(data, options);
    EXPECT_EQ(m.weights.columns, wanted.weights.columns);
    EXPECT_EQ(m.weights.weights, wanted.weights.weights) << isa_name(active_isa());
    EXPECT_EQ(m.works, wanted.works);
    EXPECT_EQ(m.subjects, wanted.subjects);
    EXPECT_EQ(m.probability_slope, wanted.probability_slope);
  }
  set_active_isa(before);
}

TEST(Ease, GivesItsModelWithoutAnEpochAsWell) {
  const TrainData data = planted_data(40, 3, true, 1);
  Monitor monitor;
  auto trainer = make_trainer(data, ease_options());
  ASSERT_TRUE(trainer.ok());
  const auto model = (*trainer)->model(monitor);
  ASSERT_TRUE(model.ok());
  EXPECT_TRUE((*trainer)->finished());
  EXPECT_EQ(model->weights.weights, train(data, ease_options()).weights.weights);
}

}  // namespace
}  // namespace subjrec
