#include "core/train/distributed/shard_data.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/base/random.h"
#include "core/linalg/columns.h"
#include "core/train/distributed/byte_stream.h"

namespace subjrec {
namespace {

constexpr size_t kPollEvery = 1 << 12;

void write_counts(const ShardCounts& c, ByteWriter* out) {
  for (const uint64_t n : {c.rows, c.nulls, c.weightless, c.duplicates, c.works, c.pairs,
                           c.feature_pairs, c.contents}) {
    out->number(n);
  }
}

ShardCounts read_counts(ByteReader* in) {
  ShardCounts c;
  for (uint64_t* n : {&c.rows, &c.nulls, &c.weightless, &c.duplicates, &c.works, &c.pairs,
                      &c.feature_pairs, &c.contents}) {
    *n = in->number<uint64_t>();
  }
  return c;
}

/// For each id of `from` its position in `to`.
Result<std::vector<uint32_t>> translate(const IdTable& from, const IdTable& to, const char* what) {
  std::vector<uint32_t> positions;
  positions.reserve(from.size());
  for (size_t i = 0; i < from.size(); ++i) {
    const auto found = to.find(from[i]);
    if (!found) return Status(Code::kNotFound, std::string(what) + " " + id_text(from[i]));
    positions.push_back(*found);
  }
  return positions;
}

uint64_t bits_of(float weight) {
  uint32_t bits = 0;
  std::memcpy(&bits, &weight, sizeof bits);
  return bits;
}

bool are_sound(const Interactions& y) {
  if (y.offsets.size() != y.n_works + 1 || y.offsets[0] != 0 ||
      y.offsets.back() != y.subjects.size() ||
      (y.weighted() && y.weights.size() != y.subjects.size())) {
    return false;
  }
  const auto is_weight = [](float x) { return x > 0 && x <= static_cast<float>(kGreatestWeight); };
  if (!std::all_of(y.weights.begin(), y.weights.end(), is_weight)) return false;
  for (size_t w = 0; w < y.n_works; ++w) {
    if (y.offsets[w + 1] <= y.offsets[w] || y.offsets[w + 1] > y.subjects.size()) return false;
    const std::span<const uint32_t> row = y.row(w);
    for (size_t i = 0; i < row.size(); ++i) {
      if (row[i] >= y.n_subjects || (i > 0 && row[i - 1] >= row[i])) return false;
    }
  }
  return true;
}

}  // namespace

Status no_piece() { return {Code::kCorrupt, "is damaged: its body does not hold what it says"}; }

void ShardCounts::add(const ShardCounts& other) {
  rows += other.rows;
  nulls += other.nulls;
  weightless += other.weightless;
  duplicates += other.duplicates;
  works += other.works;
  pairs += other.pairs;
  feature_pairs += other.feature_pairs;
  contents += other.contents;
}

Status count_contents(ShardData* shard, Monitor& monitor) {
  Poll poll(monitor, kPollEvery);
  const Interactions& y = shard->data.interactions;
  const SparseRows& f = shard->data.work_features;
  shard->counts.works = y.n_works;
  shard->counts.pairs = y.nnz();
  shard->counts.feature_pairs = f.columns.size();
  const std::vector<uint64_t> subjects = hashes_of(shard->subjects);
  const std::vector<uint64_t> features = hashes_of(shard->features);
  uint64_t sum = 0;
  for (size_t w = 0; w < y.n_works; ++w) {
    if (poll.stop()) return Status::interrupted();
    const uint64_t work = hash_id(shard->works[w]);
    for (size_t e = y.offsets[w]; e < y.offsets[w + 1]; ++e) {
      const uint64_t pair = splitmix64(work ^ splitmix64(subjects[y.subjects[e]]));
      sum += y.weight(e) == 1.0f ? pair : splitmix64(pair ^ bits_of(y.weights[e]));
    }
    if (f.empty()) continue;
    for (size_t e = f.offsets[w]; e < f.offsets[w + 1]; ++e) {
      sum += splitmix64(splitmix64(work ^ ~splitmix64(features[f.columns[e]])) ^
                        bits_of(f.weights[e]));
    }
  }
  shard->counts.contents = sum;
  return {};
}

std::string encode_vocabulary(const ShardData& shard) {
  ByteWriter out;
  write_counts(shard.counts, &out);
  out.ids(shard.subjects);
  const std::vector<uint32_t> subjects = shard.data.interactions.subject_counts();
  out.array(std::vector<uint64_t>(subjects.begin(), subjects.end()));
  out.ids(shard.features);
  const std::vector<int> features = column_counts(shard.data.work_features);
  out.array(std::vector<uint64_t>(features.begin(), features.end()));
  return out.take();
}

Result<ShardVocabulary> decode_vocabulary(std::string_view piece) {
  ByteReader in(piece);
  ShardVocabulary v;
  v.counts = read_counts(&in);
  v.subjects = in.ids();
  v.subject_works = in.array<uint64_t>();
  v.features = in.ids();
  v.feature_works = in.array<uint64_t>();
  if (!in.finished() || v.subjects.size() != v.subject_works.size() ||
      v.features.size() != v.feature_works.size()) {
    return no_piece();
  }
  return v;
}

std::string encode_rows(const ShardRows& shard_rows) {
  ByteWriter out;
  out.ids(shard_rows.works);
  out.array(shard_rows.interactions.offsets);
  out.array(shard_rows.interactions.subjects);
  out.array(shard_rows.interactions.weights);
  out.sparse_rows(shard_rows.features);
  return out.take();
}

Result<ShardRows> decode_rows(std::string_view piece, size_t n_subjects, size_t n_features) {
  ByteReader in(piece);
  ShardRows shard_rows;
  shard_rows.works = in.ids();
  Interactions& y = shard_rows.interactions;
  y.n_works = shard_rows.works.size();
  y.n_subjects = n_subjects;
  y.offsets = in.array<uint64_t>();
  y.subjects = in.array<uint32_t>();
  y.weights = in.array<float>();
  shard_rows.features = in.sparse_rows();
  const bool featureless = shard_rows.features.n_rows == 0;
  if (!in.finished() || !are_sound(y) || (n_features == 0) != featureless ||
      (!featureless &&
       (shard_rows.features.n_rows != y.n_works || shard_rows.features.n_columns != n_features))) {
    return no_piece();
  }
  return shard_rows;
}

Result<ShardRows> renumber(const ShardData& shard, const IdTable& subjects, const IdTable& features,
                           Monitor& monitor) {
  Poll poll(monitor, kPollEvery);
  SUBJREC_ASSIGN(const auto subject_at, translate(shard.subjects, subjects, "subject"));
  SUBJREC_ASSIGN(const auto feature_at, translate(shard.features, features, "feature"));
  ShardRows shard_rows;
  shard_rows.works = shard.works;
  // Ids are in order on both sides, so that rows stay ascending.
  shard_rows.interactions = shard.data.interactions;
  shard_rows.interactions.n_subjects = subjects.size();
  for (uint32_t& s : shard_rows.interactions.subjects) {
    if (poll.stop()) return Status::interrupted();
    s = subject_at[s];
  }
  if (features.size() == 0) return shard_rows;
  shard_rows.features = shard.data.work_features;
  if (shard_rows.features.n_rows == 0) {
    shard_rows.features.n_rows = shard.works.size();
    shard_rows.features.offsets.assign(shard.works.size() + 1, 0);
  }
  shard_rows.features.n_columns = features.size();
  for (uint32_t& f : shard_rows.features.columns) {
    if (poll.stop()) return Status::interrupted();
    f = feature_at[f];
  }
  return shard_rows;
}

}  // namespace subjrec
