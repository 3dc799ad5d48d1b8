#include "core/model/calibration.h"

#include <algorithm>
#include <cmath>

#include "core/model/curve_fit.h"

namespace subjrec {
namespace {

constexpr size_t kHalf = 4096;       // bins on one side of zero
constexpr int kLeastExponent = -64;  // of the range of scores: 2^exponent
constexpr double kPositivesOfABend = 24;
constexpr size_t kMostBends = 6;

}  // namespace

Result<CalibrationBins> collect_bins(
    size_t n, size_t n_subjects,
    const std::function<Status(size_t begin, size_t end, CalibrationBins* bins, Monitor& monitor)>&
        add,
    ThreadTeam& team, Monitor& monitor) {
  constexpr size_t kAtOnce = 32;  // pieces whose bins are held at a time
  const size_t piece =
      std::clamp<size_t>((size_t{1} << 19) / std::max<size_t>(n_subjects, 1), 8, 32);
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

CalibrationBins::CalibrationBins() : bins_(2 * kHalf) { set_exponent(kLeastExponent); }

void CalibrationBins::set_exponent(int exponent) {
  exponent_ = exponent;
  limit_ = std::ldexp(1.0, exponent);
  scale_ = std::ldexp(static_cast<double>(kHalf), -exponent);  // a power of two: nothing is rounded
}

size_t CalibrationBins::bin_of(double score) const {
  const double bin = std::floor(score * scale_);
  return static_cast<size_t>(static_cast<int64_t>(bin) + static_cast<int64_t>(kHalf));
}

void CalibrationBins::widen(int exponent) {
  if (exponent <= exponent_) return;
  const int shift = std::min(exponent - exponent_, 13);
  set_exponent(exponent);
  std::vector<Bin> wide(2 * kHalf);
  for (size_t b = 0; b < bins_.size(); ++b) {
    const int64_t at = (static_cast<int64_t>(b) - static_cast<int64_t>(kHalf)) >> shift;
    Bin& bin = wide[static_cast<size_t>(at + static_cast<int64_t>(kHalf))];
    bin.negatives += bins_[b].negatives;
    bin.positives += bins_[b].positives;
    bin.sum += bins_[b].sum;
  }
  bins_ = std::move(wide);
}

void CalibrationBins::add(float score, bool positive) {
  if (!std::isfinite(score)) return;
  const double x{score};
  if (std::fabs(x) >= limit_) {
    int exponent = 0;
    std::frexp(x, &exponent);
    widen(exponent);
  }
  Bin& bin = bins_[bin_of(x)];
  (positive ? bin.positives : bin.negatives) += 1;
  bin.sum += x;
}

void CalibrationBins::add(const CalibrationBins& other) {
  widen(other.exponent_);
  const int shift = std::min(exponent_ - other.exponent_, 13);
  for (size_t b = 0; b < other.bins_.size(); ++b) {
    const int64_t at = (static_cast<int64_t>(b) - static_cast<int64_t>(kHalf)) >> shift;
    Bin& bin = bins_[static_cast<size_t>(at + static_cast<int64_t>(kHalf))];
    bin.negatives += other.bins_[b].negatives;
    bin.positives += other.bins_[b].positives;
    bin.sum += other.bins_[b].sum;
  }
}

double CalibrationBins::positives() const {
  double sum = 0;
  for (const Bin& bin : bins_) sum += bin.positives;
  return sum;
}

Calibration CalibrationBins::fit() const {
  const double positives = this->positives();
  double negatives = 0;
  for (const Bin& bin : bins_) negatives += bin.negatives;
  if (positives == 0 || negatives == 0) return {};
  const double yes = (positives + 1) / (positives + 2);
  const double no = 1 / (negatives + 2);
  const auto n_bends =
      static_cast<size_t>(positives / kPositivesOfABend) < 2
          ? 0
          : std::min(kMostBends, static_cast<size_t>(positives / kPositivesOfABend));
  std::vector<CurvePoint> points;
  std::vector<double> bends;
  double below = 0;
  for (const Bin& bin : bins_) {
    const double weight = bin.negatives + bin.positives;
    if (weight == 0) continue;
    const double x = std::ldexp(bin.sum / weight, -exponent_);
    points.push_back({x, weight, bin.positives * yes + bin.negatives * no});
    below += bin.positives;
    const double reached = static_cast<double>(bends.size() + 1) / static_cast<double>(n_bends + 1);
    if (bends.size() < n_bends && below >= reached * positives) bends.push_back(x);
  }
  const ProbabilityCurve line = fit_curve(points, {});
  ProbabilityCurve curve = bends.empty() ? line : fit_curve(points, std::move(bends));
  curve.slope = std::ldexp(curve.slope, -exponent_);
  for (CurveBend& bend : curve.bends) {
    bend.score = std::ldexp(bend.score, exponent_);
    bend.change = std::ldexp(bend.change, -exponent_);
  }
  return {std::ldexp(line.slope, -exponent_), line.intercept, std::move(curve)};
}

void set_calibration(Calibration calibration, Model* model) {
  model->probability_slope = calibration.slope;
  model->probability_intercept = calibration.intercept;
  model->curve.reset();
  if (!calibration.curve.bends.empty()) model->curve = std::move(calibration.curve);
}

}  // namespace subjrec
