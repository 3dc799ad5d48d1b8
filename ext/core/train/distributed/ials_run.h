// What the state of "ials" over shards holds beside what all algorithms have.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/model/least_squares.h"
#include "core/train/distributed/byte_stream.h"
#include "core/train/distributed/shard_data.h"

namespace subjrec {

struct IalsRun {
  /// Works that calibrate, in the order of their ids, with all that they carry; and of each which
  /// subject is kept out of training, or kAllHidden (core/train/calibration_set.h).
  ShardRows kept;
  std::vector<uint32_t> hidden;
  bool brought_in = false;  // what was kept out is in the matrix: the last epoch

  /// Digest of the state to which shards sent each other their works.
  std::string exchange;

  /// Subjects and then features, in the eigenbasis of their Gramian, with its diagonal.
  Factors columns;
  std::vector<double> diagonal;
  std::vector<double> column_weights;  // of the entries of each, from the first epoch on

  EigenTurn works_turn;  // in the phase "columns": that of the works
};

void write_run(const IalsRun& run, ByteWriter* out);
/// What is not of these sizes fails the reader.
void read_run(size_t dim, size_t n_subjects, size_t n_features, ByteReader* in, IalsRun* run);

/// Rows without what is beyond dim, and back.
std::vector<float> packed(const Factors& rows);
Factors unpacked(const std::vector<float>& values, size_t dim);

}  // namespace subjrec
