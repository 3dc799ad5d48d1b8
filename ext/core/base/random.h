// Random numbers that are the same on every platform, for ever.
//
// The standard library's distributions differ between implementations, so generator, uniform,
// normal and shuffle are our own: xoshiro256** (Blackman and Vigna 2018) seeded by SplitMix64.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace subjrec {

/// One step of SplitMix64 on `x`: a good 64-bit mix of its bits.
constexpr uint64_t splitmix64(uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

class Random {
 public:
  /// Streams of one seed are independent: give each purpose (initial works, shuffles, dropout of
  /// batch b, ...) its own.
  explicit Random(uint64_t seed, uint64_t stream = 0);

  uint64_t next();
  /// Uniform in [0, n), unbiased (Lemire 2019); n > 0.
  uint64_t below(uint64_t n);
  /// Uniform in [0, 1), 53 bits.
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  /// Standard normal, by inversion of the distribution function (Wichura 1988, AS 241).
  double normal();

  template <class T>
  void shuffle(std::span<T> items) {
    for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  uint64_t s_[4];
};

/// Fills rows first_row, first_row + 1, ... of a matrix of `dim` columns with N(0, stddev^2),
/// row-major. Row r depends on (seed, stream, r) alone, so rows can be drawn in any order and by
/// any thread.
void fill_normal(std::span<float> matrix, size_t dim, float stddev, uint64_t seed, uint64_t stream,
                 uint64_t first_row = 0);

}  // namespace subjrec
