#include "core/train/ials/ials_trainer.h"

#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <cmath>

#include "core/evaluate/evaluate.h"
#include "core/linalg/columns.h"
#include "core/model/fold_in.h"
#include "core/model/item_weights.h"
#include "core/model/least_squares.h"
#include "core/simd/isa.h"
#include "support/hold_out_one.h"
#include "support/monitors.h"
#include "support/planted_interactions.h"
#include "support/set_active_isa.h"

namespace subjrec {
namespace {

Factors random_factors(size_t n, size_t dim) {
  std::vector<float> values(n * dim);
  fill_normal(values, dim, 0.5f, 3, 0);
  Factors factors(n, dim);
  for (size_t i = 0; i < n; ++i) {
    for (size_t k = 0; k < dim; ++k) factors.row(i)[k] = values[i * dim + k];
  }
  return factors;
}

struct Entries {
  std::vector<uint32_t> index;
  std::vector<float> weights;
};

Entries random_entries(size_t n, size_t columns) {
  Random random(n);
  Entries entries;
  for (size_t i = 0; i < n; ++i) {
    entries.index.push_back(static_cast<uint32_t>(i * columns / n));
    entries.weights.push_back(static_cast<float>(0.2 + random.uniform()));
  }
  return entries;
}

Eigen::VectorXd row_of(const Factors& v, size_t i) {
  Eigen::VectorXd row(static_cast<Eigen::Index>(v.dim));
  for (size_t k = 0; k < v.dim; ++k) row[static_cast<Eigen::Index>(k)] = double{v.row(i)[k]};
  return row;
}

/// The normal equations of the header, written down densely.
Eigen::VectorXd dense_solution(const Factors& v, const Entries& entries, double unobserved,
                               double regularization) {
  const auto dim = static_cast<Eigen::Index>(v.dim);
  Eigen::MatrixXd a = regularization * Eigen::MatrixXd::Identity(dim, dim);
  Eigen::VectorXd b = Eigen::VectorXd::Zero(dim);
  for (size_t i = 0; i < v.size(); ++i) {
    a += unobserved * row_of(v, i) * row_of(v, i).transpose();
  }
  for (size_t e = 0; e < entries.index.size(); ++e) {
    const Eigen::VectorXd x = row_of(v, entries.index[e]);
    a += double{entries.weights[e]} * x * x.transpose();
    b += double{entries.weights[e]} * x;
  }
  return a.llt().solve(b);
}

TEST(LeastSquaresSolver, SolvesExactlyByTheDualAndByThePrimalSystem) {
  Monitor monitor;
  ThreadTeam team(2);
  for (const size_t dim : {5, 16, 40}) {
    Factors v = random_factors(200, dim);
    const auto solver = LeastSquaresSolver::prepare(&v, 0.05, team, monitor);
    ASSERT_TRUE(solver.ok());
    for (const size_t n : {size_t{1}, size_t{3}, dim - 1, dim, dim + 1, size_t{150}}) {
      const Entries entries = random_entries(n, 200);
      std::vector<float> w(v.stride);
      solver->solve(entries.index, entries.weights, 0.3, w.data());
      const Eigen::VectorXd wanted = dense_solution(v, entries, 0.05, 0.3);
      for (size_t k = 0; k < dim; ++k) {
        EXPECT_NEAR(w[k], wanted[static_cast<Eigen::Index>(k)], 2e-5 * (1 + wanted.norm()))
            << dim << " " << n;
      }
      for (size_t k = dim; k < v.stride; ++k) EXPECT_EQ(w[k], 0);
    }
  }
}

TEST(LeastSquaresSolver, TurnsVectorsWithoutChangingTheirProducts) {
  Monitor monitor;
  ThreadTeam team(1);
  const Factors before = random_factors(60, 12);
  Factors v = before;
  ASSERT_TRUE(LeastSquaresSolver::prepare(&v, 1, team, monitor).ok());
  const auto gram = gramian(v, team, monitor);
  for (size_t i = 0; i < 12; ++i) {
    for (size_t j = 0; j < i; ++j) EXPECT_NEAR((*gram)[i * 12 + j], 0, 1e-4);
    if (i > 0) {
      EXPECT_LE((*gram)[i * 13], (*gram)[(i - 1) * 13] + 1e-4);
    }
  }
  EXPECT_NEAR(row_of(v, 3).dot(row_of(v, 40)), row_of(before, 3).dot(row_of(before, 40)), 1e-5);
}

TEST(LeastSquaresSolver, KnowsTheScoreOfAnEntryThatIsNotThere) {
  Monitor monitor;
  ThreadTeam team(1);
  // Dense, by the dim x dim system, and by the factored n x n one.
  for (const auto& [dim, n] : {std::pair<size_t, size_t>{8, 6}, {8, 300}, {300, 280}}) {
    Factors v = random_factors(400, dim);
    const auto solver = LeastSquaresSolver::prepare(&v, 0.1, team, monitor);
    const Entries entries = random_entries(n, 400);
    std::vector<double> scores;
    ASSERT_TRUE(solver->scores_without(entries.index, entries.weights, 0.4, &scores, monitor).ok());
    for (size_t e = 0; e < n; e += n / 6) {
      Entries rest = entries;
      rest.index.erase(rest.index.begin() + static_cast<ptrdiff_t>(e));
      rest.weights.erase(rest.weights.begin() + static_cast<ptrdiff_t>(e));
      EXPECT_NEAR(scores[e], dense_solution(v, rest, 0.1, 0.4).dot(row_of(v, entries.index[e])),
                  5e-6)  // V is turned into its eigenbasis in float32
          << "dim " << dim << ", entry " << e << " of " << n;
    }
  }
}

TEST(LeastSquaresSolver, SharesLongRowsWithoutChangingThem) {
  Monitor monitor;
  ThreadTeam team(3);
  Factors v = random_factors(6000, 33);
  const auto solver = LeastSquaresSolver::prepare(&v, 0.01, team, monitor);
  SparseRows rows;
  rows.n_columns = 6000;
  rows.offsets = {0};
  for (const size_t n : {5000, 10, 0, 4096}) {
    const Entries entries = random_entries(n, 6000);
    rows.columns.insert(rows.columns.end(), entries.index.begin(), entries.index.end());
    rows.weights.insert(rows.weights.end(), entries.weights.begin(), entries.weights.end());
    rows.offsets.push_back(rows.columns.size());
    ++rows.n_rows;
  }
  Factors w(4, 33);
  ASSERT_TRUE(solver->solve_all(rows, std::vector<double>(4, 0.5), &w, team, monitor).ok());
  for (size_t r = 0; r < 4; ++r) {
    const size_t n = rows.offsets[r + 1] - rows.offsets[r];
    std::vector<float> alone(v.stride);
    solver->solve({rows.columns.data() + rows.offsets[r], n},
                  {rows.weights.data() + rows.offsets[r], n}, 0.5, alone.data());
    EXPECT_EQ(alone, std::vector<float>(w.row(r), w.row(r) + w.stride));
  }
}

TrainOptions ials_options() {
  TrainOptions options;
  options.algorithm = "ials";
  options.embedding_dim = 12;
  options.epochs = 6;
  options.unobserved_weight = 0.02;
  options.regularization = 0.05;
  options.regularization_exponent = 0.5;
  options.feature_weight = 0.3;
  options.init_stddev = 0.1;
  options.threads = 1;
  return options;
}

Model train(const TrainData& data, const TrainOptions& options,
            std::vector<double>* losses = nullptr) {
  Monitor monitor;
  auto trainer = make_trainer(data, options);
  EXPECT_TRUE(trainer.ok());
  std::vector<HistoryRow> history;
  for (int epoch = 0; epoch < options.epochs && !(*trainer)->finished(); ++epoch) {
    const auto loss = (*trainer)->run_epoch(&history, monitor);
    EXPECT_TRUE(loss.ok());
    if (losses != nullptr) losses->push_back(*loss);
  }
  return *(*trainer)->model(monitor);
}

TEST(Ials, ReportsTheObjectiveThatItMinimises) {
  const TrainData data = planted_data(150, 4, true, 1);
  const TrainOptions o = ials_options();
  std::vector<double> losses;
  const Model m = train(data, o, &losses);
  // The last epoch's matrix has the pairs that calibration kept out of the others.
  ASSERT_EQ(losses.size(), 6u);
  for (size_t i = 1; i + 1 < losses.size(); ++i) EXPECT_LT(losses[i], losses[i - 1] + 1e-7);

  Monitor never;
  const SparseRows x =
      *subject_and_feature_columns(data.interactions, data.work_features, o.feature_weight, never);
  std::vector<float> columns = m.subjects;
  columns.insert(columns.end(), m.feature_inputs.begin(), m.feature_inputs.end());
  std::vector<double> column_weight(x.n_columns, 0.0);
  double objective = 0;
  const auto square = [&](const float* v) {
    double sum = 0;
    for (size_t k = 0; k < m.dim; ++k) sum += double{v[k]} * double{v[k]};
    return sum;
  };
  const auto penalty = [&](double weight, size_t length) {
    return o.regularization *
           std::pow(weight + o.unobserved_weight * static_cast<double>(length), 0.5);
  };
  for (size_t w = 0; w < x.n_rows; ++w) {
    double weight = 0;
    std::vector<double> c(x.n_columns, 0.0);
    for (size_t e = x.offsets[w]; e < x.offsets[w + 1]; ++e) {
      c[x.columns[e]] = double{x.weights[e]};
      weight += c[x.columns[e]];
      column_weight[x.columns[e]] += c[x.columns[e]];
    }
    for (size_t i = 0; i < x.n_columns; ++i) {
      double s = 0;
      for (size_t k = 0; k < m.dim; ++k) {
        s += double{m.works[w * m.dim + k]} * double{columns[i * m.dim + k]};
      }
      objective += c[i] * (1 - s) * (1 - s) + o.unobserved_weight * s * s;
    }
    objective += penalty(weight, x.n_columns) * square(m.works.data() + w * m.dim);
  }
  for (size_t i = 0; i < x.n_columns; ++i) {
    objective += penalty(column_weight[i], x.n_rows) * square(columns.data() + i * m.dim);
  }
  EXPECT_NEAR(losses.back(), objective / static_cast<double>(x.n_rows * x.n_columns),
              1e-5 * losses.back());
}

TEST(Ials, FindsPlantedGroups) {
  TrainData data = planted_data(800, 5, false, 2);
  Split split = hold_out_one(data.interactions, 3, 1);
  data.interactions = split.train;
  const Model m = train(data, ials_options());
  Monitor monitor;
  ThreadTeam team(1);
  const auto e = evaluate(m, data, split.heldout, {}, team, monitor);
  EXPECT_GT(*e->find("recall@10"), 0.85);  // 10 of 30 at random is a third
  EXPECT_GT(m.probability_slope, 0);
}

TEST(Ials, FoldsATrainingRowInToItsOwnVector) {
  const TrainData data = planted_data(200, 4, true, 3);
  const Model m = train(data, ials_options());
  Monitor monitor;
  const auto fold = FoldIn::build(m, monitor);
  ASSERT_TRUE(fold.ok());
  for (const size_t w : {0, 7, 199}) {
    const auto features = features_of(data, w);
    const auto vector = fold->vector(data.interactions.row(w), features, monitor);
    ASSERT_TRUE(vector.ok());
    for (size_t k = 0; k < m.dim; ++k) EXPECT_NEAR((*vector)[k], m.works[w * m.dim + k], 2e-4);
  }
}

TEST(Ials, HasTheSameBytesForThreadsAndInstructionSets) {
  const Isa before = active_isa();
  const TrainData data = planted_data(700, 5, true, 4);
  TrainOptions options = ials_options();
  const Model wanted = train(data, options);
  for (const Isa isa : {Isa::kPlain, Isa::kAvx2, Isa::kAvx512}) {
    set_active_isa(isa);
    options.threads = 3;
    const Model m = train(data, options);
    EXPECT_EQ(m.works, wanted.works) << isa_name(active_isa());
    EXPECT_EQ(m.subjects, wanted.subjects);
    EXPECT_EQ(m.feature_inputs, wanted.feature_inputs);
    EXPECT_EQ(m.probability_slope, wanted.probability_slope);
  }
  set_active_isa(before);
}

TEST(Ials, Stops) {
  StopAtOnce stop;
  const TrainData data = planted_data(100, 3, false, 5);
  auto trainer = make_trainer(data, ials_options());
  std::vector<HistoryRow> history;
  EXPECT_EQ((*trainer)->run_epoch(&history, stop).status().code(), Code::kInterrupted);
}

/// Of works that hide one subject each, the probabilities of what they do not carry add up to one.
TEST(Ials, SaysHowLikelyAHiddenSubjectIs) {
  TrainData data = planted_data(12000, 40, false, 3);
  const Split split = hold_out_one(data.interactions, 3, 1);
  data.interactions = split.train;
  TrainOptions options = ials_options();
  options.epochs = 8;
  const Model m = train(data, options);
  double expected = 0;
  size_t hidden = 0;
  for (size_t w = 0; w < 12000; ++w) {
    if (split.heldout.row(w).empty()) continue;
    ++hidden;
    const auto own = data.interactions.row(w);
    for (uint32_t s = 0; s < m.n_subjects(); ++s) {
      if (std::binary_search(own.begin(), own.end(), s)) continue;
      double score = 0;
      for (size_t k = 0; k < m.dim; ++k) {
        score += double{m.works[w * m.dim + k]} * double{m.subjects[s * m.dim + k]};
      }
      expected += 1 / (1 + std::exp(-(m.probability_slope * score + m.probability_intercept)));
    }
  }
  ASSERT_GT(hidden, 1000);
  EXPECT_NEAR(expected / static_cast<double>(hidden), 1, 0.15);
}

}  // namespace
}  // namespace subjrec
