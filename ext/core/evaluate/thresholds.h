// Threshold optimisation: precision, recall and F1 of lists that are cut at a limit and at a
// probability, as Annif's "optimize" does.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/evaluate/evaluate.h"
#include "core/evaluate/ranks.h"

namespace subjrec {

/// Appends what evaluate.h says of `thresholds`.
Status add_thresholds(const Ranks& ranks, const Interactions& heldout,
                      const EvaluateOptions& options, Monitor& monitor,
                      std::vector<std::pair<std::string, double>>* metrics);

}  // namespace subjrec
