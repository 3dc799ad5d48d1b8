// Dense products in float32 that have one defined result.
//
// Every element is c, then c + a[i][0] b[0][j], then + a[i][1] b[1][j], ... with each product and
// each sum rounded once. That order is all there is to the result: tiles, packing, threads and
// instruction sets change the speed alone. (Goto and van de Geijn 2008 for the packing.)
#pragma once

#include <cstddef>
#include <vector>

namespace subjrec {

/// A matrix that lies in someone else's memory: element (i, j) is data[i * row_stride + j *
/// column_stride].
struct MatrixView {
  const float* data = nullptr;
  size_t rows = 0;
  size_t columns = 0;
  size_t row_stride = 0;
  size_t column_stride = 1;

  MatrixView transposed() const { return {data, columns, rows, column_stride, row_stride}; }
  MatrixView block(size_t row, size_t column, size_t n_rows, size_t n_columns) const {
    return {data + row * row_stride + column * column_stride, n_rows, n_columns, row_stride,
            column_stride};
  }
};

/// The view of a row-major matrix without gaps.
inline MatrixView row_major(const float* data, size_t rows, size_t columns) {
  return {data, rows, columns, columns, 1};
}

/// The right factor, laid out for the inner loop once and used many times.
class PackedMatrix {
 public:
  explicit PackedMatrix(MatrixView b);
  size_t rows() const { return rows_; }
  size_t columns() const { return columns_; }

 private:
  friend void multiply_add(float, MatrixView, const PackedMatrix&, float*, size_t);
  size_t rows_;
  size_t columns_;
  std::vector<float> panels_;
};

/// C += sign A B for sign 1 or -1, on the calling thread. C is row-major with `stride` floats
/// from row to row, and as large as A has rows and B columns.
void multiply_add(float sign, MatrixView a, const PackedMatrix& b, float* c, size_t stride);
void multiply_add(float sign, MatrixView a, MatrixView b, float* c, size_t stride);

}  // namespace subjrec
