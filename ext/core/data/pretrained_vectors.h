// Vectors that somebody else made of works or subjects, such as text embeddings.
#pragma once

#include <cstddef>
#include <vector>

namespace subjrec {

/// One row of `dim` finite values for each work, or each subject. A row of zeros is none.
struct PretrainedVectors {
  size_t dim = 0;             // 0: there are none at all
  std::vector<float> values;  // n x dim

  bool empty() const { return dim == 0; }
  size_t rows() const { return dim == 0 ? 0 : values.size() / dim; }
  const float* row(size_t i) const { return values.data() + i * dim; }
  bool has(size_t i) const;
  /// What the values are multiplied with to make rows, where there are any, of length 1 in the root
  /// of the mean square; 1 where all are zero.
  float unit_scale() const;
};

}  // namespace subjrec
