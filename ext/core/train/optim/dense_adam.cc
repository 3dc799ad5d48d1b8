#include "core/train/optim/dense_adam_impl.h"

namespace subjrec {

template class LazyDenseAdam<float>;

}  // namespace subjrec
