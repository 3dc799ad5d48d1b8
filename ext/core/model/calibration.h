// Calibration: the curve from scores to probabilities that fits outcomes (Platt 1999, with the
// Newton iteration of Lin, Lin and Weng 2007, and bends where one slope does not do).
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/model/model.h"
#include "core/model/probability_curve.h"

namespace subjrec {

/// What outcomes say of scores: the straight line of logits (Platt's), and the curve, which is the
/// same line where there is too little to bend it by.
struct Calibration {
  double slope = 1;
  double intercept = 0;
  ProbabilityCurve curve = {};
};

/// Makes it the model's calibration of works of which subjects are known.
void set_calibration(Calibration calibration, Model* model);

/// Collects scores with their outcomes in narrow bins, so that millions of them cost little. The
/// bins follow the scores' scale: 4,096 of them reach from 0 to the power of two above the greatest
/// score, and as many to the other side. Adding up partial collections in a fixed order gives a
/// fixed result.
class CalibrationBins {
 public:
  CalibrationBins();
  /// A score that is not finite, as after a training that diverged, says nothing and is left out.
  void add(float score, bool positive);
  void add(const CalibrationBins& other);
  double positives() const;

  /// The line and the curve of greatest likelihood, their targets drawn in by one observation of
  /// either kind. With 48 positives or more the curve bends at some quantiles of theirs, up to six,
  /// unless it would fall there; each bend is drawn towards none by a normal prior as wide as the
  /// slope. Where scores do not tell the outcomes apart the slope is still above zero: over the
  /// whole range of scores the logit then rises by 1/1024. Without an outcome of each kind it is
  /// Calibration{}.
  Calibration fit() const;

 private:
  struct Bin {
    double negatives = 0;
    double positives = 0;
    double sum = 0;  // of scores
  };
  /// Makes room for scores below 2^exponent.
  void widen(int exponent);
  size_t bin_of(double score) const;
  void set_exponent(int exponent);

  std::vector<Bin> bins_;
  int exponent_ = 0;
  double limit_ = 0;  // 2^exponent_
  double scale_ = 0;  // bins for each unit of score
};

/// The bins of examples 0 to n - 1: `add` does those of [begin, end), which are few where each is
/// long, and what they give is added up in order.
Result<CalibrationBins> collect_bins(
    size_t n, size_t n_subjects,
    const std::function<Status(size_t begin, size_t end, CalibrationBins* bins, Monitor& monitor)>&
        add,
    ThreadTeam& team, Monitor& monitor);

}  // namespace subjrec
