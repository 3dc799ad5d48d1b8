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

/// As many floats as one register holds. For loops over works, items or columns that never meet:
/// such a loop gives the same bytes at any width, and four or eight lanes cost nothing extra where
/// sixteen would take several registers.
#if defined(__AVX512F__)
constexpr int kNative = 16;
#elif defined(__AVX2__)
constexpr int kNative = 8;
#else
constexpr int kNative = 4;
#endif
typedef float N32 __attribute__((vector_size(4 * kNative)));

SUBJREC_INLINE N32 load_native(const float* p) {
  N32 v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
SUBJREC_INLINE void store_native(float* p, N32 v) { __builtin_memcpy(p, &v, sizeof v); }

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

/// e^x for -87 <= x <= 88, relative error below 2e-7; V is F32 or N32.
template <class V>
SUBJREC_INLINE V exp_within(V x) {
  using Bits = decltype(x < x);
  // x = n ln 2 + r, |r| <= ln 2 / 2; adding 1.5 x 2^23 rounds to the nearest whole number n and
  // leaves it in the low bits.
  const V magic = V{} + 12582912.0f;
  const V shifted = x * 1.44269504f + magic;
  const V n = shifted - magic;
  V r = x - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  V p = V{} + 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  Bits exponent;
  __builtin_memcpy(&exponent, &shifted, sizeof exponent);
  exponent = (exponent << 23) + (127 << 23);
  V scale;
  __builtin_memcpy(&scale, &exponent, sizeof scale);
  return p * scale;
}

/// The sum of the lanes, in a fixed order: halves onto halves.
SUBJREC_INLINE float sum(F32 v) {
  typedef float Half __attribute__((vector_size(32)));
  typedef float Quarter __attribute__((vector_size(16)));
  Half half[2];
  __builtin_memcpy(half, &v, sizeof v);
  half[0] = half[0] + half[1];
  Quarter quarter[2];
  __builtin_memcpy(quarter, half, sizeof quarter);
  const Quarter q = quarter[0] + quarter[1];
  return (q[0] + q[2]) + (q[1] + q[3]);
}

/// e^x, relative error below 2e-7; x is clamped to [-87, 88].
SUBJREC_INLINE F32 exp(F32 x) { return exp_within(min(max(x, splat(-87.0f)), splat(88.0f))); }

}  // namespace subjrec::SUBJREC_ISA
