// The picture of a training run: losses against the batch number, and validation metrics below.
#pragma once

#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/model/model.h"

namespace subjrec {

struct LossPlot {
  std::string model;                // its name, for the title
  std::string options;              // what it was trained with, for the line below; may be empty
  std::vector<HistoryRow> history;  // in any order
  bool log = false;                 // the natural logarithm of the loss instead of the loss
};

/// A complete SVG. The batches' losses are faint, their running mean over a fortieth of the run is
/// strong; a history without batches (ALS) is drawn by epoch. Every other metric is a line in a
/// panel of its own below, those that stay within [0, 1] together in one; six panels at the most,
/// in the order in which the metrics first occur. Runs of any length are thinned to a few times
/// the pixels that they cover.
///
/// Values that cannot be drawn (not finite, beyond 1e100, and with `log` not above 0) are left out
/// and counted in a line of the picture. kInvalid where no loss is left, or there never was one.
Result<std::string> loss_plot(const LossPlot& plot);

}  // namespace subjrec
