#include "core/train/ease/leave_one_out_ease.h"

#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <cmath>
#include <optional>
#include <tuple>
#include <vector>

#include "core/linalg/columns.h"
#include "core/model/model.h"
#include "support/planted_interactions.h"

namespace subjrec {
namespace {

constexpr double kRegularization = 5;
constexpr double kFeatureWeight = 0.5;

Eigen::Index at(size_t i) { return static_cast<Eigen::Index>(i); }

/// What training makes of X, in double precision: B, and the inverse.
struct Trained {
  Eigen::MatrixXd p;

  explicit Trained(const Eigen::MatrixXd& x)
      : p((x.transpose() * x + kRegularization * Eigen::MatrixXd::Identity(x.cols(), x.cols()))
              .llt()
              .solve(Eigen::MatrixXd::Identity(x.cols(), x.cols()))) {}

  double score(const Eigen::VectorXd& shown, size_t s) const {
    double sum = 0;
    for (Eigen::Index i = 0; i < shown.size(); ++i) {
      if (i != at(s)) sum -= shown(i) * p(i, at(s)) / p(at(s), at(s));
    }
    return sum;
  }
};

struct Case {
  TrainData data;
  SparseRows rows;
  Eigen::MatrixXd x;
  size_t n_subjects;

  Case(bool features, bool weights) : data(planted_data(150, 4, features, 7)) {
    Monitor monitor;
    if (weights) weigh(&data.interactions);
    rows = *subject_and_feature_columns(data.interactions, data.work_features, kFeatureWeight,
                                        monitor);
    n_subjects = data.interactions.n_subjects;
    x = Eigen::MatrixXd::Zero(at(rows.n_rows), at(rows.n_columns));
    for (size_t r = 0; r < rows.n_rows; ++r) {
      for (size_t e = rows.offsets[r]; e < rows.offsets[r + 1]; ++e) {
        x(at(r), at(rows.columns[e])) = double{rows.weights[e]};
      }
    }
  }

  Eigen::VectorXd features(size_t w) const {
    Eigen::VectorXd row = x.row(at(w)).transpose();
    row.head(at(n_subjects)).setZero();
    return row;
  }
};

/// The trained weights as training hands them over.
struct Weights {
  std::vector<float> weights;
  std::vector<float> scale;

  Weights(const Case& c, const Trained& trained) {
    const size_t n_features = c.rows.n_columns - c.n_subjects;
    weights.resize(c.rows.n_columns * c.n_subjects);
    for (size_t s = 0; s < c.n_subjects; ++s) {
      scale.push_back(static_cast<float>(-1 / trained.p(at(s), at(s))));
    }
    for (size_t i = 0; i < c.rows.n_columns; ++i) {
      const size_t place = i < c.n_subjects ? n_features + i : i - c.n_subjects;
      for (size_t s = 0; s < c.n_subjects; ++s) {
        const double weight = -trained.p(at(i), at(s)) / trained.p(at(s), at(s));
        weights[place * c.n_subjects + s] = i == s ? 0.0f : static_cast<float>(weight);
      }
    }
  }
};

/// With features, with weights.
class LeaveOneOutEaseTest : public ::testing::TestWithParam<std::tuple<bool, bool>> {};

TEST_P(LeaveOneOutEaseTest, IsWhatTrainingAgainWithoutThePairGives) {
  const Case c(std::get<0>(GetParam()), std::get<1>(GetParam()));
  const Trained trained(c.x);
  const Weights weights(c, trained);
  LeaveOneOutEase left_out(c.rows, c.n_subjects, weights.weights, weights.scale);
  for (size_t w = 0; w < c.rows.n_rows; w += 29) {
    const Eigen::VectorXd f = c.features(w);
    left_out.start(w, f.dot(trained.p * f));
    for (const uint32_t hidden : c.data.interactions.row(w)) {
      Eigen::MatrixXd without = c.x;
      without(at(w), at(hidden)) = 0;
      const Trained again(without);
      const Eigen::VectorXd shown = without.row(at(w)).transpose();
      std::vector<double> change(c.n_subjects);
      left_out.without_pair(hidden, change);
      for (size_t s = 0; s < c.n_subjects; ++s) {
        if (shown(at(s)) != 0) continue;
        EXPECT_NEAR(trained.score(shown, s) + change[s], again.score(shown, s), 2e-6);
      }
    }
  }
}

TEST_P(LeaveOneOutEaseTest, IsWhatTrainingAgainWithoutTheWorkGivesItsFeatures) {
  const Case c(std::get<0>(GetParam()), std::get<1>(GetParam()));
  const Trained trained(c.x);
  const Weights weights(c, trained);
  LeaveOneOutEase left_out(c.rows, c.n_subjects, weights.weights, weights.scale);
  for (size_t w = 0; w < c.rows.n_rows; w += 29) {
    const Eigen::VectorXd f = c.features(w);
    left_out.start(w, f.dot(trained.p * f));
    Eigen::MatrixXd without = c.x;
    without.row(at(w)).setZero();
    const Trained again(without);
    std::vector<double> change(c.n_subjects);
    left_out.without_subjects(change);
    for (size_t s = 0; s < c.n_subjects; ++s) {
      EXPECT_NEAR(trained.score(f, s) + change[s], again.score(f, s), 2e-6);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(WithAndWithout, LeaveOneOutEaseTest,
                         ::testing::Combine(::testing::Bool(), ::testing::Bool()));

}  // namespace
}  // namespace subjrec
