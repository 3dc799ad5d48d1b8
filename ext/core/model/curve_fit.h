// The maximum-likelihood fit of a calibration curve: logistic regression on a piecewise linear
// basis, by Newton's method.
#pragma once

#include <vector>

#include "core/model/probability_curve.h"

namespace subjrec {

/// What was seen about one score: `weight` observations, `target` of them positive.
struct CurvePoint {
  double score;  // from -1 to 1
  double weight;
  double target;
};

/// The curve that may bend at these scores, which ascend. The penalty of a bend is half the square
/// of its share of the slope that a curve without bends has. A bend at which the curve would fall
/// is given up, the worst first.
ProbabilityCurve fit_curve(const std::vector<CurvePoint>& points, std::vector<double> bends);

}  // namespace subjrec
