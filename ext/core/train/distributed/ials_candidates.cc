#include <utility>

#include "core/train/calibration_set.h"
#include "core/train/distributed/gathered.h"
#include "core/train/distributed/ials_layout.h"
#include "core/train/distributed/ials_shards.h"

namespace subjrec {
namespace {

CalibrationCandidates find_in(const ShardRows& shard_rows, uint64_t seed) {
  const SparseRows& f = shard_rows.features;
  const auto has_features = [&](uint32_t w) {
    return f.n_rows > 0 && f.offsets[w] < f.offsets[w + 1];
  };
  return find_calibration_candidates(shard_rows.interactions, hashes_of(shard_rows.works), seed,
                                     has_features);
}

uint64_t seed_of(const TrainOptions& options) { return static_cast<uint64_t>(options.seed); }

/// The works among `candidates`, as shard_rows.
ShardRows works_of(const CalibrationCandidates& candidates, const ShardRows& all) {
  std::vector<bool> taken(all.works.size(), false);
  for (const auto* list : {&candidates.three, &candidates.two, &candidates.known}) {
    for (const CalibrationCandidates::Work& c : *list) taken[c.work] = true;
  }
  std::vector<uint32_t> works;
  for (uint32_t w = 0; w < taken.size(); ++w) {
    if (taken[w]) works.push_back(w);
  }
  return some_of(all, works);
}

}  // namespace

std::string encode_candidates(const ShardData& shard, const TrainOptions& options) {
  ShardRows shard_rows;
  shard_rows.works = shard.works;
  shard_rows.interactions = shard.data.interactions;
  shard_rows.features = shard.data.work_features;
  const CalibrationCandidates found = find_in(shard_rows, seed_of(options));
  ByteWriter out;
  out.number<uint64_t>(found.n_three);
  out.number<uint64_t>(found.n_two);
  out.number<uint64_t>(found.n_known);
  out.text(encode_rows(works_of(found, shard_rows)));
  return out.take();
}

Status draw_kept_out(const std::vector<ShardVocabulary>& vocabularies,
                     const std::vector<std::string>& pieces, DistributedState* state,
                     Monitor& monitor) {
  const uint64_t seed = seed_of(state->options);
  const size_t n_subjects = state->subjects.size();
  const size_t n_features = state->features.size();
  Gathered all;
  size_t counts[3] = {0, 0, 0};
  for (uint32_t k = 0; k < pieces.size(); ++k) {
    ByteReader in(pieces[k]);
    for (size_t& count : counts) count += in.number<uint64_t>();
    const ShardVocabulary& v = vocabularies[k];
    const auto local = decode_rows(in.text(), v.subjects.size(), v.features.size());
    if (!in.finished() || !local.ok()) return no_piece();
    ShardData shard;
    shard.works = local->works;
    shard.subjects = v.subjects;
    shard.features = v.features;
    shard.data.interactions = local->interactions;
    shard.data.work_features = local->features;
    SUBJREC_ASSIGN(const ShardRows shard_rows,
                   renumber(shard, state->subjects, state->features, monitor));
    SUBJREC_TRY(all.add(k, shard_rows, monitor));
  }
  SUBJREC_ASSIGN(TrainData data, all.sorted(n_subjects, n_features, monitor));
  ShardRows shard_rows;
  shard_rows.works = all.works();
  shard_rows.interactions = std::move(data.interactions);
  shard_rows.features = std::move(data.work_features);
  // The works with the least keys of all are among those of each shard.
  CalibrationCandidates found = find_in(shard_rows, seed);
  found.n_three = counts[0];
  found.n_two = counts[1];
  found.n_known = counts[2];
  found.sort();
  const CalibrationSet set = hold_out_by_key(
      found, std::vector<uint32_t>(state->subject_works.begin(), state->subject_works.end()));
  if (set.pairs.empty()) {
    return {Code::kInvalid, "of " + std::to_string(state->total().works) +
                                " works none can keep a subject out to calibrate probabilities by, "
                                "so \"" +
                                state->options.algorithm +
                                "\" is not trained over shards; wanted more works with "
                                "two subjects that others carry, or {\"algorithm\": \"ease\"}"};
  }
  std::vector<uint32_t> works;
  auto pair = set.pairs.begin();
  auto cold = set.cold_works.begin();
  while (pair != set.pairs.end() || cold != set.cold_works.end()) {
    const bool is_pair =
        cold == set.cold_works.end() || (pair != set.pairs.end() && pair->work < *cold);
    works.push_back(is_pair ? pair->work : *cold);
    state->ials.hidden.push_back(is_pair ? pair->subject : kAllHidden);
    is_pair ? static_cast<void>(++pair) : static_cast<void>(++cold);
  }
  state->ials.kept = some_of(shard_rows, works);
  return {};
}

}  // namespace subjrec
