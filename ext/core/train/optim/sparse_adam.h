// Parameters in rows, of which a step of Adam touches some ("lazy" Adam: the rest stays as it is).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/linalg/sparse_terms.h"
#include "core/train/optim/sparse_adam_kernels.h"

namespace subjrec {

/// Parameters row by row (`stride` floats each, see composed_kernels.h) with Adam's two moments.
struct SparseAdam {
  /// Without its parameters, which allocate() makes: fresh memory takes time, and can be stopped.
  SparseAdam(size_t rows, size_t stride_) : n_rows(rows), stride(stride_) {}
  size_t rows() const { return n_rows; }
  /// All zero.
  Status allocate(Monitor& monitor);

  size_t n_rows;
  size_t stride;
  std::vector<float> value;
  std::vector<float> first;
  std::vector<float> second;
  /// Where it is not empty: 1 for each row that update_rows() has changed.
  std::vector<uint8_t> touched;
};

/// How initial parameters are drawn: N(0, stddev^2) for the first `dim` of a row.
struct Start {
  size_t dim = 0;
  float stddev = 0;
  uint64_t seed = 0;
  uint64_t stream = 0;
};
/// Rows that are not `wanted` stay zero.
Status draw_rows(const Start& start, const std::function<bool(size_t)>& wanted, SparseAdam* table,
                 ThreadTeam& team, Monitor& monitor);

/// One step on the rows `terms.columns`. The gradient of such a row is the sum of its terms over
/// `rows` (of the table's stride); where `gradients` is not null it receives them, one after the
/// other.
Status update_rows(const ColumnTerms& terms, const std::vector<float>& rows, const RowStep& step,
                   SparseAdam* table, std::vector<float>* gradients, ThreadTeam& team,
                   Monitor& monitor);

}  // namespace subjrec
