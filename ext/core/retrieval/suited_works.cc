#include "core/retrieval/suited_works.h"

#include <algorithm>

#include "core/data/interactions.h"

namespace subjrec {
namespace {

constexpr size_t kMostCells = size_t{1} << 31;  // subjects times works

}  // namespace

std::vector<uint32_t> searched_works(size_t n_works, size_t n_subjects) {
  const size_t most = kMostCells / std::max<size_t>(1, n_subjects);
  const size_t n = std::min(n_works, std::max<size_t>(1, most));
  std::vector<uint32_t> searched(n);
  for (size_t i = 0; i < n; ++i) searched[i] = static_cast<uint32_t>(i * n_works / n);
  return searched;
}

Result<HitLists> suited_works(std::span<const float> works, std::span<const float> subjects,
                              size_t dim, std::vector<std::pair<uint32_t, uint32_t>> carried,
                              size_t k, ThreadTeam& team, Monitor& monitor) {
  SUBJREC_ASSIGN(
      const Interactions carrying,
      make_interactions(std::move(carried), subjects.size() / dim, works.size() / dim, monitor));
  SUBJREC_ASSIGN(const TopKIndex index, TopKIndex::build(works, dim, {}, 0, monitor));
  HitLists lists;
  SUBJREC_TRY(top_k_batch(index, subjects, k, &carrying, team, monitor, &lists));
  return lists;
}

}  // namespace subjrec
