// Sixteen floats (or eight doubles) at a time, with the same result on every instruction set.
//
// Included only from `.inc` files, which define SUBJREC_ISA. Everything here is internal to the
// copy that includes it. The compiler's vector extension maps a 64-byte vector to one AVX-512,
// two AVX or four SSE registers; each lane rounds as a scalar would.
#pragma once

#include <cstddef>
#include <cstdint>

#ifndef SUBJREC_ISA
#error "vec.h belongs in multiversioned .inc files"
#endif

#define SUBJREC_INLINE static inline __attribute__((always_inline))

namespace subjrec::SUBJREC_ISA {

typedef float F32 __attribute__((vector_size(64)));
typedef int32_t I32 __attribute__((vector_size(64)));
typedef double F64 __attribute__((vector_size(64)));
typedef int64_t I64 __attribute__((vector_size(64)));

SUBJREC_INLINE F32 load(const float* p) {
  F32 v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
SUBJREC_INLINE void store(float* p, F32 v) { __builtin_memcpy(p, &v, sizeof v); }
SUBJREC_INLINE F32 splat(float x) { return F32{} + x; }
SUBJREC_INLINE F32 select(I32 mask, F32 yes, F32 no) { return mask ? yes : no; }
SUBJREC_INLINE F32 max(F32 a, F32 b) { return select(a > b, a, b); }
SUBJREC_INLINE F32 min(F32 a, F32 b) { return select(a < b, a, b); }
SUBJREC_INLINE F32 abs(F32 a) {
  I32 bits;
  __builtin_memcpy(&bits, &a, sizeof bits);
  bits &= 0x7fffffff;
  __builtin_memcpy(&a, &bits, sizeof a);
  return a;
}
SUBJREC_INLINE F32 sqrt(F32 a) {
  F32 r;
  for (int i = 0; i < 16; ++i) r[i] = __builtin_sqrtf(a[i]);
  return r;
}

/// The sum of the lanes, in a fixed order: halves onto halves.
SUBJREC_INLINE float sum(F32 v) {
  float x[16];
  __builtin_memcpy(x, &v, sizeof x);
  for (int half = 8; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) x[i] += x[i + half];
  }
  return x[0];
}

/// e^x, relative error below 2e-7; x is clamped to [-87, 88].
SUBJREC_INLINE F32 exp(F32 x) {
  x = min(max(x, splat(-87.0f)), splat(88.0f));
  // x = n ln 2 + r, |r| <= ln 2 / 2; adding and taking away 1.5 x 2^23 rounds to the nearest whole
  // number.
  const F32 magic = splat(12582912.0f);
  const F32 n = (x * 1.44269504f + magic) - magic;
  F32 r = x - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  F32 p = splat(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const I32 exponent = (__builtin_convertvector(n, I32) + 127) << 23;
  F32 scale;
  __builtin_memcpy(&scale, &exponent, sizeof scale);
  return p * scale;
}

}  // namespace subjrec::SUBJREC_ISA
