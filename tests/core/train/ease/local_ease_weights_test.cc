#include "core/train/ease/local_ease_weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <algorithm>

#include "core/evaluate/evaluate.h"
#include "core/linalg/columns.h"
#include "core/train/trainer.h"
#include "support/monitors.h"
#include "support/planted_interactions.h"

namespace subjrec {
namespace {

constexpr size_t kSubjects = 24;

SparseRows columns_of(const TrainData& data) {
  Monitor monitor;
  return *subject_and_feature_columns(data.interactions, data.work_features, 0.5, monitor);
}

SparseRows weights(const SparseRows& x, size_t neighborhood, int threads = 1) {
  Monitor monitor;
  ThreadTeam team(threads);
  return *local_ease_weights(x, kSubjects, 5, neighborhood, team, monitor);
}

Eigen::MatrixXd dense(const SparseRows& rows) {
  Eigen::MatrixXd m = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(rows.n_rows),
                                            static_cast<Eigen::Index>(rows.n_columns));
  for (size_t r = 0; r < rows.n_rows; ++r) {
    for (size_t e = rows.offsets[r]; e < rows.offsets[r + 1]; ++e) {
      m(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(rows.columns[e])) =
          double{rows.weights[e]};
    }
  }
  return m;
}

TEST(LocalEaseWeights, OfAllColumnsAreThoseOfTheWholeMatrix) {
  const SparseRows x = columns_of(planted_data(20000, 4, true, 1));  // each pair of columns occurs
  const Eigen::MatrixXd xs = dense(x);
  const Eigen::Index n = xs.cols();
  ASSERT_EQ((xs.transpose() * xs.leftCols(kSubjects)).array().count(), n * kSubjects);
  const Eigen::MatrixXd p = (xs.transpose() * xs + 5 * Eigen::MatrixXd::Identity(n, n))
                                .llt()
                                .solve(Eigen::MatrixXd::Identity(n, n));
  const Eigen::MatrixXd b = dense(weights(x, 1000));
  ASSERT_EQ(b.rows(), n);
  ASSERT_EQ(b.cols(), static_cast<Eigen::Index>(kSubjects));
  for (Eigen::Index s = 0; s < b.cols(); ++s) {
    for (Eigen::Index i = 0; i < n; ++i) {
      EXPECT_NEAR(b(i, s), i == s ? 0 : -p(i, s) / p(s, s), 1e-4) << i << " " << s;
    }
  }
}

TEST(LocalEaseWeights, AreARegressionOnTheColumnsThatExplainMost) {
  const SparseRows x = columns_of(planted_data(300, 4, true, 1));
  const Eigen::MatrixXd xs = dense(x);
  const Eigen::MatrixXd gram = xs.transpose() * xs;
  const Eigen::MatrixXd b = dense(weights(x, 6));
  for (Eigen::Index s = 0; s < b.cols(); ++s) {
    std::vector<Eigen::Index> order;
    for (Eigen::Index j = 0; j < gram.cols(); ++j) {
      if (j != s) order.push_back(j);
    }
    const auto explained = [&](Eigen::Index j) {
      return gram(j, s) * gram(j, s) / (gram(j, j) + 5);
    };
    std::stable_sort(order.begin(), order.end(),
                     [&](Eigen::Index i, Eigen::Index j) { return explained(i) > explained(j); });
    Eigen::MatrixXd system(6, 6);
    Eigen::VectorXd right(6);
    for (Eigen::Index i = 0; i < 6; ++i) {
      for (Eigen::Index j = 0; j < 6; ++j) {
        system(i, j) =
            gram(order[static_cast<size_t>(i)], order[static_cast<size_t>(j)]) + (i == j ? 5 : 0);
      }
      right(i) = gram(order[static_cast<size_t>(i)], s);
    }
    const Eigen::VectorXd wanted = system.llt().solve(right);
    EXPECT_LE((b.col(s).array() != 0).count(), 6);
    for (Eigen::Index i = 0; i < 6; ++i) {
      EXPECT_NEAR(b(order[static_cast<size_t>(i)], s), wanted(i), 1e-4) << i << " " << s;
    }
  }
}

TEST(LocalEaseWeights, AreTheSameForAnyNumberOfThreads) {
  const SparseRows x = columns_of(planted_data(300, 4, true, 1));
  const SparseRows one = weights(x, 8);
  for (const int threads : {2, 5}) {
    const SparseRows some = weights(x, 8, threads);
    EXPECT_EQ(some.offsets, one.offsets);
    EXPECT_EQ(some.columns, one.columns);
    EXPECT_EQ(some.weights, one.weights);
  }
}

/// Stops after some questions.
TEST(LocalEaseWeights, CanBeStoppedAtAnyPoint) {
  const SparseRows x = columns_of(planted_data(300, 4, true, 1));
  ThreadTeam team(2);
  int patience = 0;
  for (;; ++patience) {
    StopAfter monitor(patience);
    const auto b = local_ease_weights(x, kSubjects, 5, 8, team, monitor);
    if (b.ok()) break;
    ASSERT_EQ(b.status().code(), Code::kInterrupted);
  }
  EXPECT_GT(patience, 3);
}

TEST(LocalEaseWeights, TakeOverBeyondMaxColumns) {
  const TrainData data = planted_data(5000, 4, true, 1);
  TrainOptions options;
  options.algorithm = "ease";
  options.embedding_dim = 12;
  options.regularization = 5;
  options.min_feature_works = 4;
  options.threads = 1;
  Monitor monitor;
  const auto trained = [&] {
    auto trainer = make_trainer(data, options);
    EXPECT_TRUE(trainer.ok());
    return *(*trainer)->model(monitor);
  };
  const Model whole = trained();
  options.max_columns = 10;
  options.neighborhood = 1000;
  const Model local = trained();
  ASSERT_EQ(local.weights.n_rows, whole.weights.n_rows);
  EXPECT_GT(local.calibration_pairs, 0u);  // are kept out of these weights, and not of the others
  const Eigen::MatrixXd wanted = dense(whole.weights);
  const Eigen::MatrixXd difference = dense(local.weights) - wanted;
  EXPECT_LT(difference.cwiseAbs().mean(), 0.25 * wanted.cwiseAbs().mean());
}

}  // namespace
}  // namespace subjrec
