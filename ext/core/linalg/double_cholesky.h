// Cholesky factor of a small or middling symmetric matrix in double precision, which can be stopped
// inside. For large ones in float32 and on many threads there is block_cholesky.h.
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"

namespace subjrec {

/// The sum of a[i] b[i], in four interleaved sums: one defined result.
double dot_of(const double* a, const double* b, size_t n);

class DoubleCholesky {
 public:
  /// A = L L' for a positive semidefinite A, n x n row-major, of which the lower triangle is read.
  /// A dimension whose pivot is not above zero is left out: systems have 0 there.
  static Result<DoubleCholesky> factor(std::vector<double> a, size_t n, Monitor& monitor);

  size_t size() const { return inverse_pivot_.size(); }
  /// x becomes L^-1 x. The first `zeros` elements of x are known to be 0.
  void forward(double* x, size_t zeros = 0) const;
  /// x becomes L'^-1 x.
  void backward(double* x) const;

 private:
  std::vector<double> l_;  // row-major; what is above the diagonal is free
  std::vector<double> inverse_pivot_;
};

}  // namespace subjrec
