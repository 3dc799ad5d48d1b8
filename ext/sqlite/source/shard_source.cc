#include "sqlite/source/shard_source.h"

#include <utility>

#include "sqlite/bindings/version.h"
#include "sqlite/source/side_information.h"

namespace subjrec {
namespace {

/// What a BLOB of ours was read as; the error names the argument.
template <class T>
Result<T> read_as(const Arguments& arguments, size_t at, Result<T> read) {
  if (read.ok()) return read;
  return Status(read.status().code(), arguments.named(at) + " " + read.status().message());
}

}  // namespace

Result<DistributedState> state_argument(const Arguments& arguments, size_t at) {
  SUBJREC_ASSIGN(const std::string_view blob, arguments.blob(at));
  return read_as(arguments, at, decode_state(blob, SUBJREC_VERSION));
}

Result<Part> part_argument(const Arguments& arguments, size_t at) {
  SUBJREC_ASSIGN(const std::string_view blob, arguments.blob(at));
  return read_as(arguments, at, decode_part(blob, SUBJREC_VERSION));
}

Result<SourceText> source_argument(const Arguments& arguments, const std::string& who) {
  SUBJREC_ASSIGN(std::string text, arguments.speaking(who.c_str()).source(2));
  return SourceText{
      .text = std::move(text), .argument = "argument 3 (source)", .columns = "work and subject"};
}

Result<uint32_t> shard_number(const Arguments& arguments, size_t at,
                              const DistributedState& state) {
  if (arguments.is(at, SQLITE_INTEGER)) {
    const int64_t number = sqlite3_value_int64(arguments[at]);
    if (number >= 0 && number < state.shards) return static_cast<uint32_t>(number);
  }
  return arguments.wrong(at, "a whole number from 0 to " + std::to_string(state.shards - 1));
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
  shard.fingerprint = std::move(pairs.fingerprint);
  shard.counts.rows = pairs.rows;
  shard.counts.nulls = pairs.nulls;
  shard.counts.weightless = pairs.weightless;
  shard.counts.duplicates = pairs.duplicates;
  SUBJREC_TRY(count_contents(&shard, monitor));
  return shard;
}

}  // namespace subjrec
