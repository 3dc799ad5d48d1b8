// Sparse matrices times tall dense ones.
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/data/interactions.h"

namespace subjrec {

/// A B, where B is n_columns x width, row-major; each element is summed in the order of A's
/// entries.
Result<std::vector<float>> multiply(const SparseRows& a, const std::vector<float>& b, size_t width,
                                    ThreadTeam& team, Monitor& monitor);

/// How the factor of a row of X comes from the row: x inner turn', the first `dim` columns, each
/// times its scale.
struct ScoreProjection {
  size_t width = 0;
  size_t dim = 0;
  std::vector<float> inner;   // n_columns x width
  std::vector<double> turn;   // width x width
  std::vector<double> scale;  // width
};

/// The factors of rows, with the same bytes wherever the rows are.
Result<std::vector<float>> project(const SparseRows& x, const ScoreProjection& projection,
                                   ThreadTeam& team, Monitor& monitor);

/// The rank `dim` approximation of the scores X B in two factors: scores ~ works x subjects'. The
/// factors share the singular values evenly, greatest first; columns beyond the rank are zero.
/// By subspace iteration (Halko, Martinsson and Tropp 2011).
struct LowRank {
  std::vector<float> works;     // x.n_rows x dim
  std::vector<float> subjects;  // b.n_columns x dim
  ScoreProjection of_works;     // by which other rows get their factors
};
Result<LowRank> factorize_scores(const SparseRows& x, const SparseRows& b, size_t dim,
                                 uint64_t seed, ThreadTeam& team, Monitor& monitor);

}  // namespace subjrec
