// Works that subjects would suit: the nearest neighbours by inner product among the works that do
// not carry a subject, for many subjects at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/retrieval/topk_batch.h"

namespace subjrec {

/// Which of `n_works` works are searched for `n_subjects` subjects: all, or as many, evenly spaced,
/// as keep the search within some seconds. Ascending.
std::vector<uint32_t> searched_works(size_t n_works, size_t n_subjects);

/// For each subject the k works of the greatest inner product of embeddings, best first; the items
/// of the lists are rows of `works`. `works` is n x dim and `subjects` m x dim, row-major and
/// finite; `carried` has the pairs (subject, work), in rows of these, that are left out.
Result<HitLists> suited_works(std::span<const float> works, std::span<const float> subjects,
                              size_t dim, std::vector<std::pair<uint32_t, uint32_t>> carried,
                              size_t k, ThreadTeam& team, Monitor& monitor);

}  // namespace subjrec
