// The notebook's model with features and prior vectors, beside the same written down cell by cell:
// every parameter in a dense matrix, and every row of it moved by every step.
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

#include "core/model/encoders.h"
#include "core/model/fold_in.h"
#include "core/model/item_weights.h"
#include "core/train/bce/bce_training.h"
#include "core/train/calibration_set.h"
#include "core/train/resolve_options.h"
#include "support/double_precision.h"
#include "support/monitors.h"
#include "support/planted_interactions.h"

namespace subjrec {
namespace {

using Matrix = std::vector<std::vector<double>>;

/// Rows of parameters under Adam as its paper has it.
struct Parameters {
  Parameters(size_t rows, size_t dim)
      : value(rows, std::vector<double>(dim)), first(value), second(value), gradient(value) {}

  void step(int t, const AdamOptions& o) {
    for (size_t i = 0; i < value.size(); ++i) {
      for (size_t k = 0; k < value[i].size(); ++k) {
        const double g = gradient[i][k];
        first[i][k] = o.beta1 * first[i][k] + (1 - o.beta1) * g;
        second[i][k] = o.beta2 * second[i][k] + (1 - o.beta2) * g * g;
        const double m = first[i][k] / (1 - std::pow(o.beta1, t));
        const double v = second[i][k] / (1 - std::pow(o.beta2, t));
        value[i][k] -= o.learning_rate * m / (std::sqrt(v) + o.epsilon);
        gradient[i][k] = 0;
      }
    }
  }

  Matrix value, first, second, gradient;
};

/// One side: own rows, features and vectors, with their coefficients in dense matrices.
struct Side {
  Side(size_t rows, const SparseRows& features, const PretrainedVectors& vectors, size_t dim)
      : own(rows, dim),
        shared(features.n_columns + vectors.dim, dim),
        coefficient(rows, std::vector<double>(features.n_columns + vectors.dim)) {
    double squares = 0;
    for (const float x : vectors.values) squares += double{x} * double{x};
    const double scale = std::sqrt(static_cast<double>(rows) / squares);
    for (size_t i = 0; i < rows; ++i) {
      double length = 0;
      for (size_t e = features.offsets[i]; e < features.offsets[i + 1]; ++e) {
        length += double{features.weights[e]} * double{features.weights[e]};
      }
      for (size_t e = features.offsets[i]; e < features.offsets[i + 1]; ++e) {
        coefficient[i][features.columns[e]] = double{features.weights[e]} / std::sqrt(length);
      }
      for (size_t d = 0; d < vectors.dim; ++d) {
        coefficient[i][features.n_columns + d] = scale * double{vectors.row(i)[d]};
      }
    }
  }

  Matrix embeddings() const {
    Matrix all = own.value;
    for (size_t i = 0; i < all.size(); ++i) {
      for (size_t f = 0; f < shared.value.size(); ++f) {
        for (size_t k = 0; k < all[i].size(); ++k) {
          all[i][k] += coefficient[i][f] * shared.value[f][k];
        }
      }
    }
    return all;
  }

  void add_gradient(size_t i, const std::vector<double>& g) {
    for (size_t k = 0; k < g.size(); ++k) {
      own.gradient[i][k] += g[k];
      for (size_t f = 0; f < shared.value.size(); ++f) {
        shared.gradient[f][k] += coefficient[i][f] * g[k];
      }
    }
  }

