// From a network of composed works to the model that is stored, and what is settled on the way.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/model/model.h"
#include "core/train/composed/calibration_evaluator.h"
#include "core/train/composed/composed_network.h"
#include "core/train/composed/example_source.h"
#include "core/train/history_json.h"

namespace subjrec {

/// The model without its works, and without what its probabilities are read from.
Result<Model> composed_model(ComposedNetwork* network, const ExampleSource& examples,
                             ThreadTeam& team, Monitor& monitor);

/// Adds that, by the network as it stands after composed_model().
Status calibrate(const CalibrationEvaluator& evaluator, Model* model, Monitor& monitor);

/// The embeddings of `n_works` works, each with all that is known of it: n_works x dim.
Result<std::vector<float>> compose_works(const ComposedNetwork& network,
                                         const ExampleSource& examples, size_t n_works,
                                         ThreadTeam& team, Monitor& monitor);

/// After epoch `epoch`, whose last step was `step`: raises the weight decay for the epochs that are
/// left where scores are too sure, unless it was given.
Status settle_regularization(const TrainOptions& options, int64_t step, int64_t epoch,
                             const ExampleSource& examples, const CalibrationEvaluator& evaluator,
                             ComposedNetwork* network, std::vector<HistoryRow>* history,
                             ThreadTeam& team, Monitor& monitor);

}  // namespace subjrec
