// The best of scores that are all there already.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/serve/topk_index.h"

namespace subjrec {

/// The k items with the greatest scores, best first: higher score, then lower item. Leaves out the
/// items of `exclude`, which ascend.
void top_of_scores(std::span<const float> scores, size_t k, std::span<const uint32_t> exclude,
                   std::vector<Hit>* out);

/// The k best of `candidates`, which ascend.
void top_of_scores_among(std::span<const float> scores, size_t k,
                         std::span<const uint32_t> candidates, std::vector<Hit>* out);

}  // namespace subjrec
