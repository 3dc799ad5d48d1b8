// Exact top-k of a blend without scoring every subject.
//
// A blend's score is a product and a bias, for which there is an index, and of some subjects what
// the other voices add (core/model/blend.h). Those to which they add much are scored one by one;
// then the index goes through the others, as far as they can reach the k-th best of all with the
// most that the rest can get.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/model/blend.h"
#include "core/retrieval/topk_index.h"

namespace subjrec {

/// Memory that lists use again.
struct BlendTopKScratch {
  BoostScratch boosts;
  TopKScratch topk;
  std::vector<const float*> rows;
  std::vector<float> sums;
  std::vector<ScoredItem> voiced;  // the subjects to which the other voices add much
  std::vector<uint32_t> left_out;
  std::vector<float> scores;
};

class BlendTopK {
 public:
  /// The k best subjects for a work by Blend::scores(), with its bytes, best first: higher score,
  /// then lower subject. Leaves out those of `exclude`, which ascend. `blend` is of `model`, has
  /// coefficients, and is the same in every call.
  ///
  /// The first lists score every subject: an index takes as long to make as some of these. There is
  /// one for works with subjects and one for works without, whose biases differ.
  Status top_k(const Model& model, const Blend& blend, const BlendedWork& work, size_t k,
               std::span<const uint32_t> exclude, Monitor& monitor, BlendTopKScratch* scratch,
               std::vector<ScoredItem>* out);

 private:
  struct Index {
    size_t lists = 0;         // that were asked for before it was made
    std::vector<float> bias;  // that of the blend; `index` refers to it
    std::optional<TopKIndex> index;
  };

  static Status score_all(const Blend& blend, const BlendedWork& work, size_t n, size_t k,
                          std::span<const uint32_t> exclude, Monitor& monitor,
                          BlendTopKScratch* scratch, std::vector<ScoredItem>* out);

  std::array<Index, 2> indexes_;  // cold: the second
};

}  // namespace subjrec
