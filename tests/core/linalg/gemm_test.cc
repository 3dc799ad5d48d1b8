#include "core/linalg/gemm.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/base/random.h"
#include "core/simd/isa.h"
#include "support/set_active_isa.h"

namespace subjrec {
namespace {

std::vector<float> random_matrix(size_t rows, size_t columns, uint64_t stream) {
  std::vector<float> m(rows * columns);
  fill_normal(m, columns, 1, 7, stream);
  return m;
}

/// The definition, one element after another.
std::vector<float> by_definition(float sign, MatrixView a, MatrixView b, std::vector<float> c) {
  for (size_t i = 0; i < a.rows; ++i) {
    for (size_t j = 0; j < b.columns; ++j) {
      volatile float sum = c[i * b.columns + j];
      for (size_t p = 0; p < a.columns; ++p) {
        const float x = sign * a.data[i * a.row_stride + p * a.column_stride];
        const volatile float product = x * b.data[p * b.row_stride + j * b.column_stride];
        sum = sum + product;
      }
      c[i * b.columns + j] = sum;
    }
  }
  return c;
}

TEST(Gemm, HasTheBytesOfItsDefinitionForEveryShapeAndInstructionSet) {
  const Isa before = active_isa();
  const size_t shapes[][3] = {{1, 1, 1},    {8, 32, 16}, {9, 33, 17},  {3, 100, 64},
                              {300, 70, 5}, {17, 5, 0},  {40, 64, 600}};
  for (const auto& [m, n, k] : shapes) {
    const std::vector<float> a = random_matrix(m, k, 1);
    const std::vector<float> b = random_matrix(k, n, 2);
    const std::vector<float> start = random_matrix(m, n, 3);
    const MatrixView av = row_major(a.data(), m, k);
    const MatrixView bv = row_major(b.data(), k, n);
    for (const float sign : {1.0f, -1.0f}) {
      const std::vector<float> wanted = by_definition(sign, av, bv, start);
      for (const Isa isa : {Isa::kPlain, Isa::kAvx2, Isa::kAvx512}) {
        set_active_isa(isa);
        std::vector<float> c = start;
        multiply_add(sign, av, bv, c.data(), n);
        EXPECT_EQ(c, wanted) << m << " x " << n << " x " << k << " " << isa_name(active_isa());
      }
    }
  }
  set_active_isa(before);
}

TEST(Gemm, TakesTransposedViewsAndBlocks) {
  const std::vector<float> a = random_matrix(30, 50, 1);
  const std::vector<float> b = random_matrix(60, 70, 2);
  const MatrixView at = row_major(a.data(), 30, 50).transposed().block(5, 2, 40, 25);
  const MatrixView bt = row_major(b.data(), 60, 70).transposed().block(10, 3, 25, 50);
  std::vector<float> c(40 * 50, 0);
  multiply_add(1, at, bt, c.data(), 50);
  EXPECT_EQ(c, by_definition(1, at, bt, std::vector<float>(40 * 50, 0)));
}

}  // namespace
}  // namespace subjrec
