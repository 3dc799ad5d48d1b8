// What one shard holds, as it was read from its source, and what it says of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/model/train_data.h"

namespace subjrec {

/// Rows of a source, and a number for its contents. Of several shards they add up.
struct ShardCounts {
  uint64_t rows = 0;
  uint64_t nulls = 0;
  uint64_t weightless = 0;
  uint64_t duplicates = 0;
  uint64_t works = 0;
  uint64_t pairs = 0;
  uint64_t feature_pairs = 0;
  /// The sum of a hash of each pair of a work and its subject, or its feature, and the weight, by
  /// ids: the same however works are cut into shards.
  uint64_t contents = 0;

  void add(const ShardCounts& other);
  bool operator==(const ShardCounts&) const = default;
};

/// A shard in its own numbers: positions in its own ids, which are in order.
struct ShardData {
  IdTable works;
  IdTable subjects;
  IdTable features;
  TrainData data;
  ShardCounts counts;
  std::string fingerprint;  // of the source, for the model that is stored
};

/// Sets the counts that follow from the data.
Status count_contents(ShardData* shard, Monitor& monitor);

/// The error for a piece that is not one, for the caller to say whose.
Status no_piece();

/// What a shard says in the phase "count": its counts, and how many of its works carry each subject
/// and have each feature.
struct ShardVocabulary {
  ShardCounts counts;
  IdTable subjects;
  std::vector<uint64_t> subject_works;
  IdTable features;
  std::vector<uint64_t> feature_works;
};
std::string encode_vocabulary(const ShardData& shard);
/// Code::kCorrupt where the piece is not one.
Result<ShardVocabulary> decode_vocabulary(std::string_view piece);

/// What a shard says in the phase "rows": its works with what they carry, in the numbers of the
/// whole.
struct ShardRows {
  IdTable works;
  Interactions interactions;
  SparseRows features;  // of no rows where there are none
};
std::string encode_rows(const ShardRows& shard_rows);
Result<ShardRows> decode_rows(std::string_view piece, size_t n_subjects, size_t n_features);

/// The shard in the numbers of `subjects` and `features`. Code::kNotFound, and the id, where one is
/// not among them.
Result<ShardRows> renumber(const ShardData& shard, const IdTable& subjects, const IdTable& features,
                           Monitor& monitor);

}  // namespace subjrec
