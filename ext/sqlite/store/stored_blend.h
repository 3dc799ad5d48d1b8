// The coefficients of a blend as rec_config holds them: a JSON list of six numbers for works with
// subjects, and six for works without, each in the order of BlendCoefficients; nine of a model
// that has labels, and twelve where these are of subjects on no work, too.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/model/model.h"

namespace subjrec {

std::string blend_text(const BlendedCoefficients& blend, bool labels);
/// Nothing where `text` is no such list of finite numbers.
std::optional<BlendedCoefficients> read_blend(std::string_view text);

}  // namespace subjrec
