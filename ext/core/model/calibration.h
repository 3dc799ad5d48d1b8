// From scores to probabilities (Platt 1999, with the Newton iteration of Lin, Lin and Weng 2007).
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"

namespace subjrec {

/// probability = 1 / (1 + exp(-(slope * score + intercept)))
struct Calibration {
  double slope = 1;
  double intercept = 0;
};

/// Collects scores with their outcomes in narrow bins, so that millions of them cost little. Adding
/// up partial collections in a fixed order gives a fixed result.
class CalibrationBins {
 public:
  CalibrationBins();
  /// A score that is NaN, as after a training that diverged, says nothing and is left out.
  void add(float score, bool positive);
  void add(const CalibrationBins& other);
  /// The logistic curve of greatest likelihood, its targets drawn in by one observation of either
  /// kind. Where scores do not tell the outcomes apart the slope is at least 1e-3; without an
  /// outcome of each kind it is Calibration{}.
  Calibration fit() const;

 private:
  struct Bin {
    double negatives = 0;
    double positives = 0;
    double sum = 0;  // of scores
  };
  std::vector<Bin> bins_;
};

/// The bins of examples 0 to n - 1: `add` does those of [begin, end), which are few where each is
/// long, and what they give is added up in order.
Result<CalibrationBins> collect_bins(
    size_t n, size_t n_subjects,
    const std::function<Status(size_t begin, size_t end, CalibrationBins* bins, Monitor& monitor)>&
        add,
    ThreadTeam& team, Monitor& monitor);

}  // namespace subjrec
