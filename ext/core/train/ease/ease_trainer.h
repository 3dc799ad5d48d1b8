// Algorithm "ease": every subject's score is a weighted sum of what a work carries, and the weights
// are found in closed form (Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW
// 2019), with the features of works as further columns.
//
// X has a column for every subject (1 where carried, or the pair's weight) and every feature
// (feature_weight times its weight) that min_feature_works works have, and Y its first columns. B
// minimises |Y - X B|^2 + regularization |B|^2 where no subject may predict itself: with P = (X'X +
// regularization I)^-1, B[i][s] = -P[i][s] / P[s][s] and B[s][s] = 0. There are no epochs and
// nothing is drawn; time grows with the cube of the number of columns, memory with its square.
// Beyond max_columns each subject is therefore predicted from the `neighborhood` columns that
// explain most of it (core/train/ease/local_ease_weights.h).
//
// Of B the max_weights times n_columns entries of greatest size are kept. Embeddings for similarity
// and maps are the factors of the best low-rank approximation of the scores X B.
#pragma once

#include <memory>

#include "core/train/algorithm.h"

namespace subjrec {

/// Options: regularization, feature_weight, min_feature_works, max_columns, max_weights,
/// neighborhood, embedding_dim, seed (of the embeddings' random start), threads. One epoch; its
/// loss is the mean squared error over the cells of Y.
Result<std::unique_ptr<Trainer>> make_ease_trainer(const TrainData& data,
                                                   const TrainOptions& options);

/// The subjects, and the features that so many works have.
size_t count_ease_columns(const TrainData& data, int min_feature_works);

/// Up to so many subjects and features together are weighed in ten seconds by two threads.
inline constexpr size_t kQuickColumns = 12'000;

/// The least min_feature_works with which `data` has no more than `most` columns; 0: there is none.
int quick_min_feature_works(const TrainData& data, size_t most = kQuickColumns);

extern const Algorithm kEase;

}  // namespace subjrec
