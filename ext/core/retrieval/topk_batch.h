// Top-k for many queries at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/data/interactions.h"
#include "core/retrieval/topk_index.h"

namespace subjrec {

/// A list for each query: list q is hits[offsets[q] .. offsets[q + 1]).
struct HitLists {
  std::vector<uint64_t> offsets;
  std::vector<ScoredItem> hits;

  std::span<const ScoredItem> list(size_t q) const {
    return {hits.data() + offsets[q], static_cast<size_t>(offsets[q + 1] - offsets[q])};
  }
};

/// TopKIndex::top_k for each row of `queries`, n x index.dim(), leaving out row q of `exclude`
/// (null: nothing) for query q. The lists do not depend on the number of threads.
Status top_k_batch(const TopKIndex& index, std::span<const float> queries, size_t k,
                   const Interactions* exclude, ThreadTeam& team, Monitor& monitor, HitLists* out);

}  // namespace subjrec
