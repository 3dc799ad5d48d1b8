// The switch between instruction sets, for tests that compare what they compute.
#pragma once

#include "core/simd/active_isa.h"

namespace subjrec {

/// Makes active_isa() `isa` from now on, or the best that there is; returns what it is.
inline Isa set_active_isa(Isa isa) {
  isa_in_use().store(isa <= best_isa() ? isa : best_isa());
  return active_isa();
}

}  // namespace subjrec
