// Loss and gradient of binary cross-entropy over a dense block of works x subjects.
//
// With x_ij = w_i . s_j, p = 1 / (1 + e^-x) and y in {0, 1}, a cell's loss is
// max(x, 0) + log(1 + e^-|x|) - y x, which cannot overflow, and its derivative by x is p - y. Where
// y is 1 and the pair has a weight c, both count c times: -c log p, and c (p - 1).
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/simd/isa.h"

namespace subjrec {

/// Sixteen works side by side are the lanes: element e of work i is at [(i / 16 * dim + e) * 16 +
/// i % 16], and the works beyond n_works in the last sixteen are zeros.
template <class T>
struct BceBlock {
  size_t dim;
  const T* works;  // n_works, in lanes
  size_t n_works;
  const T* subjects;  // n_subjects x dim
  size_t n_subjects;
  /// Subject j is on works positives[offsets[j]] - first_work ..., where that is below n_works.
  const uint32_t* offsets;  // n_subjects + 1
  const uint32_t* positives;
  size_t first_work;
  T* scratch;           // bce_scratch(n_works) elements; float only
  T* work_gradient;     // like works; set to the sum over the subjects of (p - y) s_j
  T* subject_gradient;  // like subjects; added to it: the sum over the works of (p - y) w_i
  const float* weights = nullptr;  // as many as positives, or none: each is 1
};

/// Works padded to whole lanes.
constexpr size_t lane_padded(size_t n) { return (n + 15) / 16 * 16; }

constexpr size_t kBceTile = 8;  // subjects whose residuals are in the cache at a time
constexpr size_t bce_scratch(size_t n_works) { return kBceTile * lane_padded(n_works); }

/// Computes both gradients and returns the sum of the cells' losses.
SUBJREC_MULTIVERSION(double, bce_block, (const BceBlock<float>& block), (block))

}  // namespace subjrec
