// The vectorised loops of LazyDenseAdam.
#pragma once

#include <cstddef>

#include "core/simd/isa.h"
#include "core/train/optim/adam.h"

namespace subjrec {

/// Applies skips[i] to rows[i] for i < n, rows being [w | m | v] of dim floats each. Rows where the
/// expansion does not hold are left alone: their numbers i go to `left`, their count is returned.
SUBJREC_MULTIVERSION(size_t, adam_skip_rows,
                     (float* const* rows, const AdamSkip* skips, size_t n, size_t dim,
                      double epsilon, size_t* left),
                     (rows, skips, n, dim, epsilon, left))

/// One step of Adam on `row`, whose gradient's element e is scale * gradient[e * stride].
SUBJREC_MULTIVERSION(void, adam_step_row,
                     (float* row, const float* gradient, size_t stride, float scale, size_t dim,
                      const AdamOptions& options, const AdamStep& step),
                     (row, gradient, stride, scale, dim, options, step))
SUBJREC_MULTIVERSION(void, adam_step_row,
                     (double* row, const double* gradient, size_t stride, double scale, size_t dim,
                      const AdamOptions& options, const AdamStep& step),
                     (row, gradient, stride, scale, dim, options, step))

}  // namespace subjrec
