// A calibration curve as rec_config holds it: [slope, intercept, score, change, score, change,
// ...].
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/model/probability_curve.h"

namespace subjrec {

/// JSON: the slope and intercept, and of each bend its score and by what the slope changes there.
std::string curve_text(const ProbabilityCurve& curve);

/// Nothing where `text` is no curve: not such a list of finite numbers, scores that do not ascend,
/// or a slope that is not above zero somewhere.
std::optional<ProbabilityCurve> read_curve(std::string_view text);

}  // namespace subjrec
