#include "core/linalg/block_cholesky.h"

#include <gtest/gtest.h>

#include <Eigen/Cholesky>

#include "core/base/random.h"
#include "core/simd/isa.h"
#include "support/set_active_isa.h"

namespace subjrec {
namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

SquareMatrix random_definite(size_t n) {
  std::vector<float> half(n * 2 * n);
  fill_normal(half, 2 * n, 1, 9, 0);
  const auto size = static_cast<Eigen::Index>(n);
  const Eigen::Map<const Matrix> x(half.data(), size, 2 * size);
  SquareMatrix a(n);
  Eigen::Map<Matrix>(a.values.data(), size, size) =
      x * x.transpose() + 0.1f * Matrix::Identity(size, size);
  return a;
}

/// The columns from `split` on of the inverse of `a`.
std::vector<float> inverse_columns(const SquareMatrix& a, size_t split, int threads) {
  Monitor monitor;
  ThreadTeam team(threads);
  auto factor = BlockCholesky::factor(a, split, team, monitor);
  EXPECT_TRUE(factor.ok());
  const size_t columns = a.size - split;
  std::vector<float> x(a.size * columns, 0.0f);
  for (size_t j = 0; j < columns; ++j) x[(split + j) * columns + j] = 1;
  EXPECT_TRUE(factor->forward(split, x.data(), columns, team, monitor).ok());
  EXPECT_TRUE(factor->backward(x.data(), columns, team, monitor).ok());
  return x;
}

TEST(BlockCholesky, InvertsForAnySplit) {
  for (const size_t n : {1, 100, 256, 600}) {
    const SquareMatrix a = random_definite(n);
    const auto size = static_cast<Eigen::Index>(n);
    const Eigen::MatrixXd wanted = Eigen::Map<const Matrix>(a.values.data(), size, size)
                                       .cast<double>()
                                       .llt()
                                       .solve(Eigen::MatrixXd::Identity(size, size));
    for (const size_t split : {size_t{0}, n / 3}) {
      const std::vector<float> x = inverse_columns(a, split, 2);
      const size_t columns = n - split;
      double worst = 0;
      for (size_t i = 0; i < n; ++i) {
        for (size_t j = 0; j < columns; ++j) {
          const double difference =
              double{x[i * columns + j]} -
              wanted(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(split + j));
          worst = std::max(worst, std::abs(difference));
        }
      }
      EXPECT_LT(worst, 1e-4 * wanted.norm()) << n << " " << split;
    }
  }
}

TEST(BlockCholesky, HasTheSameBytesForThreadsAndInstructionSets) {
  const Isa before = active_isa();
  const SquareMatrix a = random_definite(400);
  const std::vector<float> wanted = inverse_columns(a, 100, 1);
  for (const Isa isa : {Isa::kPlain, Isa::kAvx2, Isa::kAvx512}) {
    set_active_isa(isa);
    EXPECT_EQ(inverse_columns(a, 100, 3), wanted) << isa_name(active_isa());
  }
  set_active_isa(before);
}

TEST(BlockCholesky, RefusesWhatIsNotPositiveDefinite) {
  Monitor monitor;
  ThreadTeam team(1);
  SquareMatrix a = random_definite(300);
  a.row(280)[280] = -1;
  EXPECT_EQ(BlockCholesky::factor(a, 0, team, monitor).status().code(), Code::kInvalid);
}

}  // namespace
}  // namespace subjrec
