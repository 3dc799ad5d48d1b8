#include "core/train/bce/bce_training_impl.h"

namespace subjrec {

template class BceTraining<float>;

}  // namespace subjrec
