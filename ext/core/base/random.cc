#include "core/base/random.h"

#include <cmath>

#include "core/base/portable_math.h"

namespace subjrec {
namespace {

constexpr uint64_t rotate_left(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

double ratio(const double (&p)[8], const double (&q)[8], double r) {
  double num = p[7];
  double den = q[7];
  for (int i = 6; i >= 0; --i) {
    num = num * r + p[i];
    den = den * r + q[i];
  }
  return num / den;
}

/// The standard normal's quantile function, AS 241 (PPND16): about 16 digits.
double normal_quantile(double p) {
  static constexpr double kA[8] = {3.3871328727963666080e0,  1.3314166789178437745e+2,
                                   1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                   4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                   3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static constexpr double kB[8] = {1.0,
                                   4.2313330701600911252e+1,
                                   6.8718700749205790830e+2,
                                   5.3941960214247511077e+3,
                                   2.1213794301586595867e+4,
                                   3.9307895800092710610e+4,
                                   2.8729085735721942674e+4,
                                   5.2264952788528545610e+3};
  static constexpr double kC[8] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                   5.76949722146069140550e0,  3.64784832476320460504e0,
                                   1.27045825245236838258e0,  2.41780725177450611770e-1,
                                   2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr double kD[8] = {1.0,
                                   2.05319162663775882187e0,
                                   1.67638483018380384940e0,
                                   6.89767334985100004550e-1,
                                   1.48103976427480074590e-1,
                                   1.51986665636164571966e-2,
                                   5.47593808499534494600e-4,
                                   1.05075007164441684324e-9};
  static constexpr double kE[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                   1.78482653991729133580e0,  2.96560571828504891230e-1,
                                   2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                   2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr double kF[8] = {1.0,
                                   5.99832206555887937690e-1,
                                   1.36929880922735805310e-1,
                                   1.48753612908506148525e-2,
                                   7.86869131145613259100e-4,
                                   1.84631831751005468180e-5,
                                   1.42151175831644588870e-7,
                                   2.04426310338993978564e-15};
  const double q = p - 0.5;
  if (std::fabs(q) <= 0.425) return q * ratio(kA, kB, 0.180625 - q * q);
  const double r = std::sqrt(-portable_log(q < 0 ? p : 1 - p));
  const double z = r <= 5 ? ratio(kC, kD, r - 1.6) : ratio(kE, kF, r - 5);
  return q < 0 ? -z : z;
}

}  // namespace

Random::Random(uint64_t seed, uint64_t stream) {
  uint64_t x = splitmix64(seed) ^ splitmix64(~stream);
  for (uint64_t& word : s_) word = splitmix64(x += 0x9e3779b97f4a7c15u);
}

uint64_t Random::next() {
  const uint64_t result = rotate_left(s_[1] * 5, 7) * 9;
  const uint64_t t = s_[1] << 17;
  s_[2] ^= s_[0];
  s_[3] ^= s_[1];
  s_[1] ^= s_[2];
  s_[0] ^= s_[3];
  s_[2] ^= t;
  s_[3] = rotate_left(s_[3], 45);
  return result;
}

uint64_t Random::below(uint64_t n) {
  __extension__ using Wide = unsigned __int128;
  Wide product = static_cast<Wide>(next()) * n;
  if (static_cast<uint64_t>(product) < n) {
    const uint64_t threshold = (0 - n) % n;
    while (static_cast<uint64_t>(product) < threshold) product = static_cast<Wide>(next()) * n;
  }
  return static_cast<uint64_t>(product >> 64);
}

double Random::normal() {
  // Half a step away from 0 and 1, where the quantile function is infinite.
  return normal_quantile((static_cast<double>(next() >> 12) + 0.5) * 0x1.0p-52);
}

void fill_normal(std::span<float> matrix, size_t dim, float stddev, uint64_t seed, uint64_t stream,
                 uint64_t first_row) {
  for (size_t at = 0; at < matrix.size(); ++at) {
    const uint64_t row = first_row + at / dim;
    const uint64_t bits = splitmix64(splitmix64(splitmix64(seed) ^ splitmix64(~stream) ^ row) +
                                     at % dim * 0x9e3779b97f4a7c15u);
    const double p = (static_cast<double>(bits >> 12) + 0.5) * 0x1.0p-52;
    matrix[at] = stddev * static_cast<float>(normal_quantile(p));
  }
}

}  // namespace subjrec
