#include "core/model/fold_in.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/base/random.h"
#include "core/train/algorithm.h"
#include "support/monitors.h"

namespace subjrec {
namespace {

Model random_model(std::string_view algorithm, size_t subjects, size_t dim) {
  Model m;
  m.kind = find_model_kind(algorithm);
  m.dim = dim;
  m.subjects.resize(subjects * dim);
  fill_normal(m.subjects, dim, 1, 1, 0);
  return m;
}

/// Cross-entropy of one row over all subjects, with the prior of the vector.
double objective(const Model& m, const SubjectRow& carried, std::vector<double> w) {
  double sum = 0;
  for (size_t s = 0; s < m.n_subjects(); ++s) {
    double x = 0;
    for (size_t k = 0; k < m.dim; ++k) x += w[k] * double{m.subjects[s * m.dim + k]};
    const auto found = std::find(carried.begin(), carried.end(), s);
    const bool is = found != carried.end();
    const double weight =
        is ? double{carried.weight(static_cast<size_t>(found - carried.begin()))} : 1;
    sum += weight * (std::log1p(std::exp(x)) - (is ? x : 0));
  }
  for (const double x : w) sum += x * x / 2;
  return sum;
}

TEST(FoldIn, MinimisesCrossEntropyForModelsOfFreeEmbeddings) {
  for (const char* algorithm : {"bce", "loaded"}) {
    const Model m = random_model(algorithm, 300, 6);
    const std::vector<uint32_t> subjects = {3, 40, 200};
    const std::vector<float> weights = {0.3f, 7, 1};
    Monitor monitor;
    for (const SubjectRow& carried : {SubjectRow(subjects), SubjectRow(subjects, weights)}) {
      const auto vector = fold_in(m, carried, {}, monitor);
      ASSERT_TRUE(vector.ok());
      const std::vector<double> w(vector->begin(), vector->end());
      const double least = objective(m, carried, w);
      for (size_t k = 0; k < m.dim; ++k) {
        for (const double step : {-1e-3, 1e-3}) {
          std::vector<double> near = w;
          near[k] += step;
          EXPECT_GT(objective(m, carried, near), least);
        }
      }
    }
  }
}

TEST(FoldIn, GivesZerosForAnEmptyBag) {
  Monitor monitor;
  for (const char* algorithm : {"bce", "ials"}) {
    EXPECT_EQ(*fold_in(random_model(algorithm, 20, 4), {}, {}, monitor),
              std::vector<float>(4, 0.0f));
  }
}

TEST(FoldIn, RefusesNumbersThatTheModelDoesNotHave) {
  Monitor monitor;
  Model m = random_model("ials", 20, 4);
  m.feature_inputs.assign(3 * 4, 0.1f);
  m.regularization = 1;
  const std::vector<uint32_t> subjects = {20};
  EXPECT_EQ(fold_in(m, subjects, {}, monitor).status().message(),
            "fold_in: subject 20 is not below the model's 20");
  const std::vector<WeightedFeature> features = {{3, 1.0f}};
  EXPECT_EQ(fold_in(m, {}, features, monitor).status().message(),
            "fold_in: feature 3 is not below the model's 3");
}

TEST(FoldIn, StopsInTheMiddle) {
  StopAfter stop(3);
  const Model m = random_model("bce", 50, 4);
  const std::vector<uint32_t> carried = {1};
  EXPECT_EQ(fold_in(m, carried, {}, stop).status().code(), Code::kInterrupted);
}

TEST(FoldIn, WantsAVectorOfTheModelsLength) {
  const Model m = random_model("composed", 5, 3);
  Monitor monitor;
  const std::vector<uint32_t> carried = {1};
  const std::vector<float> prior = {1, 2};
  const auto fold_in = FoldIn::build(m, monitor);
  ASSERT_TRUE(fold_in.ok());
  EXPECT_EQ(fold_in->vector(carried, {}, monitor, prior).status().message(),
            "fold_in: a vector of 2 dimensions; the model's prior vectors have 0");
}

}  // namespace
}  // namespace subjrec
