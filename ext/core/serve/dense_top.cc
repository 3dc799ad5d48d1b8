#include "core/serve/dense_top.h"

#include <algorithm>

namespace subjrec {
namespace {

void keep_best(size_t k, std::vector<Hit>* hits) {
  const auto better = [](const Hit& a, const Hit& b) {
    return a.score != b.score ? a.score > b.score : a.item < b.item;
  };
  const auto end = hits->begin() + static_cast<ptrdiff_t>(std::min(k, hits->size()));
  std::partial_sort(hits->begin(), end, hits->end(), better);
  hits->erase(end, hits->end());
}

}  // namespace

void top_of_scores(std::span<const float> scores, size_t k, std::span<const uint32_t> exclude,
                   std::vector<Hit>* out) {
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

void top_of_scores_among(std::span<const float> scores, size_t k,
                         std::span<const uint32_t> candidates, std::vector<Hit>* out) {
  out->clear();
  for (const uint32_t item : candidates) out->push_back({item, scores[item]});
  keep_best(k, out);
}

}  // namespace subjrec
