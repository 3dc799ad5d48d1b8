// Nearest neighbours by cosine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/retrieval/quantized_filter.h"

namespace subjrec {

/// a . b / sqrt(a . a x b . b), each sum in double from the first dimension to the last, rounded to
/// float32 once, at the end, and kept within [-1, 1]. A vector and itself give exactly 1; a vector
/// of zeros and any other give 0. Nothing overflows or vanishes on the way for finite floats.
float cosine_similarity(std::span<const float> a, std::span<const float> b);

/// The items nearest to a vector by cosine_similarity, exactly.
class CosineIndex {
 public:
  /// `vectors`, n x dim row-major and finite, dim > 0, are referred to and must outlive the index,
  /// which adds about a byte a coordinate.
  static Result<CosineIndex> build(std::span<const float> vectors, size_t dim, Monitor& monitor);

  size_t size() const { return filter_.size(); }

  /// The k nearest items, best first: greater similarity, then lower item. Leaves out the items of
  /// `exclude`, which ascend. ScoredItem::score is cosine_similarity(query, item).
  Status nearest(std::span<const float> query, size_t k, std::span<const uint32_t> exclude,
                 Monitor& monitor, TopKScratch* scratch, std::vector<ScoredItem>* out) const;

  /// The k nearest of `candidates`, which ascend.
  Status nearest_among(std::span<const float> query, size_t k, std::span<const uint32_t> candidates,
                       Monitor& monitor, TopKScratch* scratch, std::vector<ScoredItem>* out) const;

 private:
  float similarity(std::span<const float> query, uint32_t item) const;

  std::span<const float> vectors_;
  QuantizedFilter filter_;  // of the vectors at length 1
};

}  // namespace subjrec
