// Digest of the side information of a training: whether two trainings were told the same.
#pragma once

#include "core/base/digest.h"
#include "core/model/train_data.h"

namespace subjrec {

/// Adds all of `data` but its interactions and the works' keys: features, vectors and labels.
void add_side_information(const TrainData& data, Digest* digest);

}  // namespace subjrec
