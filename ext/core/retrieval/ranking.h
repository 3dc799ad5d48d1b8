// A row of the predicted matrix, best first, as far as somebody reads it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/retrieval/topk_index.h"

namespace subjrec {

/// All items but the excluded ones in the order of TopKIndex::top_k, found in three steps: the
/// first few, the first 512, all. A reader of ten rows costs a search for a few; a reader of all
/// costs little more than one scoring of all and one sort.
class Ranking {
 public:
  /// Begins anew, for any index; memory is kept. `exclude` ascends. `first`: how many hits the
  /// reader is likely to want. The index must live as long as the ranking is read.
  void start(const TopKIndex& index, std::span<const float> query,
             std::span<const uint32_t> exclude, size_t first = 64);

  /// Begins anew, for scores that are all known: scores[item]. Those below `least` are left out.
  void start(std::span<const float> scores,
             double least = -std::numeric_limits<double>::infinity());

  /// How many hits there are in all.
  size_t size() const { return size_; }

  /// The hit at `rank`, from 0 and below size(). The pointer is good until the next call.
  Result<const ScoredItem*> at(size_t rank, Monitor& monitor);

 private:
  const TopKIndex* index_ = nullptr;
  std::vector<float> query_;
  std::vector<uint32_t> exclude_;
  size_t size_ = 0;
  size_t first_ = 0;
  std::vector<ScoredItem> hits_;  // the best so far, sorted
  TopKScratch scratch_;
};

}  // namespace subjrec
