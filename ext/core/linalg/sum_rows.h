// A linear combination of some rows of a table (embedding bag), one copy for every instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/simd/isa.h"

namespace subjrec {

/// A row is `stride` floats, a multiple of 16. target = sum over e < count of coefficient[e] *
/// rows[index[e]], in the order of e.
SUBJREC_MULTIVERSION(void, sum_rows,
                     (const float* rows, size_t stride, const uint32_t* index,
                      const float* coefficient, size_t count, float* target),
                     (rows, stride, index, coefficient, count, target))

}  // namespace subjrec
