// Which instruction set the hot loops use, decided once when the library is loaded.
//
// A hot loop lives in a `.inc` file that the build compiles once for every Isa, in a namespace of
// that name (ext/cmake/Multiversion.cmake). All copies give the same bytes: lanes are 16 wide in
// each (simd/vec.h), reductions have a fixed order, and nothing is fused. A dispatcher reads:
//
//     SUBJREC_MULTIVERSION(void, add, (float* a, const float* b, size_t n), (a, b, n))
//
// which declares plain::add, avx2::add, avx512::add and defines add() that calls the active one.
#pragma once

#include "core/simd/isa_list.h"

namespace subjrec {

enum class Isa { kPlain, kAvx2, kAvx512 };

/// The best that processor and build both have; SUBJREC_ISA=plain|avx2|avx512 in the environment
/// lowers it.
Isa active_isa();
/// "plain", "avx2" or "avx512".
const char* isa_name(Isa isa);
/// The best that processor and build both have.
Isa best_isa();

}  // namespace subjrec

#if SUBJREC_X86_ISAS
#define SUBJREC_MULTIVERSION(result, name, parameters, arguments) \
  namespace plain {                                               \
  result name parameters;                                         \
  }                                                               \
  namespace avx2 {                                                \
  result name parameters;                                         \
  }                                                               \
  namespace avx512 {                                              \
  result name parameters;                                         \
  }                                                               \
  inline result name parameters {                                 \
    switch (active_isa()) {                                       \
      case Isa::kAvx512:                                          \
        return avx512::name arguments;                            \
      case Isa::kAvx2:                                            \
        return avx2::name arguments;                              \
      default:                                                    \
        return plain::name arguments;                             \
    }                                                             \
  }
#else
#define SUBJREC_MULTIVERSION(result, name, parameters, arguments) \
  namespace plain {                                               \
  result name parameters;                                         \
  }                                                               \
  inline result name parameters { return plain::name arguments; }
#endif
