// Sparse linear combinations of the rows of a table (an embedding bag), by row and by column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace subjrec {

/// Sums of rows of a table: row r is the sum over e in [offsets[r], offsets[r + 1]) of
/// coefficient[e] * table[index[e]].
struct Terms {
  std::vector<size_t> offsets{0};
  std::vector<uint32_t> index;
  std::vector<float> coefficient;

  size_t rows() const { return offsets.size() - 1; }
  size_t size(size_t r) const { return offsets[r + 1] - offsets[r]; }
  void add(uint32_t i, float c) {
    index.push_back(i);
    coefficient.push_back(c);
  }
  void end_row() { offsets.push_back(index.size()); }
  /// The same, with coefficients scaled so that their squares add up to 1 (where all are 0 they
  /// stay).
  void end_unit_row();
  void clear();
};

/// The same terms by column. Only columns that occur are listed, in the order of their first term;
/// within a column the terms ascend by row.
struct ColumnTerms {
  std::vector<uint32_t> columns;
  std::vector<size_t> offsets;  // columns.size() + 1
  std::vector<uint32_t> row;
  std::vector<float> coefficient;
};

/// Turns Terms into ColumnTerms again and again, in time that does not depend on the width.
class Transposer {
 public:
  explicit Transposer(size_t n_columns) : place_(n_columns, 0) {}
  /// `blocks` are consecutive rows, numbered through from 0. With `all`, every column is listed, in
  /// its order, whether it has terms or not.
  const ColumnTerms& transpose(std::span<const Terms> blocks, bool all);

 private:
  std::vector<size_t> place_;  // zero between calls
  ColumnTerms result_;
};

}  // namespace subjrec
