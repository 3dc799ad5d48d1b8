#include "core/train/distributed/state.h"

#include "core/base/digest.h"
#include "core/train/distributed/byte_stream.h"
#include "core/train/distributed/envelope.h"
#include "core/train/distributed/model_bytes.h"

namespace subjrec {
namespace {

void write_counts(const std::vector<ShardCounts>& counts, ByteWriter* out) {
  out->number<uint64_t>(counts.size());
  for (const ShardCounts& c : counts) {
    out->array(std::vector<uint64_t>{c.rows, c.nulls, c.weightless, c.duplicates, c.works, c.pairs,
                                     c.feature_pairs, c.contents});
  }
}

std::vector<ShardCounts> read_counts(ByteReader* in) {
  std::vector<ShardCounts> counts;
  const auto n = in->number<uint64_t>();
  for (uint64_t i = 0; i < n && in->good(); ++i) {
    const auto c = in->array<uint64_t>();
    if (c.size() != 8) {
      in->fail();
      break;
    }
    counts.push_back({c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]});
  }
  return counts;
}

void write_history(const std::vector<HistoryRow>& history, ByteWriter* out) {
  out->number<uint64_t>(history.size());
  for (const HistoryRow& row : history) {
    out->number(row.step);
    out->number(row.epoch);
    out->text(row.metric);
    out->number(row.value);
  }
}

std::vector<HistoryRow> read_history(ByteReader* in) {
  std::vector<HistoryRow> history;
  const auto n = in->number<uint64_t>();
  for (uint64_t i = 0; i < n && in->good(); ++i) {
    HistoryRow row;
    row.step = in->number<int64_t>();
    row.epoch = in->number<int64_t>();
    row.metric = in->text();
    row.value = in->number<double>();
    history.push_back(row);
  }
  return history;
}

/// All options, and then those that were given.
void write_options(const TrainOptions& options, ByteWriter* out) {
  out->text(train_option_table().to_json(options));
  out->text(train_option_table().to_json(options, &options.given));
}

TrainOptions read_options(ByteReader* in) {
  TrainOptions options;
  TrainOptions given;
  if (!train_option_table().read_json("", in->text(), &options).ok() ||
      !train_option_table().read_json("", in->text(), &given).ok()) {
    in->fail();
  }
  options.given = given.given;
  return options;
}

/// "composed": parameters are there, and a round comes next.
bool can_go_on(const DistributedState& state) {
  const ComposedRun& run = state.composed;
  const size_t n_subjects = state.subjects.size();
  return run.subjects.rows() == n_subjects &&
         run.inputs.rows() == n_subjects + state.features.size() && run.round >= 0 &&
         run.round < state.options.rounds && state.epoch >= 0 && state.epoch < state.options.epochs;
}

}  // namespace

std::string_view phase_name(DistributedState::Phase phase) {
  switch (phase) {
    case DistributedState::Phase::kCount:
      return "count";
    case DistributedState::Phase::kRows:
      return "rows";
    case DistributedState::Phase::kExchange:
      return "exchange";
    case DistributedState::Phase::kWorks:
      return "works";
    case DistributedState::Phase::kColumns:
      return "columns";
    case DistributedState::Phase::kRound:
      return "round";
    default:
      return "done";
  }
}

ShardCounts DistributedState::total() const {
  ShardCounts sum;
  for (const ShardCounts& c : counts) sum.add(c);
  return sum;
}

std::string DistributedState::given_options() const {
  OptionNames names = options.given;
  for (const char* of_the_call : {"progress", "memory_limit", "threads"}) names.erase(of_the_call);
  return train_option_table().to_json(options, &names);
}

std::string DistributedState::run(std::string_view library) const {
  Digest sum;
  sum.add(library);
  sum.add(given_options());
  sum.add_word(shards);
  return sum.hex();
}

std::string encode_state(const DistributedState& state, std::string_view library) {
  ByteWriter body;
  write_options(state.options, &body);
  body.number(state.shards);
  body.number(static_cast<uint8_t>(state.phase));
  write_counts(state.counts, &body);
  body.ids(state.subjects);
  body.array(state.subject_works);
  body.ids(state.features);
  body.array(state.feature_works);
  write_history(state.history, &body);
  body.number(state.loss);
  body.number(state.epoch);
  if (state.done()) write_model(state.model, &body);
  const bool composed = state.options.algorithm == "composed";
  if (composed || state.options.algorithm == "ials") {
    write_calibration(state.model, &body);
    write_run(state.ials, &body);
  }
  if (composed) write_run(state.composed, &body);
  return seal(Envelope::kState, library, body.bytes());
}

Result<DistributedState> decode_state(std::string_view blob, std::string_view library) {
  SUBJREC_ASSIGN(const std::string_view body, open_envelope(Envelope::kState, library, blob));
  using Phase = DistributedState::Phase;
  ByteReader in(body);
  DistributedState state;
  state.options = read_options(&in);
  state.shards = in.number<uint32_t>();
  const auto phase = in.number<uint8_t>();
  if (phase > static_cast<uint8_t>(Phase::kDone)) in.fail();
  state.phase = static_cast<Phase>(phase);
  state.counts = read_counts(&in);
  state.subjects = in.ids();
  state.subject_works = in.array<uint64_t>();
  state.features = in.ids();
  state.feature_works = in.array<uint64_t>();
  state.history = read_history(&in);
  state.loss = in.number<double>();
  state.epoch = in.number<int64_t>();
  const size_t n_subjects = state.subjects.size();
  const size_t n_features = state.features.size();
  if (state.done()) read_model(n_subjects, n_features, &in, &state.model);
  const auto dim = static_cast<size_t>(state.options.embedding_dim);
  const bool composed = state.options.algorithm == "composed";
  if (composed || state.options.algorithm == "ials") {
    read_calibration(&in, &state.model);
    read_run(dim, n_subjects, n_features, &in, &state.ials);
  }
  if (composed) read_run(dim, n_subjects, n_subjects + n_features, &in, &state.composed);
  if (state.phase == Phase::kRound && !can_go_on(state)) in.fail();
  const size_t counted = state.phase == Phase::kCount ? 0 : state.shards;
  if (!in.finished() || state.shards == 0 || state.counts.size() != counted ||
      state.subject_works.size() != n_subjects || state.feature_works.size() != n_features) {
    return Status(Code::kCorrupt, "is damaged: its body does not hold what it says");
  }
  Digest digest;
  digest.add(blob);
  state.digest = digest.hex();
  return state;
}

std::string model_digest(const DistributedState& state) {
  ByteWriter body;
  body.ids(state.subjects);
  body.array(state.subject_works);
  body.ids(state.features);
  write_model(state.model, &body);
  Digest digest;
  digest.add(body.bytes());
  return digest.hex();
}

}  // namespace subjrec
