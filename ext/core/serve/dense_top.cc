#include "core/serve/dense_top.h"

#include <algorithm>

namespace subjrec {

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
  const auto better = [](const Hit& a, const Hit& b) {
    return a.score != b.score ? a.score > b.score : a.item < b.item;
  };
  const auto end = out->begin() + static_cast<ptrdiff_t>(std::min(k, out->size()));
  std::partial_sort(out->begin(), end, out->end(), better);
  out->erase(end, out->end());
}

}  // namespace subjrec
