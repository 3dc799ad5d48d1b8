// The picture of a tuning: quality against an option of the grid, a line for each of the others.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/base/status.h"

namespace subjrec {

/// A value of an option, as a text, and as a number where it is one.
struct TrialOption {
  std::string name;
  std::string text;
  bool numeric = false;
  double number = 0;
};

struct Trial {
  std::vector<TrialOption> options;
  double quality = 0;  // not finite: the run could not be evaluated
};

struct TuningPlot {
  std::string source;           // the table of results, for the title
  std::string metric = "ndcg";  // what quality is
  std::string x;                // the option along the axis; "": the one with the most values
  std::vector<Trial> trials;    // in any order
};

/// A complete SVG. The values of the axis stand side by side, numbers by size, whatever lies
/// between them; runs that differ in other options are other lines, named by these; of more than
/// eight lines the rest are grey. Runs of the same options (other seeds, say) are drawn as dots
/// round their mean. Runs that could not be evaluated are counted.
///
/// kInvalid: no run can be drawn; no run has the option `x`.
Result<std::string> tuning_plot(const TuningPlot& plot);

}  // namespace subjrec
