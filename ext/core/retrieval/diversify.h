// Maximal marginal relevance: lists whose subjects do not all say the same (Carbonell and
// Goldstein, "The use of MMR, diversity-based reranking", SIGIR 1998).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/retrieval/topk_index.h"

namespace subjrec {

/// How many of the best candidates a diverse list of k is chosen from: ten times as many, from 50
/// to 1,000, and at least k.
size_t diversity_pool(size_t k);

/// Chooses k of `pool`, which is best first, one after the other: each time the one that is
/// greatest in
///
///   (1 - diversity) * relevance  -  diversity * similarity,
///
/// the first of equals. Relevance is the score, from 0 for the pool's least to 1 for its greatest;
/// similarity is the greatest cosine, at least 0, to a subject that was chosen before or is one of
/// `carried`. A subject whose embedding is 0 (which training has not seen) is as similar as those
/// with one that are still to be chosen are in the mean: nothing speaks for it or against it.
/// Returns the positions in the pool, ascending: the list stays in the order of scores.
/// `embeddings` are those of all subjects, dim values each. Exact within the pool.
std::vector<size_t> diversify(std::span<const float> embeddings, size_t dim,
                              std::span<const ScoredItem> pool, std::span<const uint32_t> carried,
                              size_t k, double diversity);

}  // namespace subjrec
