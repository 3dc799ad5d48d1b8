// What the pictures of quality show: the results of a tuning, and how probabilities fare.
#pragma once

#include <string>
#include <string_view>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/plot/reliability_plot.h"
#include "core/plot/tuning_plot.h"
#include "sqlite/bindings/connection.h"
#include "sqlite/store/model_handle.h"

namespace subjrec {

/// The rows of `source`, a table or SELECT with a column called options (a JSON object) and one
/// called as the metric, such as subjrec_tune leaves in its table of results.
///
/// kInvalid: no such columns; options that are no JSON object.
Result<TuningPlot> read_trials(Connection& connection, std::string_view who,
                               const std::string& source, const std::string& metric,
                               Monitor& monitor);

/// Suggests to each work of `heldout`, a table or SELECT of (work, subject), ten subjects that it
/// does not carry, and looks which of them were held out.
Result<ReliabilityPlot> measure_reliability(Connection& connection, std::string_view who,
                                            ModelHandle& model, const std::string& heldout,
                                            Monitor& monitor);

}  // namespace subjrec
