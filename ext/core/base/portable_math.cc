#include "core/base/portable_math.h"

#include <cmath>

namespace subjrec {

double portable_log(double x) {
  // x = m 2^e, ln m from atanh's series.
  int exponent = 0;
  double m = std::frexp(x, &exponent);  // exact
  if (m < 0.70710678118654752) {
    m *= 2;
    --exponent;
  }
  const double t = (m - 1) / (m + 1);
  const double t2 = t * t;
  double term = t;
  double sum = 0;
  // Up to where terms are below half of the sum's last bit: the twenty that there are at the most
  // give the same.
  for (int k = 1; k < 40 && std::abs(term) > 0x1p-56 * std::abs(sum); k += 2) {
    sum += term / k;
    term *= t2;
  }
  return 2 * sum + exponent * 0.69314718055994530942;
}

double portable_exp(double x) {
  if (std::isnan(x)) return x;
  x = x < -700 ? -700 : x > 700 ? 700 : x;
  // x = n ln 2 + r, e^r from Taylor's series.
  const double n = std::floor(x * 1.44269504088896340736 + 0.5);
  const double r = (x - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10;
  double term = 1;
  double sum = 1;
  for (int k = 1; k < 18; ++k) {
    term *= r / k;
    sum += term;
  }
  return std::ldexp(sum, static_cast<int>(n));  // exact
}

}  // namespace subjrec
