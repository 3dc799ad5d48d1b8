// Inner products of one vector with rows of a matrix, compiled for every instruction set.
#pragma once

#include <cstddef>

#include "core/simd/isa.h"

namespace subjrec {

/// sums[i] = the float32 sum of query[j] * rows[i][j] over j from 0 to dim - 1, from the first to
/// the last, each product rounded before it is added: the bytes of a plain loop. As many rows as a
/// register has lanes go side by side.
SUBJREC_MULTIVERSION(void, row_products,
                     (const float* query, size_t dim, const float* const* rows, size_t n,
                      float* sums),
                     (query, dim, rows, n, sums))

}  // namespace subjrec