  Parameters own;
  Parameters shared;
  Matrix coefficient;
};

/// Takes a step on the block of `batch` and the subjects that its works carry; the mean loss before
/// it.
double dense_step(const Interactions& y, const std::vector<uint32_t>& batch, int t,
                  const AdamOptions& adam, Side* works, Side* subjects) {
  std::set<uint32_t> columns;
  for (const uint32_t w : batch) columns.insert(y.row(w).begin(), y.row(w).end());
  const Matrix of_works = works->embeddings();
  const Matrix of_subjects = subjects->embeddings();
  const double cells = static_cast<double>(batch.size() * columns.size());
  double loss = 0;
  for (const uint32_t w : batch) {
    const std::set<uint32_t> carried(y.row(w).begin(), y.row(w).end());
    for (const uint32_t s : columns) {
      double x = 0;
      for (size_t k = 0; k < of_works[w].size(); ++k) x += of_works[w][k] * of_subjects[s][k];
      const double p = 1 / (1 + std::exp(-x));
      const double target = carried.count(s) != 0 ? 1 : 0;
      loss -= std::log(target == 1 ? p : 1 - p) / cells;
      std::vector<double> for_work;
      std::vector<double> for_subject;
      for (size_t k = 0; k < of_works[w].size(); ++k) {
        for_work.push_back((p - target) * of_subjects[s][k] / cells);
        for_subject.push_back((p - target) * of_works[w][k] / cells);
      }
      works->add_gradient(w, for_work);
      subjects->add_gradient(s, for_subject);
    }
  }
  for (Parameters* p : {&works->own, &works->shared, &subjects->own, &subjects->shared}) {
    p->step(t, adam);
  }
  return loss;
}

/// Each row has one feature of weight 3 or four of one weight, so that its coefficients are the
/// same in any precision.
SparseRows some_features(size_t rows, uint32_t columns) {
  SparseRows features{
      .n_rows = rows, .n_columns = columns, .offsets = {0}, .columns = {}, .weights = {}};
  for (uint32_t i = 0; i < rows; ++i) {
    if (i % 3 == 0) {
      features.columns.push_back(i % columns);
      features.weights.push_back(3);
    } else if (i % 3 == 1) {
      for (uint32_t f = 0; f < 4; ++f) {
        features.columns.push_back((i + f) % columns);
        features.weights.push_back(0.5f);
      }
    }
    features.offsets.push_back(features.columns.size());
  }
  return features;
}

/// Of length 1, so that no scale is needed.
PretrainedVectors some_vectors(size_t rows) {
  PretrainedVectors vectors{.dim = 4, .values = {}};
  for (size_t i = 0; i < rows; ++i) {
    for (size_t d = 0; d < 4; ++d) vectors.values.push_back((i >> d) % 2 == 0 ? 0.5f : -0.5f);
  }
  return vectors;
}

template <class T>
void expect_near(const std::vector<T>& found, const Matrix& wanted, double tolerance) {
  ASSERT_EQ(found.size(), wanted.size() * wanted[0].size());
  for (size_t i = 0; i < found.size(); ++i) {
    const size_t dim = wanted[0].size();
    ASSERT_NEAR(static_cast<double>(found[i]), wanted[i / dim][i % dim], tolerance) << i;
  }
}

template <class T>
void follow(double tolerance) {
  constexpr size_t kDim = 3;
  TrainData data = planted_data(40, 3, false, 7);
  const size_t n_subjects = data.interactions.n_subjects;
  data.work_features = some_features(40, 11);
  data.subject_features = some_features(n_subjects, 6);
  data.work_vectors = some_vectors(40);
  data.subject_vectors = some_vectors(n_subjects);
  const AdamOptions adam{0.05, 0.9, 0.999, 1e-8};
  Side works(40, data.work_features, data.work_vectors, kDim);
  Side subjects(n_subjects, data.subject_features, data.subject_vectors, kDim);
  Random random(3);
  std::vector<T> start[2];
  for (Side* side : {&works, &subjects}) {
    std::vector<T>& drawn = start[side == &subjects ? 1 : 0];
    for (std::vector<double>& row : side->own.value) {
      for (double& x : row) {
        x = static_cast<double>(random.below(1000)) / 512 - 1;
        drawn.push_back(static_cast<T>(x));
      }
    }
  }
  ThreadTeam team(2);
  BceTraining<T> training(data.interactions, data, kDim, adam, team);
  training.set(start[0], start[1]);
  Monitor monitor;
  std::vector<double> losses;
  for (int t = 1; t <= 60; ++t) {
    std::vector<uint32_t> batch;
    for (uint32_t w = 0; w < 40; ++w) {
      if ((w * 7 + static_cast<uint32_t>(t) * 5) % 4 == 0) batch.push_back(w);
    }
    ASSERT_TRUE(training.train(batch, 1, &losses, monitor).ok());
    const double loss = dense_step(data.interactions, batch, t, adam, &works, &subjects);
    ASSERT_NEAR(losses.back(), loss, tolerance) << "step " << t;
  }
  std::vector<T> of_works;
  std::vector<T> of_subjects;
  ASSERT_TRUE(training.embeddings(&of_works, &of_subjects, monitor).ok());
  expect_near(of_works, works.embeddings(), tolerance);
  expect_near(of_subjects, subjects.embeddings(), tolerance);
  std::vector<T> features;
  std::vector<T> projection;
  training.work_features(&features, &projection);
  features.insert(features.end(), projection.begin(), projection.end());
  expect_near(features, works.shared.value, tolerance);
}

TEST(BceFeatures, AreTrainedAsTheyAreWrittenDownInDoublePrecision) { follow<double>(1e-9); }
TEST(BceFeatures, AreTrainedAsTheyAreWrittenDownInSinglePrecision) { follow<float>(1e-3); }

TrainOptions options_of(int threads) {
  TrainOptions options;
  options.algorithm = "bce";
  options.embedding_dim = 8;
  options.batch_size = 64;
  options.learning_rate = 0.02;
  options.epochs = 30;
  options.threads = threads;
  return options;
}

Model model_of(const TrainData& data, const TrainOptions& options) {
  Monitor monitor;
  auto trainer = make_trainer(data, options);
  EXPECT_TRUE(trainer.ok()) << trainer.status().message();
  std::vector<HistoryRow> history;
  for (int epoch = 0; epoch < options.epochs; ++epoch) {
    EXPECT_TRUE((*trainer)->run_epoch(&history, monitor).ok());
  }
  return *(*trainer)->model(monitor);
}

TrainData informed() {
  TrainData data = planted_data(900, 8, true, 5);
  data.work_vectors = some_vectors(900);
  return data;
}

TEST(BceFeatures, GiveTheSameBytesWithAnyThreads) {
  const TrainData data = informed();
  const Model one = model_of(data, options_of(1));
  for (const int threads : {2, 3}) {
    const Model more = model_of(data, options_of(threads));
    EXPECT_EQ(one.works, more.works);
    EXPECT_EQ(one.subjects, more.subjects);
    EXPECT_EQ(one.feature_inputs, more.feature_inputs);
    EXPECT_EQ(one.work_projection, more.work_projection);
  }
}

TEST(BceFeatures, BeginWhereATrainingWithoutThemDoes) {
  const TrainData with = informed();
  TrainData without;
  without.interactions = with.interactions;
  TrainOptions options = options_of(1);
  options.learning_rate = 1e-30;
  options.epochs = 1;
  EXPECT_EQ(model_of(with, options).subjects, model_of(without, options).subjects);
}

/// The share of works for which one of their subjects is the first, of what their features say
/// alone.
double first_is_right(const Model& model, const TrainData& data) {
  Monitor monitor;
  const auto fold = FoldIn::build(model, monitor);
  std::vector<float> scores(model.n_subjects());
  double right = 0;
  for (uint32_t w = 0; w < data.interactions.n_works; ++w) {
    EXPECT_TRUE(fold->scores({}, features_of(data, w), scores, monitor).ok());
    const auto best =
        static_cast<uint32_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
    for (const uint32_t s : data.interactions.row(w)) right += s == best ? 1 : 0;
  }
  return right / static_cast<double>(data.interactions.n_works);
}

TEST(BceFeatures, SayWhatAWorkIsAboutBeforeAnySubjectIsKnown) {
  const TrainData data = planted_data(900, 8, true, 5);
  const Model model = model_of(data, options_of(2));
  EXPECT_GT(model.calibration_works, CalibrationSet::kLeastColdWorks);
  EXPECT_TRUE(model.cold_curve.has_value());
  TrainOptions untrained = options_of(2);
  untrained.learning_rate = 1e-30;
  EXPECT_GT(first_is_right(model, data), 0.45);
  EXPECT_LT(first_is_right(model_of(data, untrained), data), 0.15);
}

}  // namespace
}  // namespace subjrec
