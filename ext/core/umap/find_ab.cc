#include <array>
#include <cmath>

#include "core/base/portable_math.h"
#include "core/umap/optimize_layout.h"

namespace subjrec {
namespace {

constexpr size_t kSamples = 300;

struct Samples {
  std::array<double, kSamples> log_square;  // of the distance
  std::array<double, kSamples> wanted;
};

Samples sample(double spread, double min_dist) {
  Samples samples{};
  for (size_t i = 0; i < kSamples; ++i) {
    const double x = 3 * spread * static_cast<double>(i) / (kSamples - 1);
    samples.log_square[i] = i == 0 ? -1000 : 2 * portable_log(x);
    samples.wanted[i] = x < min_dist ? 1 : portable_exp(-(x - min_dist) / spread);
  }
  return samples;
}

/// The sum of squared residuals at log a = p, b = q, with the normal equations' entries.
struct Fit {
  double pp = 0, pq = 0, qq = 0, p = 0, q = 0, cost = 0;
};

Fit evaluate(const Samples& samples, double log_a, double b) {
  Fit fit;
  for (size_t i = 0; i < kSamples; ++i) {
    const double power = portable_exp(log_a + b * samples.log_square[i]);
    const double value = 1 / (1 + power);
    const double residual = value - samples.wanted[i];
    const double slope_p = -power * value * value;
    const double slope_q = i == 0 ? 0 : slope_p * samples.log_square[i];
    fit.pp += slope_p * slope_p;
    fit.pq += slope_p * slope_q;
    fit.qq += slope_q * slope_q;
    fit.p += slope_p * residual;
    fit.q += slope_q * residual;
    fit.cost += residual * residual;
  }
  return fit;
}

}  // namespace

Curve fit_curve(double spread, double min_dist) {
  // The fit scales with the spread: in its units, Levenberg's and Marquardt's method always ends
  // well from a = b = 1.
  const Samples samples = sample(1, min_dist / spread);
  double log_a = 0;
  double b = 1;
  double damping = 1e-3;
  Fit fit = evaluate(samples, log_a, b);
  for (int step = 0; step < 200; ++step) {
    const double pp = fit.pp * (1 + damping);
    const double qq = fit.qq * (1 + damping);
    const double determinant = pp * qq - fit.pq * fit.pq;
    const double next_log_a = log_a - (qq * fit.p - fit.pq * fit.q) / determinant;
    const double next_b = b - (pp * fit.q - fit.pq * fit.p) / determinant;
    const Fit next = evaluate(samples, next_log_a, next_b);
    if (next.cost < fit.cost) {
      fit = next;
      log_a = next_log_a;
      b = next_b;
      damping *= 0.1;
    } else {
      damping *= 10;
      if (damping > 1e12) break;
    }
  }
  return {portable_exp(log_a - 2 * b * portable_log(spread)), b};
}

}  // namespace subjrec
