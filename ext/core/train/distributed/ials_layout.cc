#include "core/train/distributed/ials_layout.h"

#include <algorithm>
#include <numeric>
#include <queue>
#include <string>
#include <utility>

#include "core/linalg/columns.h"
#include "core/train/calibration_set.h"

namespace subjrec {

std::vector<uint32_t> column_owners(const DistributedState& state) {
  std::vector<uint64_t> works = state.subject_works;
  works.insert(works.end(), state.feature_works.begin(), state.feature_works.end());
  std::vector<uint32_t> order(works.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return works[a] > works[b]; });
  using Load = std::pair<uint64_t, uint32_t>;  // entries, shard
  std::priority_queue<Load, std::vector<Load>, std::greater<>> loads;
  for (uint32_t k = 0; k < state.shards; ++k) loads.emplace(0, k);
  std::vector<uint32_t> owners(works.size());
  for (const uint32_t column : order) {
    const auto [load, shard] = loads.top();
    loads.pop();
    owners[column] = shard;
    loads.emplace(load + works[column], shard);
  }
  return owners;
}

std::vector<uint32_t> columns_of(const DistributedState& state, uint32_t shard) {
  const std::vector<uint32_t> owners = column_owners(state);
  std::vector<uint32_t> columns;
  for (uint32_t c = 0; c < owners.size(); ++c) {
    if (owners[c] == shard) columns.push_back(c);
  }
  return columns;
}

Result<SparseRows> laid_out(const ShardRows& shard_rows, const DistributedState& state, bool whole,
                            Monitor& monitor) {
  SUBJREC_ASSIGN(SparseRows rows,
                 subject_and_feature_columns(shard_rows.interactions, shard_rows.features,
                                             state.options.feature_weight, monitor));
  // Without features of their own the works still have the columns of all.
  rows.n_columns = state.subjects.size() + state.features.size();
  if (whole) return rows;
  Poll poll(monitor, 1 << 12);
  size_t kept = 0;
  size_t begin = 0;
  for (size_t w = 0; w < rows.n_rows; ++w) {
    if (poll.stop()) return Status::interrupted();
    const size_t end = rows.offsets[w + 1];
    const auto at = state.ials.kept.works.find(shard_rows.works[w]);
    const bool cold = at && state.ials.hidden[*at] == kAllHidden;
    for (size_t e = begin; e < end && !cold; ++e) {
      if (at && rows.columns[e] == state.ials.hidden[*at]) continue;
      rows.columns[kept] = rows.columns[e];
      rows.weights[kept++] = rows.weights[e];
    }
    begin = end;
    rows.offsets[w + 1] = kept;
  }
  rows.columns.resize(kept);
  rows.weights.resize(kept);
  return rows;
}

SparseRows only_columns(const SparseRows& rows, const std::vector<uint32_t>& columns) {
  constexpr uint32_t kNone = ~uint32_t{0};
  std::vector<uint32_t> place(rows.n_columns, kNone);
  for (size_t i = 0; i < columns.size(); ++i) place[columns[i]] = static_cast<uint32_t>(i);
  SparseRows some;
  some.n_rows = rows.n_rows;
  some.n_columns = columns.size();
  some.offsets.push_back(0);
  for (size_t w = 0; w < rows.n_rows; ++w) {
    for (size_t e = rows.offsets[w]; e < rows.offsets[w + 1]; ++e) {
      if (place[rows.columns[e]] == kNone) continue;
      some.columns.push_back(place[rows.columns[e]]);
      some.weights.push_back(rows.weights[e]);
    }
    some.offsets.push_back(some.columns.size());
  }
  return some;
}

Status Claims::add(uint32_t shard, const IdTable& works) {
  for (size_t w = 0; w < works.size(); ++w) {
    const uint32_t at = works_.intern(works[w]);
    if (at < shards_.size()) return in_two_shards(works[w], shards_[at], shard);
    shards_.push_back(shard);
  }
  return {};
}

ShardRows some_of(const ShardRows& shard_rows, const std::vector<uint32_t>& works) {
  ShardRows some;
  some.interactions.n_subjects = shard_rows.interactions.n_subjects;
  some.interactions.offsets.push_back(0);
  const SparseRows& f = shard_rows.features;
  const bool featureless = f.n_rows == 0;
  if (!featureless) {
    some.features.n_columns = f.n_columns;
    some.features.offsets.push_back(0);
  }
  for (const uint32_t w : works) {
    some.works.intern(shard_rows.works[w]);
    const auto row = shard_rows.interactions.row(w);
    auto& subjects = some.interactions.subjects;
    subjects.insert(subjects.end(), row.begin(), row.end());
    const std::span<const float> weights = shard_rows.interactions.weighted_row(w).weights;
    some.interactions.weights.insert(some.interactions.weights.end(), weights.begin(),
                                     weights.end());
    some.interactions.offsets.push_back(subjects.size());
    if (featureless) continue;
    for (size_t e = f.offsets[w]; e < f.offsets[w + 1]; ++e) {
      some.features.columns.push_back(f.columns[e]);
      some.features.weights.push_back(f.weights[e]);
    }
    some.features.offsets.push_back(some.features.columns.size());
  }
  some.interactions.n_works = works.size();
  some.features.n_rows = featureless ? 0 : works.size();
  return some;
}

Status in_two_shards(const IdView& work, uint32_t one, uint32_t other) {
  return {Code::kInvalid, "work " + id_text(work) + " is in shard " + std::to_string(one) +
                              " and in shard " + std::to_string(other) +
                              "; all rows of a work must be in one shard"};
}

}  // namespace subjrec
