// Exact top-k by inner product, far below one scan.
//
// Items are sorted by an upper bound on their scores and scanned from the top; the scan stops at
// the first item whose bound is below the k-th best score so far. The bound is Cauchy-Schwarz,
// score <= |query| x |item| + bias, with a margin for rounding: the result is exactly that of
// scoring every item (Teflioudi, Gemulla and Mykytiuk, "LEMP: Fast Retrieval of Large Entries in
// a Matrix Product", SIGMOD 2015).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"

namespace subjrec {

/// An item's position and its score.
struct Hit {
  uint32_t item = 0;
  float score = 0;
  bool operator==(const Hit&) const = default;
};

/// Floats from a 64-byte boundary on, in whole cache lines; zero at first.
class AlignedFloats {
 public:
  void resize(size_t n) { lines_.resize((n + 15) / 16); }
  bool empty() const { return lines_.empty(); }
  float* data() { return reinterpret_cast<float*>(lines_.data()); }
  const float* data() const { return reinterpret_cast<const float*>(lines_.data()); }

 private:
  struct alignas(64) Line {
    float values[16];
  };
  std::vector<Line> lines_;
};

/// Memory that queries use again: one for each thread that asks.
struct TopKScratch {
  std::vector<uint64_t> keys;
  std::vector<float> scores;
  std::vector<uint64_t> admitted;
};

class TopKIndex {
 public:
  /// score(query, item) is the float32 sum of query[j] * item[j] over j from 0 to dim - 1, each
  /// product rounded before it is added, and then of the item's bias if there are biases; a sum
  /// that overflows both ways (a NaN) counts as minus infinity. Every function and every
  /// instruction set gives these bytes.
  ///
  /// Copies `vectors`, n x dim row-major and finite, dim > 0, n < 2^32 - 1, and `bias`, n values
  /// or none. `typical_query_norm` is where a search with biases is at its fastest.
  static Result<TopKIndex> build(std::span<const float> vectors, size_t dim,
                                 std::span<const float> bias, double typical_query_norm,
                                 Monitor& monitor);

  size_t size() const { return items_.size(); }
  size_t dim() const { return dim_; }

  /// The k best items for `query` (dim finite values), best first: higher score, then lower item;
  /// all where k >= n. Leaves out the items of `exclude`, which ascend.
  Status top_k(std::span<const float> query, size_t k, std::span<const uint32_t> exclude,
               Monitor& monitor, TopKScratch* scratch, std::vector<Hit>* out) const;

  /// The k best of `candidates`, which ascend.
  Status top_k_among(std::span<const float> query, size_t k, std::span<const uint32_t> candidates,
                     Monitor& monitor, TopKScratch* scratch, std::vector<Hit>* out) const;

  float score(std::span<const float> query, uint32_t item) const;

  /// The scores of all items: scores[item], size() of them.
  Status score_all(std::span<const float> query, Monitor& monitor, std::span<float> scores) const;

 private:
  struct Query;

  void bound_blocks(std::span<const double> norms);
  void copy_blocks(std::span<const float> vectors, std::span<const float> bias, size_t begin,
                   size_t end);
  Query prepare(std::span<const float> query) const;
  template <class Admits>
  Status search(const Query& query, size_t k, const Admits& admits, Monitor& monitor,
                TopKScratch* scratch, std::vector<Hit>* out) const;
  template <class Admits>
  Status rank_all(const Query& query, size_t k, const Admits& admits, Monitor& monitor,
                  TopKScratch* scratch, std::vector<Hit>* out) const;

  size_t dim_ = 0;
  size_t n_blocks_ = 0;
  double center_ = 0;            // the query norm that the order is made for; 0 without biases
  AlignedFloats values_;         // n_blocks x dim x 32
  AlignedFloats bias_;           // n_blocks x 32, or none
  std::vector<uint32_t> items_;  // slot -> item
  std::vector<uint32_t> slots_;  // item -> slot
  // For the items from block b on: the greatest center * norm + bias, and the extreme norms.
  std::vector<double> rest_key_;
  std::vector<double> rest_max_norm_;
  std::vector<double> rest_min_norm_;
};

/// The mean of the rows' norms: a typical_query_norm. 0 where there are none.
double mean_norm(std::span<const float> vectors, size_t dim);

}  // namespace subjrec
