// Exact top-k by inner product, far below one scan.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/retrieval/quantized_filter.h"

namespace subjrec {

class TopKIndex {
 public:
  /// score(query, item) is the float32 sum of query[j] * item[j] over j from 0 to dim - 1, each
  /// product rounded before it is added, and then of the item's bias if there are biases; a sum
  /// that overflows both ways (a NaN) counts as minus infinity. Every function and every
  /// instruction set gives these bytes.
  ///
  /// `vectors` are n x dim row-major and finite, dim > 0, n < 2^32 - 32; `bias` are n values or
  /// none. Both are referred to and must outlive the index, which adds about a byte a coordinate.
  /// `typical_query_norm` is where a search with biases is at its fastest.
  static Result<TopKIndex> build(std::span<const float> vectors, size_t dim,
                                 std::span<const float> bias, double typical_query_norm,
                                 Monitor& monitor);

  size_t size() const { return filter_.size(); }
  size_t dim() const { return filter_.dim(); }

  /// The k best items for `query` (dim finite values), best first: higher score, then lower item;
  /// all where k >= n. Leaves out the items of `exclude`, which ascend.
  Status top_k(std::span<const float> query, size_t k, std::span<const uint32_t> exclude,
               Monitor& monitor, TopKScratch* scratch, std::vector<ScoredItem>* out) const {
    return top_k(query, k, exclude, {}, monitor, scratch, out);
  }

  /// What scores have beside the products.
  struct Additions {
    /// Known scores of items that are all excluded, and compete with the rest.
    std::span<const ScoredItem> others = {};
    /// Adds to the score of an item: `most` or less. Nothing, or asked of few items.
    std::function<float(uint32_t item, float score)> more = {};
    float most = 0;
  };
  Status top_k(std::span<const float> query, size_t k, std::span<const uint32_t> exclude,
               const Additions& additions, Monitor& monitor, TopKScratch* scratch,
               std::vector<ScoredItem>* out) const;

  /// The k best of `candidates`, which ascend.
  Status top_k_among(std::span<const float> query, size_t k, std::span<const uint32_t> candidates,
                     Monitor& monitor, TopKScratch* scratch, std::vector<ScoredItem>* out) const;

  float score(std::span<const float> query, uint32_t item) const;

  /// The scores of all items: scores[item], size() of them.
  Status score_all(std::span<const float> query, Monitor& monitor, std::span<float> scores) const;

 private:
  void score_items(std::span<const float> query, std::span<const uint32_t> items,
                   float* scores) const;
  template <class Admits>
  Status search(std::span<const float> query, size_t k, const Admits& admits, Monitor& monitor,
                TopKScratch* scratch, std::vector<ScoredItem>* out,
                const Additions& additions) const;

  std::span<const float> vectors_;
  std::span<const float> bias_;
  QuantizedFilter filter_;
};

/// The mean of the rows' norms: a typical_query_norm. 0 where there are none.
double mean_norm(std::span<const float> vectors, size_t dim);

}  // namespace subjrec
