// The leading eigenvectors of a symmetric operator.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"

namespace subjrec {

/// y = A x for a symmetric A of n rows.
using SymmetricOperator = std::function<Status(const double* x, double* y)>;

/// The eigenvectors of the two algebraically largest eigenvalues, n x 2 by rows; each column's
/// largest value is 1. Empty where they do not converge to `tolerance` (relative residual); n >= 3.
/// An error of the operator is returned.
Result<std::vector<double>> two_leading_eigenvectors(const SymmetricOperator& multiply, size_t n,
                                                     double tolerance);

}  // namespace subjrec
