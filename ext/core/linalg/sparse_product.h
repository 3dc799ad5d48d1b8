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

/// The rank `dim` approximation of the scores X B in two factors: scores ~ works x subjects'. The
/// factors share the singular values evenly, greatest first; columns beyond the rank are zero.
/// By subspace iteration (Halko, Martinsson and Tropp 2011).
struct LowRank {
  std::vector<float> works;     // x.n_rows x dim
  std::vector<float> subjects;  // b.n_columns x dim
};
Result<LowRank> factorize_scores(const SparseRows& x, const SparseRows& b, size_t dim,
                                 uint64_t seed, ThreadTeam& team, Monitor& monitor);

}  // namespace subjrec
