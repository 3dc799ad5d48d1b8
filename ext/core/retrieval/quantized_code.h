// Coding the items of a QuantizedFilter, compiled once per instruction set (screen_code.inc).
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/simd/isa.h"

namespace subjrec {

/// The greatest |x[i]|; 0 of none.
SUBJREC_MULTIVERSION(float, largest_magnitude, (const float* x, size_t n), (x, n))

/// codes[j] = 64 + factor * x[j] / scale, rounded to the nearest whole number from 1 to 127;
/// inverse is 1 / scale, or 0. Returns the sum of the squares of what coding takes away.
SUBJREC_MULTIVERSION(double, code_item,
                     (const float* x, size_t dim, double factor, double inverse, double scale,
                      uint8_t* codes),
                     (x, dim, factor, inverse, scale, codes))

}  // namespace subjrec
