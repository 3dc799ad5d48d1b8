// Sixteen floats at a time, with the same result on every instruction set.
//
// Included only from `.inc` files, which define SUBJREC_ISA. Everything here is internal to the
// copy that includes it. N32 is one register of the compiler's vector extension, F32 is as many of
// them as sixteen floats take; each lane rounds as a scalar would.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#ifndef SUBJREC_ISA
#error "vec.h belongs in multiversioned .inc files"
#endif

#define SUBJREC_INLINE static inline __attribute__((always_inline))

namespace subjrec::SUBJREC_ISA {

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

/// Sixteen elements in as many registers as they take: one of AVX-512, two of AVX2, four of SSE.
/// (The compiler's own vectors of 64 bytes go by way of memory, lane by lane, where registers are
/// shorter.)
template <class V, class E>
struct Wide {
  V part[16 / kNative];
  E operator[](int lane) const { return part[lane / kNative][lane % kNative]; }
};

typedef int32_t NI32 __attribute__((vector_size(4 * kNative)));
typedef uint32_t NU32 __attribute__((vector_size(4 * kNative)));
typedef Wide<N32, float> F32;
typedef Wide<NI32, int32_t> I32;  // of a comparison: -1 where it holds, else 0
typedef Wide<NU32, uint32_t> U32;

template <class T>
struct Same {
  typedef T type;
};

/// result part = expression in x and y, which are parts of a and b.
#define SUBJREC_BY_PARTS(Result, expression)                       \
  Result result;                                                   \
  _Pragma("GCC unroll 4") for (int i = 0; i < 16 / kNative; ++i) { \
    const auto x = a.part[i];                                      \
    const auto y = b.part[i];                                      \
    result.part[i] = expression;                                   \
  }                                                                \
  return result

template <class V, class E>
SUBJREC_INLINE Wide<V, E> all(E x) {
  Wide<V, E> v;
  for (V& part : v.part) part = V{} + x;
  return v;
}

#define SUBJREC_LANEWISE(op)                                                             \
  template <class V, class E>                                                            \
  SUBJREC_INLINE Wide<V, E> operator op(const Wide<V, E>& a, const Wide<V, E>& b) {      \
    using W = Wide<V, E>;                                                                \
    SUBJREC_BY_PARTS(W, x op y);                                                         \
  }                                                                                      \
  template <class V, class E>                                                            \
  SUBJREC_INLINE Wide<V, E> operator op(const Wide<V, E>& a, typename Same<E>::type b) { \
    return a op all<V, E>(b);                                                            \
  }                                                                                      \
  template <class V, class E>                                                            \
  SUBJREC_INLINE Wide<V, E> operator op(typename Same<E>::type a, const Wide<V, E>& b) { \
    return all<V, E>(a) op b;                                                            \
  }
#define SUBJREC_COMPARISON(op)                                                    \
  template <class V, class E>                                                     \
  SUBJREC_INLINE I32 operator op(const Wide<V, E>& a, const Wide<V, E>& b) {      \
    SUBJREC_BY_PARTS(I32, x op y);                                                \
  }                                                                               \
  template <class V, class E>                                                     \
  SUBJREC_INLINE I32 operator op(const Wide<V, E>& a, typename Same<E>::type b) { \
    return a op all<V, E>(b);                                                     \
  }
#define SUBJREC_ASSIGNMENT(op)                                           \
  template <class V, class E, class B>                                   \
  SUBJREC_INLINE Wide<V, E>& operator op##=(Wide<V, E>& a, const B& b) { \
    a = a op b;                                                          \
    return a;                                                            \
  }
SUBJREC_LANEWISE(+)
SUBJREC_LANEWISE(-)
SUBJREC_LANEWISE(*)
SUBJREC_LANEWISE(/)
SUBJREC_LANEWISE(&)
SUBJREC_LANEWISE(^)
SUBJREC_LANEWISE(<<)
SUBJREC_LANEWISE(>>)
SUBJREC_COMPARISON(<)
SUBJREC_COMPARISON(>)
SUBJREC_COMPARISON(>=)
SUBJREC_COMPARISON(==)
SUBJREC_COMPARISON(!=)
SUBJREC_ASSIGNMENT(+)
SUBJREC_ASSIGNMENT(-)
SUBJREC_ASSIGNMENT(*)
SUBJREC_ASSIGNMENT(&)
SUBJREC_ASSIGNMENT(^)

SUBJREC_INLINE F32 splat(float x) { return all<N32, float>(x); }
template <class V, class E>
SUBJREC_INLINE Wide<V, E> operator-(const Wide<V, E>& a) {
  Wide<V, E> r;
  for (int i = 0; i < 16 / kNative; ++i) r.part[i] = -a.part[i];
  return r;
}

// Register by register: one copy of 64 bytes would go through shorter ones.
SUBJREC_INLINE F32 load(const float* p) {
  F32 v;
  for (int i = 0; i < 16 / kNative; ++i) v.part[i] = load_native(p + i * kNative);
  return v;
}
SUBJREC_INLINE void store(float* p, const F32& v) {
  for (int i = 0; i < 16 / kNative; ++i) store_native(p + i * kNative, v.part[i]);
}

