#include "core/retrieval/topk_batch.h"

#include <algorithm>

namespace subjrec {
namespace {

/// How many queries take some milliseconds at the most.
size_t queries_in_a_piece(size_t n_items) {
  return std::clamp<size_t>((size_t{1} << 17) / std::max<size_t>(1, n_items), 1, 16);
}

}  // namespace

Status top_k_batch(const TopKIndex& index, std::span<const float> queries, size_t k,
                   const Interactions* exclude, ThreadTeam& team, Monitor& monitor, HitLists* out) {
  const size_t n = queries.size() / index.dim();
  const auto excluded = [exclude](size_t q) {
    return exclude == nullptr ? std::span<const uint32_t>() : exclude->row(q);
  };
  out->offsets.assign(n + 1, 0);
  for (size_t q = 0; q < n; ++q) {
    out->offsets[q + 1] = out->offsets[q] + std::min(k, index.size() - excluded(q).size());
  }
  out->hits.resize(out->offsets[n]);
  const size_t in_a_piece = queries_in_a_piece(index.size());
  return team.run((n + in_a_piece - 1) / in_a_piece,
                  [&](size_t piece) {
                    Monitor patient;  // the team asks between pieces
                    TopKScratch scratch;
                    std::vector<ScoredItem> list;
                    const size_t end = std::min(n, (piece + 1) * in_a_piece);
                    for (size_t q = piece * in_a_piece; q < end; ++q) {
                      const auto query = queries.subspan(q * index.dim(), index.dim());
                      (void)index.top_k(query, k, excluded(q), patient, &scratch, &list);
                      std::copy(list.begin(), list.end(),
                                out->hits.begin() + static_cast<ptrdiff_t>(out->offsets[q]));
                    }
                  },
                  monitor);
}

}  // namespace subjrec
