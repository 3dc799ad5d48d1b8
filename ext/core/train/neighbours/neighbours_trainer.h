// Algorithm "neighbours": a work gets what the most similar works carry (k-nearest neighbours by
// TF-IDF of subjects and features, core/model/work_neighbors.h). There is nothing to train; a new
// work is a row more, and each suggestion is explained by the works that carry it.
//
//   score(w, s) = the share of the similarities of the k nearest works that is of those with s
#pragma once

#include <memory>

#include "core/train/algorithm.h"

namespace subjrec {

extern const Algorithm kNeighbours;

/// Options: neighbors, feature_weight, seed (of the pairs that calibrate), threads. One epoch; its
/// loss is the mean of 1 - score over pairs that the search does not see, 0 where there are none.
Result<std::unique_ptr<Trainer>> make_neighbours_trainer(const TrainData& data,
                                                         const TrainOptions& options);

}  // namespace subjrec