SUBJREC_INLINE F32 select(const I32& mask, const F32& a, const F32& b) {
  F32 result;
  for (int i = 0; i < 16 / kNative; ++i) {
    result.part[i] = mask.part[i] ? a.part[i] : b.part[i];
  }
  return result;
}
SUBJREC_INLINE F32 max(const F32& a, const F32& b) { SUBJREC_BY_PARTS(F32, x > y ? x : y); }
SUBJREC_INLINE F32 min(const F32& a, const F32& b) { SUBJREC_BY_PARTS(F32, x < y ? x : y); }
SUBJREC_INLINE F32 abs(const F32& a) {
  F32 r;
  for (int i = 0; i < 16 / kNative; ++i) {
    r.part[i] = reinterpret_cast<N32>(reinterpret_cast<NI32>(a.part[i]) & 0x7fffffff);
  }
  return r;
}
SUBJREC_INLINE F32 sqrt(const F32& a) {
  F32 r;
  for (int i = 0; i < 16 / kNative; ++i) {
    for (int l = 0; l < kNative; ++l) r.part[i][l] = __builtin_sqrtf(a.part[i][l]);
  }
  return r;
}
/// One bit a lane: whether a comparison holds there.
SUBJREC_INLINE uint32_t bits_of(NI32 mask) {
#if defined(__AVX512DQ__)
  return _mm512_movepi32_mask(reinterpret_cast<__m512i>(mask));
#elif defined(__AVX2__)
  return static_cast<uint32_t>(_mm256_movemask_ps(reinterpret_cast<__m256>(mask)));
#elif defined(__SSE2__)
  return static_cast<uint32_t>(_mm_movemask_ps(reinterpret_cast<__m128>(mask)));
#else
  uint32_t set = 0;
  for (int i = 0; i < kNative; ++i) set |= (static_cast<uint32_t>(mask[i]) & 1u) << i;
  return set;
#endif
}
SUBJREC_INLINE uint32_t bits_of(const I32& mask) {
  uint32_t bits = 0;
  for (int i = 0; i < 16 / kNative; ++i) bits |= bits_of(mask.part[i]) << (i * kNative);
  return bits;
}

/// e^x for -87 <= x <= 88, relative error below 2e-7.
SUBJREC_INLINE N32 exp_within(N32 x) {
  // x = n ln 2 + r, |r| <= ln 2 / 2; adding 1.5 x 2^23 rounds to the nearest whole number n and
  // leaves it in the low bits.
  constexpr float magic = 12582912.0f;
  const N32 shifted = x * 1.44269504f + magic;
  const N32 n = shifted - magic;
  N32 r = x - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  N32 p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const NI32 exponent = (reinterpret_cast<NI32>(shifted) << 23) + (127 << 23);
  return p * reinterpret_cast<N32>(exponent);
}

/// The sum of the lanes, in a fixed order: halves onto halves.
SUBJREC_INLINE float sum(const F32& v) {
  float x[16];
  store(x, v);
  typedef float Quarter __attribute__((vector_size(16)));
  Quarter q[4];
  for (int i = 0; i < 4; ++i) __builtin_memcpy(q + i, x + 4 * i, sizeof q[i]);
  const Quarter r = (q[0] + q[2]) + (q[1] + q[3]);
  return (r[0] + r[2]) + (r[1] + r[3]);
}

/// e^x, relative error below 2e-7; x is clamped to [-87, 88].
SUBJREC_INLINE F32 exp(const F32& x) {
  F32 r = min(max(x, splat(-87.0f)), splat(88.0f));
  for (N32& part : r.part) part = exp_within(part);
  return r;
}

/// Natural logarithm of x > 0 (not denormal), relative error below 2e-7.
SUBJREC_INLINE N32 log_positive(N32 x) {
  // x = m 2^e with m from sqrt(1/2) to sqrt(2); the polynomial is Cephes' logf.
  const NI32 bits = reinterpret_cast<NI32>(x);
  const NI32 e = (bits - 0x3f3504f3) >> 23;
  const N32 m = reinterpret_cast<N32>(bits - (e << 23));
  const N32 n = __builtin_convertvector(e, N32);
  const N32 t = m - 1.0f;
  const N32 t2 = t * t;
  N32 p = t * 7.0376836292e-2f - 1.1514610310e-1f;
  p = p * t + 1.1676998740e-1f;
  p = p * t - 1.2420140846e-1f;
  p = p * t + 1.4249322787e-1f;
  p = p * t - 1.6668057665e-1f;
  p = p * t + 2.0000714765e-1f;
  p = p * t - 2.4999993993e-1f;
  p = p * t + 3.3333331174e-1f;
  return n * 0.693359375f + (t + (p * t * t2 - t2 * 0.5f + n * -2.12194440e-4f));
}
SUBJREC_INLINE F32 log(const F32& x) {
  F32 r;
  for (int i = 0; i < 16 / kNative; ++i) r.part[i] = log_positive(x.part[i]);
  return r;
}

}  // namespace subjrec::SUBJREC_ISA
