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
  using Bits = decltype(x < V{});
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

/// Natural logarithm of x > 0 (not denormal), relative error below 2e-7.
SUBJREC_INLINE F32 log(F32 x) {
  // x = m 2^e with m from sqrt(1/2) to sqrt(2); the polynomial is Cephes' logf.
  I32 bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  const I32 e = (bits - 0x3f3504f3) >> 23;
  bits -= e << 23;
  F32 m;
  __builtin_memcpy(&m, &bits, sizeof m);
  const F32 n = __builtin_convertvector(e, F32);
  const F32 t = m - 1.0f;
  const F32 t2 = t * t;
  F32 p = splat(7.0376836292e-2f);
  p = p * t - 1.1514610310e-1f;
  p = p * t + 1.1676998740e-1f;
  p = p * t - 1.2420140846e-1f;
  p = p * t + 1.4249322787e-1f;
  p = p * t - 1.6668057665e-1f;
  p = p * t + 2.0000714765e-1f;
  p = p * t - 2.4999993993e-1f;
  p = p * t + 3.3333331174e-1f;
  return n * 0.693359375f + (t + (p * t * t2 - t2 * 0.5f + n * -2.12194440e-4f));
}

}  // namespace subjrec::SUBJREC_ISA
