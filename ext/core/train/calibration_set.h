// Pairs that are kept out of training, so that scores can be told from probabilities by them.
#pragma once

#include <cstdint>
#include <vector>

#include "core/data/interactions.h"

namespace subjrec {

struct CalibrationPair {
  uint32_t work;
  uint32_t subject;
};

/// One subject of some works with three or more: of a twentieth of them and of 1,024 at the most,
/// none where that is less than 32. A subject keeps at least one work, or nothing would be learned
/// of it. In the order of the works.
std::vector<CalibrationPair> hold_out_calibration_pairs(const Interactions& y, uint64_t seed);

}  // namespace subjrec
