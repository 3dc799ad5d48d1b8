// The state of a training over shards: what the driver keeps between the steps.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/model/model.h"
#include "core/train/distributed/composed_run.h"
#include "core/train/distributed/ials_run.h"
#include "core/train/distributed/shard_data.h"
#include "core/train/options.h"

namespace subjrec {

struct DistributedState {
  enum class Phase : uint8_t {
    kCount,     // shards say which subjects and features they have
    kRows,      // "ease": shards send what their works carry
    kExchange,  // "ials": shards send each other the works that carry their columns
    kWorks,     // "ials": shards solve their works, and send sums
    kColumns,   // "ials": shards solve their columns
    kRound,     // "composed": shards train for a round
    kDone,      // the model is trained
  };

  /// As given in the phase "count", and then as resolve_options() chose for the whole catalogue.
  TrainOptions options;
  uint32_t shards = 0;
  Phase phase = Phase::kCount;

  // From the phase "rows" on.
  std::vector<ShardCounts> counts;  // of each shard
  IdTable subjects;
  std::vector<uint64_t> subject_works;  // of all shards
  IdTable features;
  std::vector<uint64_t> feature_works;
  IalsRun ials;  // of "ials"; of "composed" what is kept out, and the exchange
  ComposedRun composed;

  // When done.
  Model model;  // without works
  std::vector<HistoryRow> history;
  double loss = 0;
  int64_t epoch = 0;

  /// Digest of the bytes that it was read from; not stored.
  std::string digest;

  bool done() const { return phase == Phase::kDone; }
  ShardCounts total() const;
  /// The options that say something about the model, as they were given: a JSON object.
  std::string given_options() const;
  /// Digest of the library's version, the given options and the number of shards.
  std::string run(std::string_view library) const;
};

std::string_view phase_name(DistributedState::Phase phase);

std::string encode_state(const DistributedState& state, std::string_view library);
Result<DistributedState> decode_state(std::string_view blob, std::string_view library);

/// Digest of what was trained: the same for any number of shards.
std::string model_digest(const DistributedState& state);

}  // namespace subjrec
