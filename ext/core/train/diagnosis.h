// Trainings that come to nothing: options that have no solution, divergence, models without
// content.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/model/model.h"
#include "core/model/train_data.h"
#include "core/train/options.h"

namespace subjrec {

/// Code::kInvalid where the values of resolved options leave training without a solution; it names
/// them: "ials" with neither regularization nor unobserved weight, Adam with an epsilon that is 0
/// in float32.
Status check_solvable(const TrainOptions& options);

/// For a training whose model is not finite: in which epoch it diverged, by which step size, and
/// what to try.
std::string divergence(const TrainOptions& options, const std::vector<HistoryRow>& history);

/// What a summary warns of, "" for nothing: that no subject says anything of another, that the
/// model is zero, or that its scores tell the subjects of a work from others no better than chance,
/// on a sample of the works that it was trained on.
Result<std::string> training_warning(const TrainData& data, const Model& model, Monitor& monitor);

}  // namespace subjrec
