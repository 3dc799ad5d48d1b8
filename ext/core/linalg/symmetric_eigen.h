// All eigenvalues and eigenvectors of a symmetric matrix of up to some thousand rows. Eigen's
// solver cannot be stopped: at 4,096 rows it runs for minutes.
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"

namespace subjrec {

struct SymmetricEigen {
  std::vector<double> values;   // n, descending
  std::vector<double> vectors;  // n x n, row-major: row j belongs to values[j], and has length 1
};

/// `a` is n x n and symmetric, with finite values. Householder's tridiagonal form, then implicit QL
/// (Martin, Reinsch and Wilkinson 1968). Code::kInvalid where QL does not converge, which takes
/// values that are not finite.
Result<SymmetricEigen> symmetric_eigen(std::vector<double> a, size_t n, Monitor& monitor);

}  // namespace subjrec
