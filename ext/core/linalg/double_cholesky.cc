#include "core/linalg/double_cholesky.h"

#include <cmath>
#include <utility>

namespace subjrec {

double dot_of(const double* a, const double* b, size_t n) {
  double s0 = 0;
  double s1 = 0;
  double s2 = 0;
  double s3 = 0;
  size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (; i < n; ++i) s0 += a[i] * b[i];
  return (s0 + s1) + (s2 + s3);
}

Result<DoubleCholesky> DoubleCholesky::factor(std::vector<double> a, size_t n, Monitor& monitor) {
  DoubleCholesky cholesky;
  cholesky.inverse_pivot_.assign(n, 0.0);
  // A row costs n^2 / 2 products at the most: ten milliseconds for 4,096.
  Poll poll(monitor, static_cast<uint32_t>(1 + (size_t{1} << 20) / (n * n + 1)));
  for (size_t i = 0; i < n; ++i) {
    if (poll.stop()) return Status::interrupted();
    double* row = a.data() + i * n;
    for (size_t j = 0; j < i; ++j) {
      row[j] = (row[j] - dot_of(row, a.data() + j * n, j)) * cholesky.inverse_pivot_[j];
    }
    const double pivot = row[i] - dot_of(row, row, i);
    if (pivot > 0) cholesky.inverse_pivot_[i] = 1 / std::sqrt(pivot);
  }
  cholesky.l_ = std::move(a);
  return cholesky;
}

void DoubleCholesky::forward(double* x, size_t zeros) const {
  const size_t n = size();
  for (size_t i = zeros; i < n; ++i) {
    const double* row = l_.data() + i * n;
    x[i] = (x[i] - dot_of(row + zeros, x + zeros, i - zeros)) * inverse_pivot_[i];
  }
}

void DoubleCholesky::backward(double* x) const {
  const size_t n = size();
  for (size_t i = n; i-- > 0;) {
    const double* row = l_.data() + i * n;
    x[i] *= inverse_pivot_[i];
    for (size_t j = 0; j < i; ++j) x[j] -= row[j] * x[i];
  }
}

}  // namespace subjrec
