#include "core/train/distributed/protocol.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/json_writer.h"
#include "core/base/parallel.h"
#include "core/train/distributed/byte_stream.h"
#include "core/train/distributed/composed_shards.h"
#include "core/train/distributed/gathered.h"
#include "core/train/distributed/ials_shards.h"
#include "core/train/ials/ials_passes.h"
#include "core/train/resolve_options.h"

namespace subjrec {
namespace {

using Phase = DistributedState::Phase;

std::string shard_text(uint32_t shard) { return "shard " + std::to_string(shard); }

/// "shard 2", "shards 0, 1 and 3".
std::string shards_text(const std::vector<uint32_t>& shards) {
  std::string text = shards.size() == 1 ? "shard " : "shards ";
  for (size_t i = 0; i < shards.size(); ++i) {
    if (i > 0) text += i + 1 == shards.size() ? " and " : ", ";
    text += std::to_string(shards[i]);
  }
  return text;
}

/// It has a piece of each shard.
Status check_complete(const Part& part, const DistributedState& state) {
  std::vector<uint32_t> missing;
  for (uint32_t k = 0; k < state.shards; ++k) {
    if (part.pieces.count(k) == 0) missing.push_back(k);
  }
  if (missing.empty() && part.pieces.size() == state.shards) return {};
  return {Code::kInvalid, "the part of " + shards_text(missing) + " is missing: wanted those of " +
                              std::to_string(state.shards) + " shards, merged by subjrec_merge"};
}

Status check_parts(const Part& part, std::string_view library, const DistributedState& state) {
  if (part.run != state.run(library)) {
    return {Code::kInvalid,
            "the part is of another run than the state: their options or numbers of shards differ"};
  }
  if (part.state != state.digest) {
    return {Code::kInvalid, "the part answers another state of the run, in the phase \"" +
                                part.phase + "\", and this one is in the phase \"" +
                                std::string(phase_name(state.phase)) + "\""};
  }
  if (part.to_shard >= 0) {
    return {Code::kInvalid, "the part is for " + shard_text(static_cast<uint32_t>(part.to_shard)) +
                                "; wanted the parts whose to_shard is NULL, merged"};
  }
  return check_complete(part, state);
}

/// What a piece is not, said of its shard.
Status of_shard(uint32_t shard, const Status& status) {
  if (status.code() != Code::kCorrupt) return status;
  return {status.code(), "the part of " + shard_text(shard) + " " + status.message()};
}

/// Adds what one shard counts to the sums by id.
void add_counts(const IdTable& ids, const std::vector<uint64_t>& counts, IdTable* all,
                std::vector<uint64_t>* sums) {
  for (size_t i = 0; i < ids.size(); ++i) {
    const uint32_t at = all->intern(ids[i]);
    if (at == sums->size()) sums->push_back(0);
    (*sums)[at] += counts[i];
  }
}

Status sort_counts(IdTable* ids, std::vector<uint64_t>* counts, Monitor& monitor) {
  SUBJREC_ASSIGN(const std::vector<uint32_t> moved, ids->sort(monitor));
  std::vector<uint64_t> sorted(counts->size());
  for (size_t i = 0; i < moved.size(); ++i) sorted[moved[i]] = (*counts)[i];
  *counts = std::move(sorted);
  return {};
}

/// Two shards with the same pairs are one source that was given twice.
Status check_distinct(const std::vector<ShardCounts>& counts) {
  for (uint32_t a = 0; a < counts.size(); ++a) {
    for (uint32_t b = a + 1; b < counts.size(); ++b) {
      if (!(counts[a] == counts[b])) continue;
      return {Code::kInvalid, shards_text({a, b}) +
                                  " have the same works with the same subjects: one source was "
                                  "given twice"};
    }
  }
  return {};
}

/// Data of the same size and the same frequencies of features, by which "auto" is resolved.
TrainData outline(const DistributedState& state) {
  const std::vector<uint64_t>& feature_works = state.feature_works;
  TrainData data;
  const ShardCounts total = state.total();
  data.interactions.n_works = total.works;
  data.interactions.n_subjects = state.subjects.size();
  data.interactions.subjects.resize(total.pairs);
  data.work_features.n_rows = total.works;
  data.work_features.n_columns = feature_works.size();
  for (size_t f = 0; f < feature_works.size(); ++f) {
    data.work_features.columns.insert(data.work_features.columns.end(), feature_works[f],
                                      static_cast<uint32_t>(f));
  }
  return data;
}

Status settle_algorithm(DistributedState* state) {
  const std::string given = state->options.algorithm;
  // Of those that may come out "composed" alone reads it.
  state->options.shards = static_cast<int>(state->shards);
  resolve_options_over_shards(outline(*state), &state->options);
  if (state->options.algorithm == "composed") return {};
  state->options.shards = 0;
  if (state->options.algorithm == "ease" || state->options.algorithm == "ials") return {};
  return {Code::kInvalid, "of " + std::to_string(state->total().works) + " works and " +
                              std::to_string(state->subjects.size()) +
                              " subjects the algorithm \"" + given + "\" makes \"" +
                              state->options.algorithm +
                              "\", which is not trained over shards; wanted {\"algorithm\": "
                              "\"composed\"}, \"ease\" or \"ials\""};
}

Status next_after_count(const Part& part, DistributedState* state, Monitor& monitor) {
  std::vector<ShardVocabulary> vocabularies;
  std::vector<std::string> candidates;
  for (const auto& [shard, piece] : part.pieces) {
    if (monitor.stop()) return Status::interrupted();
    ByteReader in(piece);
    Result<ShardVocabulary> v = decode_vocabulary(in.text());
    candidates.emplace_back(in.text());
    if (!v.ok() || !in.finished()) return of_shard(shard, no_piece());
    state->counts.push_back(v->counts);
    add_counts(v->subjects, v->subject_works, &state->subjects, &state->subject_works);
    add_counts(v->features, v->feature_works, &state->features, &state->feature_works);
    vocabularies.push_back(*std::move(v));
  }
  SUBJREC_TRY(sort_counts(&state->subjects, &state->subject_works, monitor));
  SUBJREC_TRY(sort_counts(&state->features, &state->feature_works, monitor));
  SUBJREC_TRY(check_distinct(state->counts));
  SUBJREC_TRY(settle_algorithm(state));
  state->phase = Phase::kRows;
  if (state->options.algorithm == "ease") return {};
  state->phase = Phase::kExchange;
  return draw_kept_out(vocabularies, candidates, state, monitor);
}

Status next_after_rows(const Part& part, DistributedState* state, Monitor& monitor) {
  Gathered all;
  for (const auto& [shard, piece] : part.pieces) {
    const Result<ShardRows> shard_rows =
        decode_rows(piece, state->subjects.size(), state->features.size());
    if (!shard_rows.ok()) return of_shard(shard, shard_rows.status());
    SUBJREC_TRY(all.add(shard, *shard_rows, monitor));
  }
  SUBJREC_ASSIGN(const TrainData data,
                 all.sorted(state->subjects.size(), state->features.size(), monitor));
  SUBJREC_TRY(train_gathered(data, state, monitor));
  state->phase = Phase::kDone;
  return {};
}

}  // namespace

Status check_counted(const DistributedState& state, uint32_t shard, const ShardCounts& counts) {
  if (state.phase == Phase::kCount) return {};
  const ShardCounts before = shard == kAllShards ? state.total() : state.counts[shard];
  if (before.contents == counts.contents && before.works == counts.works &&
      before.pairs == counts.pairs && before.feature_pairs == counts.feature_pairs) {
    return {};
  }
  const auto shown = [](const ShardCounts& c) {
    return std::to_string(c.pairs) + " pairs of " + std::to_string(c.works) + " works";
  };
  return {Code::kInvalid, "the source is not what was counted: wanted the " + shown(before) +
                              ", got " + shown(counts) +
                              (before.pairs == counts.pairs ? " with other contents" : "")};
}

namespace {

/// What was sent to this shard, from all of them.
Status check_inbox(const DistributedState& state, std::string_view library, uint32_t shard,
                   const Part* inbox) {
  const bool needed = state.phase == Phase::kColumns || state.phase == Phase::kRound;
  const bool wanted = needed || state.phase == Phase::kWorks;
  if (inbox == nullptr) {
    if (!needed) return {};
    return {Code::kInvalid,
            "argument 5 (inbox) is missing: wanted the parts that were for this shard in the phase "
            "\"exchange\", merged"};
  }
  if (!wanted) {
    return {Code::kInvalid, "argument 5 (inbox) must be NULL, since before the phase \"" +
                                std::string(phase_name(state.phase)) +
                                "\" nothing was sent between shards"};
  }
  if (inbox->run != state.run(library) || inbox->state != state.ials.exchange) {
    return {Code::kInvalid, "argument 5 (inbox) is of another run"};
  }
  if (inbox->to_shard != static_cast<int32_t>(shard)) {
    return {Code::kInvalid,
            "argument 5 (inbox) is for " +
                (inbox->to_shard < 0 ? std::string("subjrec_next")
                                     : shard_text(static_cast<uint32_t>(inbox->to_shard)))};
  }
  return check_complete(*inbox, state);
}

}  // namespace

Result<std::vector<Part>> answer(const DistributedState& state, std::string_view library,
                                 uint32_t shard, const ShardData& data, const Part* inbox,
                                 Monitor& monitor) {
  SUBJREC_TRY(check_counted(state, shard, data.counts));
  SUBJREC_TRY(check_inbox(state, library, shard, inbox));
  const auto part = [&](int32_t to, std::string piece) {
    return Part{state.run(library),
                state.digest,
                std::string(phase_name(state.phase)),
                to,
                {{shard, std::move(piece)}}};
  };
  if (state.phase == Phase::kCount) {
    ByteWriter out;
    out.text(encode_vocabulary(data));
    const bool ials = state.options.algorithm == "ials";
    if (ials) SUBJREC_TRY(check_feature_weights(data.data.work_features));
    const bool ease = state.options.algorithm == "ease";
    out.text(ease ? "" : encode_candidates(data, state.options));
    return std::vector<Part>{part(-1, out.take())};
  }
  if (state.phase == Phase::kColumns) {
    SUBJREC_ASSIGN(std::string piece, columns_piece(state, shard, inbox->pieces, monitor));
    return std::vector<Part>{part(-1, std::move(piece))};
  }
  SUBJREC_ASSIGN(const ShardRows shard_rows,
                 renumber(data, state.subjects, state.features, monitor));
  if (state.phase == Phase::kRows) return std::vector<Part>{part(-1, encode_rows(shard_rows))};
  if (state.phase == Phase::kWorks) {
    SUBJREC_ASSIGN(std::string piece, works_piece(state, shard_rows, monitor));
    return std::vector<Part>{part(-1, std::move(piece))};
  }
  if (state.phase == Phase::kRound) {
    SUBJREC_ASSIGN(std::string piece,
                   round_piece(state, shard, shard_rows, inbox->pieces, monitor));
    return std::vector<Part>{part(-1, std::move(piece))};
  }
  SUBJREC_ASSIGN(Pieces pieces, exchange_pieces(state, shard_rows, monitor));
  std::vector<Part> parts{part(-1, "")};
  for (auto& [to, piece] : pieces)
    parts.push_back(part(static_cast<int32_t>(to), std::move(piece)));
  return parts;
}

Status next_state(const Part& part, std::string_view library, DistributedState* state,
                  Monitor& monitor) {
  SUBJREC_TRY(check_parts(part, library, *state));
  switch (state->phase) {
    case Phase::kCount:
      return next_after_count(part, state, monitor);
    case Phase::kRows:
      return next_after_rows(part, state, monitor);
    case Phase::kExchange:
      return state->options.algorithm == "ials" ? start_ials(state, monitor)
                                                : start_composed(state, monitor);
    case Phase::kWorks:
      return next_after_works(part.pieces, state, monitor);
    case Phase::kRound:
      return next_after_round(part.pieces, state, monitor);
    default:
      return next_after_columns(part.pieces, state, monitor);
  }
}

std::string state_json(const DistributedState& state, size_t bytes) {
  JsonWriter json;
  json.add("phase", phase_name(state.phase)).add_bool("done", state.done());
  json.add("algorithm", state.options.algorithm).add("shards", state.shards);
  if (state.phase != Phase::kCount) {
    const ShardCounts total = state.total();
    json.add("works", total.works).add("subjects", state.subjects.size());
    json.add("interactions", total.pairs).add("features", state.features.size());
    json.add("epoch", state.epoch).add("epochs", state.options.epochs);
  }
  if (!state.history.empty()) json.add("loss", state.loss);
  json.add("bytes", bytes).add("digest", state.done() ? model_digest(state) : state.digest);
  return json.object();
}

}  // namespace subjrec
