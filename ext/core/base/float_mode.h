// The processor's floating-point mode: rounding to nearest, denormal numbers kept (no FTZ, no DAZ).
#pragma once

#include <cfenv>
#include <cstdint>

namespace subjrec {

/// Sets the mode that results are promised in, and puts back what was there when it goes. A host
/// may have set another: every library that is linked with -ffast-math flushes denormal numbers
/// from then on, in the thread that loads it and in those that this one starts. Where the mode is
/// the usual one already it costs a few nanoseconds, and nothing is written.
class FloatMode {
 public:
  FloatMode();
  ~FloatMode();
  FloatMode(const FloatMode&) = delete;
  FloatMode& operator=(const FloatMode&) = delete;

 private:
  bool changed_ = false;
  uint64_t control_ = 0;  // MXCSR or FPCR as they were
  int rounding_ = FE_TONEAREST;
};

}  // namespace subjrec
