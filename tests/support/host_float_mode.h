// A floating-point mode that a host may have set, for as long as the object lives.
#pragma once

#include <cfenv>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace subjrec::test {

class HostFloatMode {
 public:
  static constexpr int kRoundings[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};

  /// `flush`: denormal numbers are zero, as -ffast-math has it.
  HostFloatMode(int rounding, bool flush) {
    std::fegetenv(&before_);
    std::fesetround(rounding);
#if defined(__x86_64__)
    if (flush) _mm_setcsr(_mm_getcsr() | 0x8040);
#elif defined(__aarch64__)
    unsigned long bits = 0;
    __asm__ volatile("mrs %0, fpcr" : "=r"(bits));
    if (flush) __asm__ volatile("msr fpcr, %0" : : "r"(bits | 1UL << 24));
#else
    (void)flush;
#endif
  }
  ~HostFloatMode() { std::fesetenv(&before_); }
  HostFloatMode(const HostFloatMode&) = delete;
  HostFloatMode& operator=(const HostFloatMode&) = delete;

 private:
  std::fenv_t before_;
};

}  // namespace subjrec::test
