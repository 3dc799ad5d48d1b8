#include "core/simd/isa.h"

#include <cstdlib>
#include <cstring>
#include <initializer_list>

#include "core/simd/active_isa.h"

namespace subjrec {
namespace {

Isa detect() {
#if SUBJREC_X86_ISAS
  __builtin_cpu_init();
  const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
                  __builtin_cpu_supports("fma");
  const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
  if (v4) return Isa::kAvx512;
  if (v3) return Isa::kAvx2;
#endif
  return Isa::kPlain;
}

Isa from_environment() {
  const char* wanted = std::getenv("SUBJREC_ISA");
  if (wanted == nullptr) return best_isa();
  for (Isa isa : {Isa::kPlain, Isa::kAvx2, Isa::kAvx512}) {
    if (std::strcmp(wanted, isa_name(isa)) == 0 && isa <= best_isa()) return isa;
  }
  return best_isa();
}

}  // namespace

std::atomic<Isa>& isa_in_use() {
  static std::atomic<Isa> isa{from_environment()};
  return isa;
}

Isa best_isa() {
  static const Isa isa = detect();
  return isa;
}

Isa active_isa() { return isa_in_use().load(std::memory_order_relaxed); }

const char* isa_name(Isa isa) {
  switch (isa) {
    case Isa::kAvx512:
      return "avx512";
    case Isa::kAvx2:
      return "avx2";
    default:
      return "plain";
  }
}

}  // namespace subjrec
