#include "core/train/distributed/protocol.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/json_writer.h"
#include "core/base/parallel.h"
#include "core/train/distributed/gathered.h"
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
  std::vector<uint32_t> missing;
  for (uint32_t k = 0; k < state.shards; ++k) {
    if (part.pieces.count(k) == 0) missing.push_back(k);
  }
  if (missing.empty() && part.pieces.size() == state.shards) return {};
  return {Code::kInvalid, "the part of " + shards_text(missing) + " is missing: wanted those of " +
                              std::to_string(state.shards) + " shards, merged by subjrec_merge"};
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
TrainData outline(const DistributedState& state, const std::vector<uint64_t>& feature_works) {
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

Status settle_algorithm(const std::vector<uint64_t>& feature_works, DistributedState* state) {
  const std::string given = state->options.algorithm;
  resolve_options_over_shards(outline(*state, feature_works), &state->options);
  if (state->options.algorithm == "ease") return {};
  return {Code::kInvalid, "of " + std::to_string(state->total().works) + " works and " +
                              std::to_string(state->subjects.size()) +
                              " subjects the algorithm \"" + given + "\" makes \"" +
                              state->options.algorithm +
                              "\", which is not trained over shards; wanted {\"algorithm\": "
                              "\"ease\"}"};
}

Status next_after_count(const Part& part, DistributedState* state, Monitor& monitor) {
  std::vector<uint64_t> feature_works;
  for (const auto& [shard, piece] : part.pieces) {
    if (monitor.stop()) return Status::interrupted();
    const Result<ShardVocabulary> v = decode_vocabulary(piece);
    if (!v.ok()) return of_shard(shard, v.status());
    state->counts.push_back(v->counts);
    add_counts(v->subjects, v->subject_works, &state->subjects, &state->subject_works);
    add_counts(v->features, v->feature_works, &state->features, &feature_works);
  }
  SUBJREC_TRY(sort_counts(&state->subjects, &state->subject_works, monitor));
  SUBJREC_TRY(sort_counts(&state->features, &feature_works, monitor));
  SUBJREC_TRY(check_distinct(state->counts));
  SUBJREC_TRY(settle_algorithm(feature_works, state));
  state->phase = Phase::kBags;
  return {};
}

Status next_after_bags(const Part& part, DistributedState* state, Monitor& monitor) {
  Gathered all;
  for (const auto& [shard, piece] : part.pieces) {
    const Result<ShardBags> bags =
        decode_bags(piece, state->subjects.size(), state->features.size());
    if (!bags.ok()) return of_shard(shard, bags.status());
    SUBJREC_TRY(all.add(shard, *bags, monitor));
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

Result<Part> answer(const DistributedState& state, std::string_view library, uint32_t shard,
                    const ShardData& data, Monitor& monitor) {
  SUBJREC_TRY(check_counted(state, shard, data.counts));
  Part part;
  part.run = state.run(library);
  part.state = state.digest;
  part.phase = phase_name(state.phase);
  if (state.phase == Phase::kCount) {
    part.pieces[shard] = encode_vocabulary(data);
    return part;
  }
  SUBJREC_ASSIGN(const ShardBags bags, renumber(data, state.subjects, state.features, monitor));
  part.pieces[shard] = encode_bags(bags);
  return part;
}

Status next_state(const Part& part, std::string_view library, DistributedState* state,
                  Monitor& monitor) {
  SUBJREC_TRY(check_parts(part, library, *state));
  return state->phase == Phase::kCount ? next_after_count(part, state, monitor)
                                       : next_after_bags(part, state, monitor);
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
  if (state.done()) json.add("loss", state.loss);
  json.add("bytes", bytes).add("digest", state.done() ? model_digest(state) : state.digest);
  return json.object();
}

}  // namespace subjrec
