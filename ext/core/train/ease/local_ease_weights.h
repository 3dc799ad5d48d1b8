// EASE by neighbourhood: each subject is predicted from a few columns of its own, so that
// vocabularies of any size can be trained. (Item neighbourhoods as in Ning and Karypis, "SLIM",
// ICDM 2011; the regression is that of Steck's EASE, WWW 2019, restricted to them.)
//
// The neighbourhood J of subject s are the `neighborhood` other columns j of greatest
// G[j][s]^2 / (G[j][j] + regularization), G = X'X: what each alone explains of s. Its weights solve
//
//   (G[J][J] + regularization I) b = G[J][s]
//
// which with J = all other columns are the weights of the whole matrix. Subjects do not depend on
// each other; time is the number of subjects times neighborhood^3 / 3, memory that of the sparse G.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/data/interactions.h"

namespace subjrec {

/// `by_work` is X: subjects in the first n_subjects columns, features after them. A row for each
/// column of X, a column for each subject, ascending within a row.
Result<SparseRows> local_ease_weights(const SparseRows& by_work, size_t n_subjects,
                                      double regularization, size_t neighborhood, ThreadTeam& team,
                                      Monitor& monitor);

/// Rows for the subjects and for the features that were trained, by their numbers, become rows for
/// the subjects and for all n_features features; those of the others are empty.
SparseRows spread_rows(const SparseRows& trained, const std::vector<uint32_t>& features,
                       size_t n_features, size_t n_subjects);

}  // namespace subjrec
