// The Cholesky factor of a large symmetric matrix, and systems with it, in float32 and in blocks
// of dense/gemm.h: the same bytes for every instruction set and number of threads.
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"

namespace subjrec {

/// n x n, row-major. Of a symmetric matrix the lower triangle is stored; what is above is free.
struct SquareMatrix {
  explicit SquareMatrix(size_t n) : size(n), values(n * n, 0.0f) {}
  /// The same, a piece at a time.
  static Result<SquareMatrix> zeros(size_t n, Monitor& monitor) {
    SquareMatrix matrix(0);
    matrix.size = n;
    SUBJREC_TRY(grow_zeroed(&matrix.values, n * n, monitor));
    return matrix;
  }
  float* row(size_t i) { return values.data() + i * size; }
  const float* row(size_t i) const { return values.data() + i * size; }

  size_t size;
  std::vector<float> values;
};

class BlockCholesky {
 public:
  /// A = L L'. Blocks begin at row 0 and at row `split` (at most n), so that forward() can start
  /// there. Code::kInvalid where A is not positive definite in float32.
  static Result<BlockCholesky> factor(SquareMatrix a, size_t split, ThreadTeam& team,
                                      Monitor& monitor);

  size_t size() const { return l_.size; }

  /// X becomes L^-1 X. X is n x columns, row-major; rows above `first_row`, which is 0 or the
  /// split, are zero and stay so.
  Status forward(size_t first_row, float* x, size_t columns, ThreadTeam& team, Monitor& monitor);
  /// X becomes L'^-1 X.
  Status backward(float* x, size_t columns, ThreadTeam& team, Monitor& monitor);

 private:
  explicit BlockCholesky(SquareMatrix a) : l_(std::move(a)) {}
  size_t blocks() const { return cuts_.size() - 1; }
  size_t rows(size_t k) const { return cuts_[k + 1] - cuts_[k]; }
  /// L[i][k] of blocks i >= k.
  const float* block(size_t i, size_t k) const { return l_.row(cuts_[i]) + cuts_[k]; }

  Status factor_diagonal(size_t k);
  Status divide_below(size_t k, ThreadTeam& team, Monitor& monitor);
  Status update_below(size_t k, ThreadTeam& team, Monitor& monitor);
  /// Block k of X times the inverse of L[k][k] or of its transpose, then taken away from the
  /// blocks [begin, end) of X, times L[i][k] or L[k][i]'.
  Status substitute(size_t k, bool transposed, size_t begin, size_t end, float* x, size_t columns,
                    ThreadTeam& team, Monitor& monitor);

  SquareMatrix l_;
  std::vector<size_t> cuts_;                 // first rows of the blocks, and n
  std::vector<std::vector<float>> inverse_;  // of the diagonal blocks: lower triangles
};

}  // namespace subjrec
