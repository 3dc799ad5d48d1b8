#include "core/base/float_mode.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace subjrec {
namespace {

#if defined(__x86_64__)
constexpr uint64_t kUsual = 0x1f80;  // MXCSR: nearest, every exception masked
constexpr uint64_t kFlags = 0x3f;    // exceptions that have happened

uint64_t control() { return _mm_getcsr(); }
void set_control(uint64_t bits) { _mm_setcsr(static_cast<unsigned>(bits)); }
#elif defined(__aarch64__)
constexpr uint64_t kUsual = 0;  // FPCR: nearest, no flushing
constexpr uint64_t kFlags = 0;

uint64_t control() {
  uint64_t bits = 0;
  __asm__ volatile("mrs %0, fpcr" : "=r"(bits));
  return bits;
}
void set_control(uint64_t bits) { __asm__ volatile("msr fpcr, %0" : : "r"(bits)); }
#else
constexpr uint64_t kUsual = 0;
constexpr uint64_t kFlags = 0;

uint64_t control() { return kUsual; }
void set_control(uint64_t) {}
#endif

}  // namespace

// The rounding of fegetround() is beside that of MXCSR on x86: the C library reads it when it turns
// text into numbers.
FloatMode::FloatMode() : control_(control()), rounding_(std::fegetround()) {
  if ((control_ & ~kFlags) == kUsual && rounding_ == FE_TONEAREST) return;
  changed_ = true;
  if (rounding_ != FE_TONEAREST) std::fesetround(FE_TONEAREST);
  set_control(kUsual);
}

FloatMode::~FloatMode() {
  if (!changed_) return;
  if (rounding_ != FE_TONEAREST) std::fesetround(rounding_);
  set_control(control_);
}

}  // namespace subjrec
