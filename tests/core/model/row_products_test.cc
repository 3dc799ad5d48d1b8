#include "core/model/row_products.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "core/base/random.h"
#include "support/set_active_isa.h"

namespace subjrec {
namespace {

TEST(RowProducts, HasTheBytesOfAPlainLoopOnEveryInstructionSet) {
  for (const size_t dim : {1, 3, 4, 8, 15, 16, 17, 64, 70}) {
    for (const size_t n : {0, 1, 3, 4, 9, 16, 31, 100}) {
      std::vector<float> matrix((n + 1) * dim);
      fill_normal(matrix, dim, 1, n, dim);
      const float* query = matrix.data() + n * dim;
      std::vector<const float*> rows;
      std::vector<float> wanted(n);
      for (size_t i = 0; i < n; ++i) {
        rows.push_back(matrix.data() + (i * 7 % n) * dim);
        for (size_t j = 0; j < dim; ++j) wanted[i] += query[j] * rows[i][j];
      }
      for (const Isa isa : {Isa::kPlain, Isa::kAvx2, Isa::kAvx512}) {
        if (isa > best_isa()) continue;
        set_active_isa(isa);
        std::vector<float> sums(n, -1.0f);
        row_products(query, dim, rows.data(), n, sums.data());
        for (size_t i = 0; i < n; ++i) {
          EXPECT_EQ(std::memcmp(&sums[i], &wanted[i], sizeof(float)), 0)
              << isa_name(isa) << ", row " << i << " of " << n << " x " << dim;
        }
      }
      set_active_isa(best_isa());
    }
  }
}

}  // namespace
}  // namespace subjrec
