// The small linear systems of exact ALS, compiled for every instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/simd/isa.h"

namespace subjrec {

/// Solves A x = b for a symmetric positive definite A, n x n with `stride` floats from row to row,
/// of which only the upper triangle is read. A is overwritten, b becomes x.
SUBJREC_MULTIVERSION(void, cholesky_solve, (float* a, size_t n, size_t stride, float* b),
                     (a, n, stride, b))

/// The vector w that minimises  sum over e < n of weights[e] (1 - w . v_e)^2  +  sum over j of
/// w_j^2 / inverse[j],  where v_e is row index[e] of `vectors` (`stride` floats, a multiple of 16),
/// by the n x n system  (I + R V D^-1 V' R) y = r,  w = D^-1 V' R y,  with r = root of the weights.
/// `scratch` holds n * stride + n * n + 2 * n floats.
SUBJREC_MULTIVERSION(void, solve_dual,
                     (const float* vectors, size_t stride, const uint32_t* index,
                      const float* weights, size_t n, const float* inverse, float* scratch,
                      float* w),
                     (vectors, stride, index, weights, n, inverse, scratch, w))

}  // namespace subjrec
