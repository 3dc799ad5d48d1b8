#include "sqlite/source/shard_source.h"

#include <utility>

#include "sqlite/bindings/value.h"
#include "sqlite/bindings/version.h"
#include "sqlite/source/side_information.h"

namespace subjrec {
namespace {

std::string argument(std::string_view who, size_t at, std::string_view name) {
  return std::string(who) + ": argument " + std::to_string(at + 1) + " (" + std::string(name) +
         ") ";
}

}  // namespace

Result<std::string_view> blob_argument(std::string_view who, size_t at, std::string_view name,
                                       sqlite3_value* value) {
  if (value == nullptr || sqlite3_value_type(value) != SQLITE_BLOB) {
    return Status(Code::kInvalid, argument(who, at, name) + "must be a BLOB, got " +
                                      (value == nullptr ? "nothing" : shown(value)));
  }
  const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
  const auto size = static_cast<size_t>(sqlite3_value_bytes(value));
  return size == 0 ? std::string_view() : std::string_view(bytes, size);
}

Result<DistributedState> state_argument(std::string_view who, size_t at, sqlite3_value* value) {
  SUBJREC_ASSIGN(const std::string_view blob, blob_argument(who, at, "state", value));
  auto state = decode_state(blob, SUBJREC_VERSION);
  if (state.ok()) return state;
  return Status(state.status().code(), argument(who, at, "state") + state.status().message());
}

Result<Part> part_argument(std::string_view who, size_t at, sqlite3_value* value) {
  SUBJREC_ASSIGN(const std::string_view blob, blob_argument(who, at, "part", value));
  auto part = decode_part(blob, SUBJREC_VERSION);
  if (part.ok()) return part;
  return Status(part.status().code(), argument(who, at, "part") + part.status().message());
}

Result<SourceText> source_argument(std::string_view who, sqlite3_value* value) {
  if (value == nullptr || sqlite3_value_type(value) != SQLITE_TEXT) {
    return Status(Code::kInvalid,
                  argument(who, 2, "source") +
                      "must be a table, a view or a SELECT whose first columns are work and "
                      "subject, got " +
                      (value == nullptr ? "nothing" : shown(value)));
  }
  return SourceText{.text = std::string(text_of(value)),
                    .argument = "argument 3 (source)",
                    .columns = "work and subject"};
}

Result<uint32_t> shard_number(std::string_view who, size_t at, const DistributedState& state,
                              sqlite3_value* value) {
  if (value != nullptr && sqlite3_value_type(value) == SQLITE_INTEGER) {
    const int64_t number = sqlite3_value_int64(value);
    if (number >= 0 && number < state.shards) return static_cast<uint32_t>(number);
  }
  return Status(Code::kInvalid, argument(who, at, "shard") + "must be a whole number from 0 to " +
                                    std::to_string(state.shards - 1) + ", got " +
                                    (value == nullptr ? "nothing" : shown(value)));
}

Result<ShardData> read_shard(sqlite3* db, std::string_view who, const SourceText& source,
                             const TrainOptions& options, Monitor& monitor) {
  SUBJREC_ASSIGN(SourcePairs pairs, read_pairs(db, who, source, monitor));
  ShardData shard;
  shard.works = std::move(pairs.works);
  shard.subjects = std::move(pairs.subjects);
  shard.data.interactions = std::move(pairs.interactions);
  SUBJREC_ASSIGN(SideInformation side, read_side_information(db, who, options, nullptr, shard.works,
                                                             shard.subjects, &shard.data, monitor));
  shard.features = std::move(side.features);
  shard.counts.rows = pairs.rows;
  shard.counts.nulls = pairs.nulls;
  shard.counts.weightless = pairs.weightless;
  shard.counts.duplicates = pairs.duplicates;
  SUBJREC_TRY(count_contents(&shard, monitor));
  return shard;
}

}  // namespace subjrec
