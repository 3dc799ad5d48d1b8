#include "core/model/probability_curve.h"

#include <limits>

namespace subjrec {

/// Follows the line from bend to bend. Neighbouring scores may stand in the wrong order by the
/// rounding of their logits: so what is sought lies a little below `wanted`.
double ProbabilityCurve::least_score(double wanted) const {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (!(wanted > 0)) return -kInfinity;
  if (wanted > 1) return kInfinity;
  const double sought = wanted * (1 - 1e-9);
  double rest = portable_log(sought / (1 - sought)) - intercept;
  double line = slope;
  for (const CurveBend& bend : bends) {
    if (rest <= line * bend.score) break;
    rest += bend.change * bend.score;
    line += bend.change;
  }
  return rest / line;
}

}  // namespace subjrec
