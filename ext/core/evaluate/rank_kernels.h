// The loops of ranking that run over all subjects, compiled for every instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/simd/isa.h"

namespace subjrec {

/// How many of n scores are greater than, and how many equal to, `score`.
SUBJREC_MULTIVERSION(void, count_ranks,
                     (const float* scores, size_t n, float score, uint32_t* greater,
                      uint32_t* equal),
                     (scores, n, score, greater, equal))

/// The first position from `begin` on, below n, whose score is greater than `score`; n if none is.
SUBJREC_MULTIVERSION(size_t, find_above, (const float* scores, size_t begin, size_t n, float score),
                     (scores, begin, n, score))

/// Sum over n scores of log(1 + exp(z)) with z = slope * score + intercept; minus infinity adds
/// nothing.
SUBJREC_MULTIVERSION(double, sum_softplus,
                     (const float* scores, size_t n, float slope, float intercept),
                     (scores, n, slope, intercept))

/// Replaces n scores by slope * score + intercept + sum over bends of change * max(score - bend,
/// 0), but leaves minus infinity.
SUBJREC_MULTIVERSION(void, bend_scores,
                     (float* scores, size_t n, float slope, float intercept, const float* bends,
                      const float* changes, size_t n_bends),
                     (scores, n, slope, intercept, bends, changes, n_bends))

}  // namespace subjrec
