// Which items can be among the k best, told from a quarter of the memory.
//
// Two bounds leave almost all items out without looking at their floats, and yet the k best come
// out exactly. Items are sorted by norm and the scan ends where |query| x |item| + bias cannot
// reach the k-th best score so far (Teflioudi, Gemulla and Mykytiuk, "LEMP: Fast Retrieval of Large
// Entries in a Matrix Product", SIGMOD 2015). Before that, a product of 7-bit codes, plus what
// coding can have taken away, tells which of 32 items are worth scoring (as in Li, Chan, Yiu and
// Mamoulis, "FEXIPRO: Fast and Exact Inner Product Retrieval in Recommender Systems", SIGMOD 2017).
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/retrieval/best_keys.h"
#include "core/retrieval/quantized_kernels.h"

namespace subjrec {

/// Memory that queries use again: one for each thread that asks.
struct TopKScratch {
  std::vector<uint64_t> keys;
  std::vector<float> scores;
  std::vector<uint64_t> admitted;
  std::vector<int32_t> query_codes;
};

/// Values read or written between two questions to the monitor: a few milliseconds' work.
constexpr size_t kValuesBetweenPolls = size_t{1} << 21;

class QuantizedFilter {
 public:
  struct Source {
    std::span<const float> vectors;  // n x dim, finite, dim > 0, n < 2^32 - 32
    size_t dim = 0;
    std::span<const float> bias;    // n, or none
    double typical_query_norm = 0;  // where a search with biases is at its fastest
    bool unit = false;              // the items are the vectors at length 1
  };
  static Result<QuantizedFilter> build(const Source& source, Monitor& monitor);

  size_t size() const { return items_.size(); }
  size_t dim() const { return dim_; }

  /// The k best of the items that admits(item) lets through. score(items, scores) writes the exact
  /// scores of up to kBlockItems items: within (dim + 8) x 2^-24 x |query| |item| of the real inner
  /// product, then the bias added. `others` are known scores of items that it does not let through,
  /// and compete with the rest. `slack`: score() can have added as much as that.
  template <class Score, class Admits>
  Status search(std::span<const float> query, size_t k, const Score& score, const Admits& admits,
                Monitor& monitor, TopKScratch* scratch, std::vector<ScoredItem>* out,
                std::span<const ScoredItem> others = {}, float slack = 0) const {
    out->clear();
    if (k == 0 || size() == 0) return {};
    const QuantizedQuery prepared = prepare(query, scratch);
    BestKeys best(k, &scratch->keys);
    for (const ScoredItem& other : others) {
      const uint64_t key = hit_key(other.score, other.item);
      if (best.would_take(key)) best.take(key);
    }
    const size_t n_blocks = bounds_.size();
    const size_t stride = kValuesBetweenPolls / (groups_ * 4 * kBlockItems) + 1;
    bool exhausted = false;
    for (size_t begin = 0; begin < n_blocks && !exhausted; begin += stride) {
      const size_t end = begin + stride < n_blocks ? begin + stride : n_blocks;
      for (size_t block = begin; block < end; ++block) {
        uint32_t mask = 0;
        block =
            scan_screen(prepared, block, end, below(best.threshold(), slack), &mask, &exhausted);
        uint32_t found[kBlockItems];
        float scores[kBlockItems] = {};
        size_t count = 0;
        for (; mask != 0; mask &= mask - 1) {
          const size_t slot = block * kBlockItems + static_cast<size_t>(__builtin_ctz(mask));
          if (slot >= size()) break;
          found[count++] = items_[slot];
        }
        score(std::span<const uint32_t>(found, count), scores);
        for (size_t i = 0; i < count; ++i) {
          const uint64_t key = hit_key(scores[i], found[i]);
          if (best.would_take(key) && admits(found[i])) best.take(key);
        }
      }
      if (end - begin == stride && monitor.stop()) return Status::interrupted();
    }
    write_hits(best.sorted(), out);
    return {};
  }

 private:
  /// Less than what reaches `threshold` when up to `slack` is added, however it is rounded.
  static float below(float threshold, float slack) {
    if (!(slack > 0)) return threshold;
    return threshold - slack - 1e-6f * (std::fabs(threshold) + slack);
  }

  /// Four codes of each of 16 items.
  struct alignas(64) CodeLine {
    uint8_t codes[64];
  };

  Status sort_items(const Source& source, std::span<const double> norms, Monitor& monitor);
  void code_block(const Source& source, std::span<const double> norms, size_t block);
  void bound_rest(std::span<const double> norms);
  QuantizedQuery prepare(std::span<const float> query, TopKScratch* scratch) const;

  size_t dim_ = 0;
  size_t groups_ = 0;            // of four dimensions
  bool unit_ = false;            // queries are brought to length 1 as well
  double center_ = 0;            // the query norm that the order is made for; 0 without biases
  std::vector<uint32_t> items_;  // slot -> item
  std::vector<float> bias_;      // by slot, in whole blocks, or none
  std::vector<CodeLine> codes_;  // n_blocks x groups x 2
  std::vector<BlockBound> bounds_;
};

}  // namespace subjrec
