// Lazy Adam against plain dense Adam, step by step in double precision.
#include "core/train/optim/adam.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/base/random.h"
#include "core/train/optim/dense_adam.h"
#include "support/double_precision.h"

namespace subjrec {
namespace {

struct DenseAdam {
  AdamOptions options;
  std::vector<double> w, m, v;
  uint64_t t = 0;

  DenseAdam(const AdamOptions& o, std::vector<double> start)
      : options(o), w(std::move(start)), m(w.size()), v(w.size()) {}

  void step(const std::vector<double>& gradient) {
    ++t;
    const double n = static_cast<double>(t);
    for (size_t i = 0; i < w.size(); ++i) {
      m[i] = options.beta1 * m[i] + (1 - options.beta1) * gradient[i];
      v[i] = options.beta2 * v[i] + (1 - options.beta2) * gradient[i] * gradient[i];
      const double mean = m[i] / (1 - std::pow(options.beta1, n));
      const double square = v[i] / (1 - std::pow(options.beta2, n));
      w[i] -= options.learning_rate * mean / (std::sqrt(square) + options.epsilon);
    }
  }
};

/// Trains both on the same gradients, of which each step touches few rows, and returns the largest
/// difference in the end. Gradients are about `size`; small ones make epsilon matter.
template <class T>
double difference(const AdamOptions& options, size_t steps, double size, double touched) {
  constexpr size_t kRows = 40;
  constexpr size_t kDim = 11;
  Random random(7);
  std::vector<double> start(kRows * kDim);
  for (double& x : start) x = static_cast<float>(random.normal());
  DenseAdam dense(options, start);
  AdamSchedule schedule(options);
  LazyDenseAdam<T> lazy(kRows, kDim, schedule);
  lazy.set(0, std::vector<T>(start.begin(), start.end()));
  const DenseLayout layout{kDim, false};
  for (uint64_t t = 1; t <= steps; ++t) {
    std::vector<double> gradient(start.size(), 0.0);
    std::vector<uint32_t> ids;
    std::vector<T> rows;
    for (uint32_t r = 0; r < kRows; ++r) {
      if (random.uniform() >= touched) continue;
      ids.push_back(r);
      for (size_t e = 0; e < kDim; ++e) {
        const auto g = static_cast<float>(size * random.normal());
        gradient[r * kDim + e] = g;
        rows.push_back(static_cast<T>(g));
      }
    }
    schedule.extend(t);
    std::vector<T> values(rows.size());
    lazy.catch_up(ids.data(), 0, ids.size(), t - 1, values.data(), layout);
    lazy.update(ids.data(), 0, ids.size(), t, rows.data(), layout, T(1));
    dense.step(gradient);
  }
  std::vector<T> w(start.size());
  lazy.read(0, kRows, steps, w.data());
  double most = 0;
  for (size_t i = 0; i < w.size(); ++i) {
    const double d = std::fabs(static_cast<double>(w[i]) - dense.w[i]);
    if (!(d <= most)) most = d;
  }
  return most;
}

TEST(LazyAdam, IsDenseAdamInDoublePrecision) {
  EXPECT_LT(difference<double>({0.01, 0.9, 0.999, 1e-8}, 600, 1e-3, 0.02), 1e-11);
  EXPECT_LT(difference<double>({0.01, 0.5, 0.9, 1e-8}, 200, 1e-3, 0.1), 1e-11);
}

TEST(LazyAdam, IsDenseAdamInSinglePrecision) {
  // Gradients from far above epsilon to far below it, rows touched often and seldom.
  for (const double size : {1.0, 1e-3, 1e-6, 1e-8, 1e-10}) {
    for (const double touched : {0.5, 0.02, 0.003}) {
      EXPECT_LT(difference<float>({0.01, 0.9, 0.999, 1e-8}, 1500, size, touched), 2e-5)
          << size << " " << touched;
    }
  }
}

TEST(LazyAdam, HoldsForUnusualBetas) {
  EXPECT_LT(difference<float>({0.01, 0, 0.999, 1e-8}, 300, 1e-4, 0.05), 1e-5);
  EXPECT_LT(difference<float>({0.01, 0.99, 0.9999, 1e-8}, 300, 1e-4, 0.05), 1e-5);
  EXPECT_LT(difference<float>({0.01, 0.9, 0.99, 1e-8}, 300, 1e-4, 0.05), 1e-5);
  EXPECT_LT(difference<float>({0.001, 0.95, 0.9, 1e-6}, 100, 1e-4, 0.2), 1e-4)
      << "no expansion: the walk alone";
}

TEST(AdamSchedule, ExpandsWhereTheFirstMomentFadesFirst) {
  EXPECT_TRUE(AdamSchedule({0.001, 0.9, 0.999, 1e-8}).expands());
  EXPECT_TRUE(AdamSchedule({0.001, 0, 0.999, 1e-8}).expands());
  EXPECT_FALSE(AdamSchedule({0.001, 0.95, 0.9, 1e-8}).expands());
  EXPECT_FALSE(AdamSchedule({0.001, 0.9, 0, 1e-8}).expands());
}

/// The sum of the skipped steps' moves of one element, as the header writes it.
double walked(const AdamOptions& o, double m, double v, uint64_t from, uint64_t to) {
  double moved = 0;
  for (uint64_t t = from + 1; t <= to; ++t) {
    m *= o.beta1;
    v *= o.beta2;
    moved += o.learning_rate * m / (1 - std::pow(o.beta1, t)) /
             (std::sqrt(v / (1 - std::pow(o.beta2, t))) + o.epsilon);
  }
  return moved;
}

TEST(AdamSchedule, SkipsAsTheStepsWould) {
  const AdamOptions o;
  AdamSchedule schedule(o);
  schedule.extend(50000);
  int held = 0;
  for (const uint64_t from : {1, 10, 100, 1000, 49000}) {
    for (const uint64_t k : {1, 2, 7, 50, 300, 900}) {
      for (const double s : {1e-3, 1e-6, 1e-7, 1e-8, 1e-9}) {
        const AdamSkip skip = schedule.skip(from, from + k);
        if (s * s < skip.least_second) continue;
        ++held;
        const double d = 1 / (s + skip.epsilon_y);
        const double u = o.epsilon * d;
        const double moved = s * d * (skip.c0 + u * u * (skip.c2 - u * skip.c3));
        const double exact = walked(o, s, s * s, from, from + k);
        EXPECT_NEAR(moved / exact, 1, 3e-5) << from << " " << k << " " << s;
      }
    }
  }
  EXPECT_GT(held, 100);
}

}  // namespace
}  // namespace subjrec
