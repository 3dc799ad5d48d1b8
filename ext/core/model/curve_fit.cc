#include "core/model/curve_fit.h"

#include <cmath>
#include <cstddef>

#include "core/base/portable_math.h"

namespace subjrec {
namespace {

constexpr double kLeastSlope = 1.0 / 2048;  // scores reach from -1 to 1
constexpr double kLeastShare = 1.0 / 64;    // of the whole curve's slope, between bends
constexpr double kRidge = 1e-9;             // keeps the system regular

/// log(1 + e^x), without overflow.
double softplus(double x) {
  return x > 0 ? x + portable_log(1 + portable_exp(-x)) : portable_log(1 + portable_exp(x));
}

/// The regression on 1, score, and max(score - bend, 0) for each bend; `penalty` is that of the
/// bends' squares.
class Regression {
 public:
  Regression(const std::vector<CurvePoint>& points, const std::vector<double>& bends,
             double penalty)
      : points_(points), bends_(bends), penalty_(penalty), n_(bends.size() + 2), basis_(n_) {}

  /// Newton's method with halving steps, from `w` on.
  void solve(std::vector<double>* w) {
    double least = loss(*w);
    for (int round = 0; round < 100; ++round) {
      const std::vector<double> step = newton_step(*w);
      double length = 1;
      std::vector<double> next = *w;
      double reached = least;
      for (int halving = 0; halving < 34; ++halving, length /= 2) {
        for (size_t i = 0; i < n_; ++i) next[i] = (*w)[i] + length * step[i];
        reached = loss(next);
        if (reached < least) break;
      }
      if (!(reached < least - 1e-12 * std::fabs(least))) return;
      *w = next;
      least = reached;
    }
  }

 private:
  double at(double score, const std::vector<double>& w) {
    basis_[0] = 1;
    basis_[1] = score;
    for (size_t b = 0; b < bends_.size(); ++b) basis_[b + 2] = std::max(score - bends_[b], 0.0);
    double z = 0;
    for (size_t i = 0; i < n_; ++i) z += w[i] * basis_[i];
    return z;
  }

  double loss(const std::vector<double>& w) {
    double sum = 0;
    for (size_t b = 2; b < n_; ++b) sum += 0.5 * penalty_ * w[b] * w[b];
    for (const CurvePoint& p : points_) {
      const double x = at(p.score, w);
      sum += p.weight * softplus(x) - p.target * x;
    }
    return sum;
  }

  std::vector<double> newton_step(const std::vector<double>& w) {
    std::vector<double> gradient(n_, 0.0);
    std::vector<double> hessian(n_ * n_, 0.0);
    for (size_t i = 0; i < n_; ++i) {
      gradient[i] = i < 2 ? 0 : -penalty_ * w[i];
      hessian[i * n_ + i] = i < 2 ? kRidge : penalty_ + kRidge;
    }
    for (const CurvePoint& p : points_) {
      const double probability = 1 / (1 + portable_exp(-at(p.score, w)));
      const double g = p.target - p.weight * probability;
      const double h = p.weight * probability * (1 - probability);
      for (size_t i = 0; i < n_; ++i) {
        gradient[i] += g * basis_[i];
        for (size_t j = 0; j <= i; ++j) hessian[i * n_ + j] += h * basis_[i] * basis_[j];
      }
    }
    return solve_positive(std::move(hessian), std::move(gradient));
  }

  /// By the Cholesky factor of the lower triangle.
  std::vector<double> solve_positive(std::vector<double> a, std::vector<double> b) const {
    for (size_t j = 0; j < n_; ++j) {
      for (size_t i = j; i < n_; ++i) {
        double sum = a[i * n_ + j];
        for (size_t k = 0; k < j; ++k) sum -= a[i * n_ + k] * a[j * n_ + k];
        a[i * n_ + j] = i == j ? std::sqrt(std::max(sum, kRidge)) : sum / a[j * n_ + j];
      }
    }
    for (size_t i = 0; i < n_; ++i) {
      for (size_t k = 0; k < i; ++k) b[i] -= a[i * n_ + k] * b[k];
      b[i] /= a[i * n_ + i];
    }
    for (size_t i = n_; i-- > 0;) {
      for (size_t k = i + 1; k < n_; ++k) b[i] -= a[k * n_ + i] * b[k];
      b[i] /= a[i * n_ + i];
    }
    return b;
  }

  const std::vector<CurvePoint>& points_;
  const std::vector<double>& bends_;
  double penalty_;
  size_t n_;
  std::vector<double> basis_;  // of the score that at() was asked for last
};

/// The bend beside the least slope below `least`, or none: bends.size().
size_t worst_bend(const std::vector<double>& w, double least) {
  const size_t n = w.size() - 2;
  size_t worst = n;
  double slope = w[1];
  if (slope < least) {
    least = slope;
    worst = 0;
  }
  for (size_t b = 0; b < n; ++b) {
    slope += w[b + 2];
    if (slope < least) {
      least = slope;
      worst = b;
    }
  }
  return worst;
}

}  // namespace

ProbabilityCurve fit_curve(const std::vector<CurvePoint>& points, std::vector<double> bends) {
  double weight = 0;
  double target = 0;
  for (const CurvePoint& p : points) {
    weight += p.weight;
    target += p.target;
  }
  std::vector<double> w{portable_log(target / (weight - target)), 0};
  const std::vector<double> none;
  Regression(points, none, 0).solve(&w);
  if (!(w[1] > kLeastSlope)) return {.slope = kLeastSlope, .intercept = w[0]};
  const double whole = w[1];
  const std::vector<double> straight = w;
  while (!bends.empty()) {
    w = straight;
    w.resize(bends.size() + 2, 0.0);
    Regression(points, bends, 1 / (whole * whole)).solve(&w);
    const size_t worst = worst_bend(w, std::max(kLeastShare * whole, kLeastSlope));
    if (worst == bends.size()) break;
    bends.erase(bends.begin() + static_cast<ptrdiff_t>(worst));
    w = straight;
  }
  ProbabilityCurve curve{.slope = w[1], .intercept = w[0]};
  for (size_t b = 0; b < bends.size(); ++b) curve.bends.push_back({bends[b], w[b + 2]});
  return curve;
}

}  // namespace subjrec
