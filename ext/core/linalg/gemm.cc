#include "core/linalg/gemm.h"

#include <algorithm>
#include <cstring>

#include "core/linalg/gemm_tile.h"

namespace subjrec {
namespace {

// A slab of A of this many rows and columns stays in the second-level cache, a panel of B of as
// many rows in the first.
constexpr size_t kSlabRows = 256;
constexpr size_t kSlabDepth = 256;

/// out[p * width + i] = sign * lane i of step p, zero beyond `lanes`.
void pack_panel(float sign, const float* from, size_t lanes, size_t lane_stride, size_t steps,
                size_t step_stride, size_t width, float* out) {
  for (size_t p = 0; p < steps; ++p, out += width) {
    const float* x = from + p * step_stride;
    for (size_t i = 0; i < lanes; ++i) out[i] = sign * x[i * lane_stride];
    for (size_t i = lanes; i < width; ++i) out[i] = 0;
  }
}

/// A tile at the border of C: through a whole tile on the stack.
void border_tile(const float* a, const float* b, size_t k, float* c, size_t stride, size_t rows,
                 size_t columns) {
  float whole[kTileRows * kTileColumns] = {};
  for (size_t i = 0; i < rows; ++i) {
    std::memcpy(whole + i * kTileColumns, c + i * stride, columns * sizeof(float));
  }
  gemm_tile(a, b, k, whole, kTileColumns);
  for (size_t i = 0; i < rows; ++i) {
    std::memcpy(c + i * stride, whole + i * kTileColumns, columns * sizeof(float));
  }
}

}  // namespace

PackedMatrix::PackedMatrix(MatrixView b) : rows_(b.rows), columns_(b.columns) {
  const size_t panels = (columns_ + kTileColumns - 1) / kTileColumns;
  panels_.resize(panels * kTileColumns * rows_);
  for (size_t j = 0; j < panels; ++j) {
    const size_t first = j * kTileColumns;
    pack_panel(1, b.data + first * b.column_stride, std::min(kTileColumns, columns_ - first),
               b.column_stride, rows_, b.row_stride, kTileColumns, panels_.data() + first * rows_);
  }
}

void multiply_add(float sign, MatrixView a, const PackedMatrix& b, float* c, size_t stride) {
  thread_local std::vector<float> slab;
  slab.resize(kSlabRows * kSlabDepth);
  for (size_t p = 0; p < a.columns; p += kSlabDepth) {
    const size_t depth = std::min(kSlabDepth, a.columns - p);
    for (size_t i = 0; i < a.rows; i += kSlabRows) {
      const size_t rows = std::min(kSlabRows, a.rows - i);
      const MatrixView part = a.block(i, p, rows, depth);
      for (size_t r = 0; r < rows; r += kTileRows) {
        pack_panel(sign, part.data + r * part.row_stride, std::min(kTileRows, rows - r),
                   part.row_stride, depth, part.column_stride, kTileRows, slab.data() + r * depth);
      }
      for (size_t j = 0; j < b.columns_; j += kTileColumns) {
        const float* panel = b.panels_.data() + j * b.rows_ + p * kTileColumns;
        const size_t columns = std::min(kTileColumns, b.columns_ - j);
        for (size_t r = 0; r < rows; r += kTileRows) {
          float* tile = c + (i + r) * stride + j;
          if (columns == kTileColumns && rows - r >= kTileRows) {
            gemm_tile(slab.data() + r * depth, panel, depth, tile, stride);
          } else {
            border_tile(slab.data() + r * depth, panel, depth, tile, stride,
                        std::min(kTileRows, rows - r), columns);
          }
        }
      }
    }
  }
}

void multiply_add(float sign, MatrixView a, MatrixView b, float* c, size_t stride) {
  multiply_add(sign, a, PackedMatrix(b), c, stride);
}

}  // namespace subjrec
