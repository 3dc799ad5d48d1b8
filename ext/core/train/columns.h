// Subjects and features side by side: the columns of one weighted matrix of works.
#pragma once

#include <cstddef>

#include "core/data/interactions.h"
#include "core/train/trainer.h"

namespace subjrec {

/// works x (n_subjects + n_features): 1 for each subject of a work, and feature_weight times its
/// own weight for each feature, which comes in column n_subjects + feature. Entries that are not
/// above zero are left out.
Result<SparseRows> subject_and_feature_columns(const TrainData& data, double feature_weight,
                                               Monitor& monitor);

/// The same matrix by columns.
Result<SparseRows> transposed(const SparseRows& rows, Monitor& monitor);

}  // namespace subjrec
