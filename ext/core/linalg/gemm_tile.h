// The inner loop of dense/gemm.h, compiled for every instruction set.
#pragma once

#include <cstddef>

#include "core/simd/isa.h"

namespace subjrec {

inline constexpr size_t kTileRows = 8;
inline constexpr size_t kTileColumns = 32;

/// C[8 x 32] += A B, where a holds k columns of 8 and b holds k rows of 32.
SUBJREC_MULTIVERSION(void, gemm_tile,
                     (const float* a, const float* b, size_t k, float* c, size_t stride),
                     (a, b, k, c, stride))

}  // namespace subjrec
