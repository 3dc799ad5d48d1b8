// Which trainings a grid of options asks for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace subjrec {

/// The runs of a grid, each as a JSON object of options, not yet checked:
///
///   {"epochs": 20, "embedding_dim": [8, 16], "learning_rate": [0.001, 0.01]}
///       every combination of the values in arrays, the last key changing fastest; what is no array
///       is the same in all runs
///   [{"algorithm": "ease"}, {"algorithm": "ials", "embedding_dim": [32, 64]}]
///       the runs of several grids, one after the other
///
/// `who` opens the error texts. At most 10,000 runs, and at least one.
Result<std::vector<std::string>> read_grid(std::string_view who, std::string_view json);

}  // namespace subjrec
