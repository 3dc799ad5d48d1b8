#include "core/train/optim/sparse_adam.h"

#include <algorithm>

#include "core/base/random.h"
#include "core/linalg/sum_rows.h"

namespace subjrec {
namespace {

constexpr size_t kRowsPerPiece = 128;

}  // namespace

Status SparseAdam::allocate(Monitor& monitor) {
  for (std::vector<float>* parameters : {&value, &first, &second}) {
    SUBJREC_TRY(grow_zeroed(parameters, n_rows * stride, monitor));
  }
  return {};
}

Status draw_rows(const Start& start, const std::function<bool(size_t)>& wanted, SparseAdam* table,
                 ThreadTeam& team, Monitor& monitor) {
  SUBJREC_TRY(table->allocate(monitor));
  const size_t rows = table->rows();
  return team.run((rows + kRowsPerPiece - 1) / kRowsPerPiece,
                  [&](size_t piece) {
                    std::vector<float> row(start.dim);
                    const size_t end = std::min(rows, (piece + 1) * kRowsPerPiece);
                    for (size_t r = piece * kRowsPerPiece; r < end; ++r) {
                      if (!wanted(r)) continue;
                      fill_normal(row, start.dim, start.stddev, start.seed, start.stream, r);
                      std::copy_n(row.data(), start.dim, table->value.data() + r * table->stride);
                    }
                  },
                  monitor);
}

Status update_rows(const ColumnTerms& terms, const std::vector<float>& rows, const RowStep& step,
                   SparseAdam* table, std::vector<float>* gradients, ThreadTeam& team,
                   Monitor& monitor) {
  const size_t n = terms.columns.size();
  const size_t stride = table->stride;
  if (gradients != nullptr) gradients->resize(n * stride);
  return team.run(
      (n + kRowsPerPiece - 1) / kRowsPerPiece,
      [&](size_t piece) {
        std::vector<float> one(stride);
        const size_t end = std::min(n, (piece + 1) * kRowsPerPiece);
        for (size_t i = piece * kRowsPerPiece; i < end; ++i) {
          float* gradient = gradients == nullptr ? one.data() : gradients->data() + i * stride;
          const size_t first = terms.offsets[i];
          sum_rows(rows.data(), stride, terms.row.data() + first, terms.coefficient.data() + first,
                   terms.offsets[i + 1] - first, gradient);
          if (!table->touched.empty()) table->touched[terms.columns[i]] = 1;
          const size_t at = terms.columns[i] * stride;
          adam_row(step, gradient, stride, table->value.data() + at, table->first.data() + at,
                   table->second.data() + at);
        }
      },
      monitor);
}

}  // namespace subjrec
