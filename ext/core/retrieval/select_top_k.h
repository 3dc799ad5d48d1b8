// The best of scores that are all there already.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/retrieval/topk_index.h"

namespace subjrec {

/// The k items with the greatest scores, best first: higher score, then lower item. Leaves out the
/// items of `exclude`, which ascend.
void select_top_k(std::span<const float> scores, size_t k, std::span<const uint32_t> exclude,
                  std::vector<ScoredItem>* out);

/// The k best of `candidates`, which ascend.
void select_top_k_among(std::span<const float> scores, size_t k,
                        std::span<const uint32_t> candidates, std::vector<ScoredItem>* out);

}  // namespace subjrec
