#include "core/retrieval/select_top_k.h"

#include <algorithm>

namespace subjrec {
namespace {

void keep_best(size_t k, std::vector<ScoredItem>* hits) {
  const auto better = [](const ScoredItem& a, const ScoredItem& b) {
    return a.score != b.score ? a.score > b.score : a.item < b.item;
  };
  const auto end = hits->begin() + static_cast<ptrdiff_t>(std::min(k, hits->size()));
  std::partial_sort(hits->begin(), end, hits->end(), better);
  hits->erase(end, hits->end());
}

}  // namespace

void select_top_k(std::span<const float> scores, size_t k, std::span<const uint32_t> exclude,
                  std::vector<ScoredItem>* out) {
  out->clear();
  size_t skip = 0;
  for (uint32_t i = 0; i < scores.size(); ++i) {
    if (skip < exclude.size() && exclude[skip] == i) {
      ++skip;
    } else {
      out->push_back({i, scores[i]});
    }
  }
  keep_best(k, out);
}

void select_top_k_among(std::span<const float> scores, size_t k,
                        std::span<const uint32_t> candidates, std::vector<ScoredItem>* out) {
  out->clear();
  for (const uint32_t item : candidates) out->push_back({item, scores[item]});
  keep_best(k, out);
}

}  // namespace subjrec
