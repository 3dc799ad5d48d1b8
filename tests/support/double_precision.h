// The notebook's training in double precision, for comparison with reference values.
#pragma once

#include "core/train/bce/bce_block.h"

namespace subjrec {

/// What the fast block is compared with: the same, cell by cell.
double bce_block(const BceBlock<double>& block);

}  // namespace subjrec

// After the declaration, which an instance calls.
#include "core/train/bce/bce_training_impl.h"
#include "core/train/bce/feature_embeddings_impl.h"
#include "core/train/optim/dense_adam_impl.h"

namespace subjrec {

extern template class LazyDenseAdam<double>;
extern template class FeatureEmbeddings<double>;
extern template class BceTraining<double>;

}  // namespace subjrec
