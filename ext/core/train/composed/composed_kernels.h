// The hot loops of composed works, one copy for every instruction set.
//
// A row is `stride` floats, a multiple of 16 of which the last stride - dim are zero. Every output
// is summed over its terms in their order, so neither blocking nor vector width changes a byte.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/simd/isa.h"

namespace subjrec {

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

}  // namespace subjrec
