// The calibration curve: from a model's scores to probabilities (Platt 1999, with bends).
#pragma once

#include <algorithm>
#include <vector>

#include "core/base/portable_math.h"

namespace subjrec {

/// What a curve's slope changes by, from `score` on.
struct CurveBend {
  double score = 0;
  double change = 0;
  bool operator==(const CurveBend&) const = default;
};

/// probability = 1 / (1 + exp(-logit(score))), where
///
///   logit(score) = slope * score + intercept + sum over bends of change * max(score - bend, 0).
///
/// Without bends this is Platt's curve. The slope is above zero between all bends, so a greater
/// score is a greater probability.
struct ProbabilityCurve {
  double slope = 1;
  double intercept = 0;
  std::vector<CurveBend> bends = {};  // ascending by score

  double logit(double score) const {
    double z = slope * score + intercept;
    for (const CurveBend& bend : bends) z += bend.change * std::max(score - bend.score, 0.0);
    return z;
  }
  double probability(double score) const { return 1 / (1 + portable_exp(-logit(score))); }
  /// A score below which no probability is as great as `wanted`: 0 and less give minus infinity,
  /// more than 1 gives infinity.
  double least_score(double wanted) const;
  bool operator==(const ProbabilityCurve&) const = default;
};

}  // namespace subjrec
