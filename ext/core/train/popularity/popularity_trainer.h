// Algorithm "popularity": the baseline that ranks subjects by how many works carry them, the same
// list for every work. What a model is worth is what it finds beyond this.
//
// score(s) = ln(c / (n + 1 - c)), where c of n works carry s: the log-odds of s on one work more,
// so that probability = c / (n + 1) without any fit. A subject that no work carries counts as on
// one.
#pragma once

#include <memory>

#include "core/train/algorithm.h"

namespace subjrec {

/// It reads no options of its own and draws nothing. One epoch; its loss is the mean cross-entropy
/// of the probabilities over all cells. Embeddings are one zero each: only the biases say anything.
Result<std::unique_ptr<Trainer>> make_popularity_trainer(const TrainData& data,
                                                         const TrainOptions& options);

extern const Algorithm kPopularity;

}  // namespace subjrec
