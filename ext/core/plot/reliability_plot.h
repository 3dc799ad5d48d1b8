// The reliability diagram: how often what was said to be so probable came true.
//
// DeGroot and Fienberg 1983; Guo, Pleiss, Sun and Weinberger 2017, "On Calibration of Modern
// Neural Networks", for the expected calibration error.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/status.h"

namespace subjrec {

/// Suggestions by what their probability was: in ten bins of equal width.
class ReliabilityBins {
 public:
  static constexpr size_t kBins = 10;
  struct Bin {
    uint64_t count = 0;
    uint64_t hits = 0;
    double probability = 0;  // the sum
  };

  /// A suggestion of this probability, 0 to 1, and whether it was right.
  void add(double probability, bool hit);
  const std::vector<Bin>& bins() const { return bins_; }
  uint64_t count() const;
  /// The mean over suggestions of how far their bin's mean probability is from its share of hits.
  double calibration_error() const;

 private:
  std::vector<Bin> bins_ = std::vector<Bin>(kBins);
};

struct ReliabilityPlot {
  std::string model;  // its name, for the title
  ReliabilityBins bins;
  uint64_t works = 0;  // that were asked
};

/// A complete SVG: each bin's share of hits over its mean probability, beside the diagonal on which
/// a well-calibrated model lies, and below it how many suggestions there are in each. Bins of fewer
/// than 20 are hollow and off the line. kInvalid where there are none.
Result<std::string> reliability_plot(const ReliabilityPlot& plot);

}  // namespace subjrec
