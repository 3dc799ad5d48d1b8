// How much memory a training needs, told before it starts.
#pragma once

#include <cstdint>

#include "core/base/status.h"
#include "core/train/trainer.h"

namespace subjrec {

/// Bytes at the peak of training and storing, beyond `data` itself: parameters and moments, the
/// algorithm's own copies of the matrix, the model that is stored. Within a factor of two for all
/// but small data.
uint64_t training_bytes(const TrainData& data, const TrainOptions& options);

/// Refuses a training that needs more than `available` bytes, or, where options.memory_limit is
/// given, more than that many megabytes. Says how much, and what to lower.
Status check_memory(const TrainData& data, const TrainOptions& options, uint64_t available);

}  // namespace subjrec
