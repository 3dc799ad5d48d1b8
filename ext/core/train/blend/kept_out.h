// What a blend keeps out of the training of its parts, to fit its coefficients by.
#pragma once

#include <cstdint>
#include <vector>

#include "core/data/interactions.h"
#include "core/train/calibration_set.h"

namespace subjrec {

/// A work of which `hidden` were kept out (as add_outcomes() has it), and what is left of its
/// subjects.
struct KeptOutWork {
  uint32_t work = 0;
  std::vector<uint32_t> hidden;
  std::vector<uint32_t> shown;
  std::vector<float> shown_weights;  // as many, or none

  SubjectRow known() const { return {shown, shown_weights}; }
};

/// One for each pair, and one for each work without subjects, in their order.
std::vector<KeptOutWork> warm_works(const Interactions& y, const CalibrationSet& kept_out);
std::vector<KeptOutWork> cold_works(const Interactions& y, const CalibrationSet& kept_out);

}  // namespace subjrec
