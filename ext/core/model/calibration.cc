#include "core/model/calibration.h"

#include <algorithm>
#include <cmath>

#include "core/base/portable_math.h"

namespace subjrec {
namespace {

constexpr double kLeast = -64;
constexpr double kMost = 64;
constexpr size_t kBins = 8192;
constexpr double kLeastSlope = 1e-3;

/// One bin as the likelihood sees it: `weight` observations of mean `score`, `target` of them
/// positive.
struct Point {
  double score;
  double weight;
  double target;
};

/// log(1 + e^x), without overflow.
double softplus(double x) {
  return x > 0 ? x + portable_log(1 + portable_exp(-x)) : portable_log(1 + portable_exp(x));
}

double loss(const std::vector<Point>& points, const Calibration& c) {
  double sum = 0;
  for (const Point& p : points) {
    const double x = c.slope * p.score + c.intercept;
    sum += p.weight * softplus(x) - p.target * x;
  }
  return sum;
}

/// The Newton step from `c`, slightly damped.
Calibration newton_step(const std::vector<Point>& points, const Calibration& c) {
  double g1 = 0;
  double g2 = 0;
  double h11 = 1e-9;
  double h12 = 0;
  double h22 = 1e-9;
  for (const Point& p : points) {
    const double probability = 1 / (1 + portable_exp(-(c.slope * p.score + c.intercept)));
    const double g = p.weight * probability - p.target;
    const double h = p.weight * probability * (1 - probability);
    g1 += g * p.score;
    g2 += g;
    h11 += h * p.score * p.score;
    h12 += h * p.score;
    h22 += h;
  }
  const double determinant = h11 * h22 - h12 * h12;
  return {-(h22 * g1 - h12 * g2) / determinant, -(h11 * g2 - h12 * g1) / determinant};
}

}  // namespace

Result<CalibrationBins> collect_bins(
    size_t n, size_t n_subjects,
    const std::function<Status(size_t begin, size_t end, CalibrationBins* bins, Monitor& monitor)>&
        add,
    ThreadTeam& team, Monitor& monitor) {
  constexpr size_t kAtOnce = 32;  // pieces whose bins are held at a time
  const size_t piece =
      std::clamp<size_t>((size_t{1} << 19) / std::max<size_t>(n_subjects, 1), 1, 32);
  CalibrationBins total;
  for (size_t begin = 0; begin < n; begin += kAtOnce * piece) {
    std::vector<CalibrationBins> bins(std::min(kAtOnce, (n - begin + piece - 1) / piece));
    SUBJREC_TRY(team.try_run(
        bins.size(),
        [&](size_t p, Monitor& asked) {
          const size_t first = begin + p * piece;
          return add(first, std::min(n, first + piece), &bins[p], asked);
        },
        monitor));
    for (const CalibrationBins& part : bins) total.add(part);
  }
  return total;
}

CalibrationBins::CalibrationBins() : bins_(kBins) {}

void CalibrationBins::add(float score, bool positive) {
  if (std::isnan(score)) return;
  const double x = std::clamp<double>(score, kLeast, kMost);
  const auto at = static_cast<size_t>((x - kLeast) * (kBins - 1) / (kMost - kLeast));
  Bin& bin = bins_[at];
  (positive ? bin.positives : bin.negatives) += 1;
  bin.sum += x;
}

void CalibrationBins::add(const CalibrationBins& other) {
  for (size_t b = 0; b < kBins; ++b) {
    bins_[b].negatives += other.bins_[b].negatives;
    bins_[b].positives += other.bins_[b].positives;
    bins_[b].sum += other.bins_[b].sum;
  }
}

Calibration CalibrationBins::fit() const {
  double positives = 0;
  double negatives = 0;
  for (const Bin& bin : bins_) {
    positives += bin.positives;
    negatives += bin.negatives;
  }
  if (positives == 0 || negatives == 0) return {};
  const double yes = (positives + 1) / (positives + 2);
  const double no = 1 / (negatives + 2);
  std::vector<Point> points;
  for (const Bin& bin : bins_) {
    const double weight = bin.negatives + bin.positives;
    if (weight > 0) {
      points.push_back({bin.sum / weight, weight, bin.positives * yes + bin.negatives * no});
    }
  }
  Calibration c{0, portable_log((positives + 1) / (negatives + 1))};
  double least = loss(points, c);
  for (int round = 0; round < 100; ++round) {
    const Calibration step = newton_step(points, c);
    double length = 1;
    Calibration next;
    double reached = least;
    for (int halving = 0; halving < 34; ++halving, length /= 2) {
      next = {c.slope + length * step.slope, c.intercept + length * step.intercept};
      reached = loss(points, next);
      if (reached < least) break;
    }
    if (!(reached < least - 1e-12 * std::fabs(least))) break;
    c = next;
    least = reached;
  }
  c.slope = std::max(c.slope, kLeastSlope);
  return c;
}

}  // namespace subjrec
