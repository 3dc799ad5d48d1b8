// The hot loops of composed works, one copy for every instruction set.
//
// A row is `stride` floats, a multiple of 16 of which the last stride - dim are zero. Every output
// is summed over its terms in their order, so neither blocking nor vector width changes a byte.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/simd/isa.h"

namespace subjrec {

/// target = sum over e < count of coefficient[e] * rows[index[e]], in the order of e.
SUBJREC_MULTIVERSION(void, sum_rows,
                     (const float* rows, size_t stride, const uint32_t* index,
                      const float* coefficient, size_t count, float* target),
                     (rows, stride, index, coefficient, count, target))

/// Replaces n scores (a multiple of 16) by exp(score - maximum); returns the maximum and the sum.
SUBJREC_MULTIVERSION(void, exponentiate, (float* scores, size_t n, float* maximum, float* sum),
                     (scores, n, maximum, sum))

/// Unbiased thinning of n non-negative numbers (a multiple of 16): a number >= least is kept as it
/// is, a smaller one x is kept as `least` with probability x / least, by systematic sampling of
/// each of 16 lanes from start[lane] in [0, 1). `scale` multiplies the numbers first. Writes
/// positions and numbers of the kept ones, in order; returns how many.
SUBJREC_MULTIVERSION(size_t, thin,
                     (const float* numbers, size_t n, float scale, float least, const float* start,
                      uint32_t* index, float* kept),
                     (numbers, n, scale, least, start, index, kept))

/// One step of Adam on n parameters (a multiple of 16), `decay` of each taken away beside it.
struct RowStep {
  float rate = 0;  // of this step, bias corrections included
  float beta1 = 0;
  float beta2 = 0;
  float epsilon = 0;  // bias correction included
  float decay = 0;    // decoupled weight decay: the share of a parameter that is lost
};
SUBJREC_MULTIVERSION(void, adam_row,
                     (const RowStep& step, const float* gradient, size_t n, float* parameter,
                      float* first, float* second),
                     (step, gradient, n, parameter, first, second))

}  // namespace subjrec
