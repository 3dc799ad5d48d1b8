// Subjects and features side by side: the columns of one weighted matrix of works.
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/interactions.h"

namespace subjrec {

/// works x (n_subjects + n_features): its weight (1 where there are none) for each subject of a
/// work, and feature_weight times its own weight for each feature, which comes in column n_subjects
/// + feature, be it negative. Zeros are left out.
Result<SparseRows> subject_and_feature_columns(const Interactions& y, const SparseRows& features,
                                               double feature_weight, Monitor& monitor);

/// Some of the columns of a matrix.
struct ColumnChoice {
  SparseRows rows;
  std::vector<uint32_t> columns;  // what they were called before, ascending
};

/// How many entries each column has.
std::vector<int> column_counts(const SparseRows& matrix);
/// How many columns have at least `least` entries.
size_t count_frequent_columns(const std::vector<int>& counts, int least);
/// Those columns.
Result<ColumnChoice> frequent_columns(const SparseRows& matrix, int least, Monitor& monitor);

/// The same matrix by columns.
Result<SparseRows> transposed(const SparseRows& rows, Monitor& monitor);

}  // namespace subjrec
