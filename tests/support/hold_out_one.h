// Leave one out: the split of most tests of how much a trainer finds.
#pragma once

#include "core/data/folds.h"
#include "core/data/split.h"

namespace subjrec {

/// Puts aside one pair of each work with `least` subjects or more (core/data/folds.h).
inline Split hold_out_one(const Interactions& y, int least, int64_t seed) {
  const auto numbers = [](size_t n) {
    IdTable ids;
    for (size_t i = 0; i < n; ++i) ids.intern({IdKind::kInteger, static_cast<int64_t>(i), {}});
    return ids;
  };
  Monitor monitor;
  const FoldOptions options{.least = least, .seed = seed};
  const auto folds = assign_folds(y, numbers(y.n_works), numbers(y.n_subjects), options, monitor);
  std::vector<std::pair<uint32_t, uint32_t>> parts[2];
  for (uint32_t w = 0; w < y.n_works; ++w) {
    for (uint64_t e = y.offsets[w]; e < y.offsets[w + 1]; ++e) {
      parts[(*folds)[e]].emplace_back(w, y.subjects[e]);
    }
  }
  return {make_interactions(std::move(parts[0]), y.n_works, y.n_subjects),
          make_interactions(std::move(parts[1]), y.n_works, y.n_subjects)};
}

}  // namespace subjrec
