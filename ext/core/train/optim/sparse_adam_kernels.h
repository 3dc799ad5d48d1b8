// The hot loop of sparse Adam, one copy for every instruction set.
#pragma once

#include <cstddef>

#include "core/simd/isa.h"

namespace subjrec {

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
