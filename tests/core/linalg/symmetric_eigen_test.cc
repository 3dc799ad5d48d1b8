#include "core/linalg/symmetric_eigen.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/base/random.h"

namespace subjrec {
namespace {

struct CountingMonitor : Monitor {
  explicit CountingMonitor(int most_ = -1) : most(most_) {}
  bool stop() override { return asked++ == most; }
  int most;
  int asked = 0;
};

/// V' diag(values) V, of random V of any length and rank.
std::vector<double> random_matrix(size_t n, size_t rank, uint64_t seed) {
  Random random(seed);
  std::vector<double> v(rank * n);
  for (double& x : v) x = random.normal();
  std::vector<double> a(n * n, 0.0);
  for (size_t r = 0; r < rank; ++r) {
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j < n; ++j) {
        a[i * n + j] += (r % 2 == 0 ? 1.0 : -0.5) * v[r * n + i] * v[r * n + j];
      }
    }
  }
  return a;
}

/// What it should be: A v = value v, v' v = 1, orthogonal, descending.
void check(const std::vector<double>& a, size_t n) {
  Monitor monitor;
  const auto result = symmetric_eigen(a, n, monitor);
  ASSERT_TRUE(result.ok()) << result.status().message();
  ASSERT_EQ(result->values.size(), n);
  ASSERT_EQ(result->vectors.size(), n * n);
  double size = 1e-300;
  for (const double x : a) size = std::max(size, std::fabs(x));
  for (size_t j = 0; j < n; ++j) {
    const double* v = result->vectors.data() + j * n;
    EXPECT_GE(result->values[j == 0 ? 0 : j - 1], result->values[j]);
    for (size_t i = 0; i < n; ++i) {
      double product = 0;
      for (size_t k = 0; k < n; ++k) product += a[i * n + k] * v[k];
      EXPECT_NEAR(product, result->values[j] * v[i], 1e-12 * size * static_cast<double>(n));
    }
    for (size_t other = 0; other <= j; ++other) {
      double dot = 0;
      for (size_t k = 0; k < n; ++k) dot += v[k] * result->vectors[other * n + k];
      EXPECT_NEAR(dot, other == j ? 1 : 0, 1e-12);
    }
  }
}

TEST(SymmetricEigen, SolvesMatricesOfAnyRankAndSize) {
  for (const size_t n : {1u, 2u, 3u, 4u, 10u, 33u, 90u}) {
    SCOPED_TRACE(n);
    check(random_matrix(n, n, n), n);
    check(random_matrix(n, (n + 2) / 3, n + 100), n);
  }
}

/// What is left of the rank shrinks by rounding at every step, to numbers without an inverse.
TEST(SymmetricEigen, SolvesMatricesOfLowRank) {
  for (const size_t rank : {1u, 4u, 9u}) {
    SCOPED_TRACE(rank);
    check(random_matrix(128, rank, rank), 128);
  }
}

TEST(SymmetricEigen, SolvesSpecialMatrices) {
  check(std::vector<double>(25, 0.0), 5);
  check(std::vector<double>(25, 1.0), 5);
  check({3, 0, 0, 0, 1, 0, 0, 0, 2}, 3);
  check({0, 1, 0, 1, 0, 0, 0, 0, 0}, 3);
  std::vector<double> small = random_matrix(12, 12, 1);
  for (double& x : small) x *= 1e-150;
  check(small, 12);
}

TEST(SymmetricEigen, RefusesWhatIsNotFinite) {
  Monitor monitor;
  const auto result = symmetric_eigen({1, NAN, NAN, 1}, 2, monitor);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.status().message(), "a matrix has a value that is not finite");
}

TEST(SymmetricEigen, CanBeStoppedAtAnyPoll) {
  const std::vector<double> a = random_matrix(300, 20, 3);
  CountingMonitor all;
  ASSERT_TRUE(symmetric_eigen(a, 300, all).ok());
  ASSERT_GT(all.asked, 10);
  for (int at = 0; at < all.asked; ++at) {
    CountingMonitor monitor(at);
    const auto result = symmetric_eigen(a, 300, monitor);
    ASSERT_FALSE(result.ok()) << at;
    EXPECT_EQ(result.status().code(), Code::kInterrupted);
    EXPECT_EQ(monitor.asked, at + 1);
  }
}

}  // namespace
}  // namespace subjrec
