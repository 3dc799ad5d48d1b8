// Algorithm "bce": the notebook's recipe as a Trainer.
#pragma once

#include <memory>

#include "core/train/algorithm.h"

namespace subjrec {

/// The options of the recipe: embedding_dim, batch_size, learning_rate, beta1, beta2, epsilon,
/// init_stddev, seed, threads; features and vectors are read where the data has them. Epoch e
/// shuffles the works by a stream of its own, so it does not depend on how many epochs there are to
/// be.
Result<std::unique_ptr<Trainer>> make_bce_trainer(const TrainData& data,
                                                  const TrainOptions& options);

extern const Algorithm kBce;

}  // namespace subjrec
