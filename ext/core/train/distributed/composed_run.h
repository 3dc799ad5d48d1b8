// What the state of "composed" over shards holds beside what all algorithms have.
#pragma once

#include <cstdint>

#include "core/train/distributed/byte_stream.h"
#include "core/train/optim/sparse_adam.h"

namespace subjrec {

struct ComposedRun {
  /// The parameters with Adam's moments (ComposedNetwork); without rows where training has not
  /// begun, or is done.
  SparseAdam subjects{0, 0};
  SparseAdam inputs{0, 0};
  int64_t round = 0;  // of the epoch: the next
  double regularization = 0;
  // Of the epoch so far.
  double loss = 0;
  uint64_t examples = 0;
};

void write_run(const ComposedRun& run, ByteWriter* out);
/// What is not of these sizes fails the reader.
void read_run(size_t dim, size_t n_subjects, size_t n_inputs, ByteReader* in, ComposedRun* run);

}  // namespace subjrec
