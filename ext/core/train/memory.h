// How much memory a training needs, told before it starts.
#pragma once

#include <cstdint>

#include "core/base/status.h"
#include "core/train/trainer.h"

namespace subjrec {

/// What a training's memory grows with; in 64 bits, since their products go far.
struct TrainingSize {
  TrainingSize(const TrainData& data, const TrainOptions& options);

  uint64_t columns() const { return subjects + features; }
  uint64_t entries() const { return pairs + feature_pairs; }
  /// Embeddings of works and subjects, as they are stored.
  uint64_t model() const { return 4 * dim * (works + subjects); }

  uint64_t works, subjects, pairs, features, feature_pairs;
  uint64_t longest;  // subjects and features of one work
  uint64_t dim, threads;
};

inline uint64_t round_up(uint64_t n, uint64_t to) { return (n + to - 1) / to * to; }

/// Bytes at the peak of training and storing, beyond `data` itself: parameters and moments, the
/// algorithm's own copies of the matrix (Algorithm::bytes), the model that is stored. Within a
/// factor of two for all but small data.
uint64_t training_bytes(const TrainData& data, const TrainOptions& options);

/// The least that a model takes in the database: embeddings, inputs and what works carry, and for
/// models whose scores need the catalogue its index and hashes of works; without ids and item
/// weights.
uint64_t stored_bytes(const TrainData& data, const TrainOptions& options);

/// Refuses a training that needs more than `available` bytes, or, where options.memory_limit is
/// given, more than that many megabytes. Says how much, and what to lower.
Status check_memory(const TrainData& data, const TrainOptions& options, uint64_t available);

}  // namespace subjrec
