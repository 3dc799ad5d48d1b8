// A batch of works and the part of the interaction matrix that it spans.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/data/interactions.h"

namespace subjrec {

/// Works, the distinct subjects on them, and where the block works x subjects of Y is 1.
struct Batch {
  std::vector<uint32_t> works;      // rows of Y
  std::vector<uint32_t> subjects;   // columns of Y, each once, in order of first occurrence
  std::vector<uint32_t> offsets;    // subjects + 1
  std::vector<uint32_t> positives;  // subjects[j] is on works[p] for every p in
                                    // positives[offsets[j] .. offsets[j + 1]), ascending
  std::vector<float> weights;       // of the positives; none where each is 1

  size_t cells() const { return works.size() * subjects.size(); }
};

/// Makes batches of one matrix; buffers are kept, so that a batch allocates nothing in the long
/// run. Time is linear in the batch's interactions.
class BatchBuilder {
 public:
  explicit BatchBuilder(const Interactions& interactions);

  /// `works`: distinct rows of the matrix.
  void build(std::span<const uint32_t> works, Batch* batch);

 private:
  const Interactions& interactions_;
  std::vector<uint32_t> slots_;  // n_subjects: position in the batch, or kNoSlot
  std::vector<uint32_t> found_;  // the batch's interactions as slots, work by work
};

/// Where batch b of n_batches begins when `size` works are cut into nearly equal batches, the
/// larger ones first, as numpy.array_split does; b = n_batches gives size.
constexpr size_t batch_begin(size_t size, size_t n_batches, size_t b) {
  const size_t larger = size % n_batches;
  return size / n_batches * b + (b < larger ? b : larger);
}

}  // namespace subjrec
