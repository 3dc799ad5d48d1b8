// The weights of "ease" alone, for a model that scores by them and by other things: no embeddings,
// no probabilities (core/train/ease/ease_trainer.h has the method).
#pragma once

#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/data/interactions.h"
#include "core/model/train_data.h"
#include "core/train/ease/whole_ease_weights.h"
#include "core/train/options.h"

namespace subjrec {

/// B by one matrix of all columns, features before subjects.
struct DenseEaseWeights {
  std::vector<float> columns;  // n_columns x n_subjects
  std::vector<float> scale;    // -1 / P[s][s] for each subject
  std::vector<double> norms;   // f'P f for each row f of features that was asked
};
Result<DenseEaseWeights> dense_ease_weights(const SparseRows& by_work, size_t n_subjects,
                                            double regularization, const SparseRows& asked,
                                            ThreadTeam& team, Monitor& monitor);

/// From weights for features of weight feature_weight to those for features as they are given.
void weigh_features(double feature_weight, SparseRows* weights);

/// B as a model has it: a row for each subject and then for each feature, a column for each
/// subject. All of `data` is trained on. Options as for make_ease_trainer().
Result<SparseRows> ease_weights(const TrainData& data, const TrainOptions& options,
                                ThreadTeam& team, Monitor& monitor);

}  // namespace subjrec
