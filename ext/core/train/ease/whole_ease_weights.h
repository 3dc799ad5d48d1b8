// The steps from X to the weights of "ease" by one matrix of all columns
// (core/train/ease/ease_trainer.h).
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/data/interactions.h"
#include "core/linalg/block_cholesky.h"

namespace subjrec {

/// X'X + regularization I, features before subjects: lower triangle.
Result<SquareMatrix> gram_matrix(const SparseRows& by_work, const SparseRows& by_column,
                                 size_t n_subjects, double regularization, ThreadTeam& team,
                                 Monitor& monitor);

/// Of the inverse P the columns of the subjects, n x n_subjects, features before subjects; and f'P
/// f for each row f of features.
struct Inverse {
  std::vector<float> columns;
  std::vector<double> norms;
};
Result<Inverse> invert(SquareMatrix gram, size_t n_subjects, const SparseRows& features,
                       ThreadTeam& team, Monitor& monitor);

/// Turns the inverse into weights: row i, column s is -P[i][s] / P[s][s], 0 for s itself. Returns
/// -1 / P[s][s] for each s.
Result<std::vector<float>> weights_in_place(std::vector<float>* p, size_t n_features,
                                            size_t n_subjects, ThreadTeam& team, Monitor& monitor);

/// The `keep` weights of greatest size, a row for each subject and then for each of n_features
/// features; `features` are the numbers of those that were trained, the rest has empty rows.
Result<SparseRows> keep_greatest(const std::vector<float>& dense,
                                 const std::vector<uint32_t>& features, size_t n_features,
                                 size_t n_subjects, size_t keep, Monitor& monitor);

}  // namespace subjrec
