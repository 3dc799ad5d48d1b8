#include "core/retrieval/topk_index.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/model/row_products.h"

namespace subjrec {
namespace {

constexpr size_t kRows = 8;  // scored side by side

float finish(float sum, std::span<const float> bias, size_t item) {
  if (!bias.empty()) sum += bias[item];
  return std::isnan(sum) ? -std::numeric_limits<float>::infinity() : sum;
}

}  // namespace

Result<TopKIndex> TopKIndex::build(std::span<const float> vectors, size_t dim,
                                   std::span<const float> bias, double typical_query_norm,
                                   Monitor& monitor) {
  TopKIndex index;
  index.vectors_ = vectors;
  index.bias_ = bias;
  SUBJREC_ASSIGN(
      index.filter_,
      QuantizedFilter::build(
          {.vectors = vectors, .dim = dim, .bias = bias, .typical_query_norm = typical_query_norm},
          monitor));
  return index;
}

template <class Admits>
Status TopKIndex::search(std::span<const float> query, size_t k, const Admits& admits,
                         Monitor& monitor, TopKScratch* scratch, std::vector<ScoredItem>* out,
                         const Additions& additions) const {
  const auto add = [&](uint32_t item, float* score) {
    if (additions.more) *score = additions.more(item, *score);
  };
  if (k < size() / 8) {
    return filter_.search(
        query, k,
        [&](std::span<const uint32_t> items, float* scores) {
          score_items(query, items, scores);
          for (size_t i = 0; i < items.size(); ++i) add(items[i], scores + i);
        },
        admits, monitor, scratch, out, additions.others, additions.most);
  }
  scratch->scores.resize(size());
  SUBJREC_TRY(score_all(query, monitor, scratch->scores));
  std::vector<uint64_t>& keys = scratch->keys;
  keys.clear();
  for (uint32_t item = 0; item < size(); ++item) {
    if (!admits(item)) continue;
    add(item, &scratch->scores[item]);
    keys.push_back(hit_key(scratch->scores[item], item));
  }
  if (additions.others.empty()) {
    SUBJREC_TRY(sort_keys(&keys, monitor));
  } else {
    for (const ScoredItem& other : additions.others) {
      keys.push_back(hit_key(other.score, other.item));
    }
    std::sort(keys.begin(), keys.end());
  }
  keys.resize(std::min(k, keys.size()));
  write_hits(keys, out);
  return {};
}

Status TopKIndex::top_k(std::span<const float> query, size_t k, std::span<const uint32_t> exclude,
                        const Additions& additions, Monitor& monitor, TopKScratch* scratch,
                        std::vector<ScoredItem>* out) const {
  const auto admits = [exclude](uint32_t item) {
    return !std::binary_search(exclude.begin(), exclude.end(), item);
  };
  return search(query, k, admits, monitor, scratch, out, additions);
}

Status TopKIndex::top_k_among(std::span<const float> query, size_t k,
                              std::span<const uint32_t> candidates, Monitor& monitor,
                              TopKScratch* scratch, std::vector<ScoredItem>* out) const {
  // Scoring one item costs about as much as passing over a block of them.
  if (candidates.size() > size() / kBlockItems) {
    scratch->admitted.assign(size() / 64 + 1, 0);
    for (const uint32_t item : candidates) {
      scratch->admitted[item / 64] |= uint64_t{1} << (item % 64);
    }
    const auto admits = [admitted = scratch->admitted.data()](uint32_t item) {
      return (admitted[item / 64] >> (item % 64) & 1) != 0;
    };
    return search(query, k, admits, monitor, scratch, out, {});
  }
  std::vector<uint64_t>& keys = scratch->keys;
  keys.clear();
  const size_t stride = kValuesBetweenPolls / dim() + 1;
  for (const uint32_t item : candidates) {
    keys.push_back(hit_key(score(query, item), item));
    if (keys.size() % stride == 0 && monitor.stop()) return Status::interrupted();
  }
  const size_t count = std::min(k, keys.size());
  std::partial_sort(keys.begin(), keys.begin() + static_cast<ptrdiff_t>(count), keys.end());
  keys.resize(count);
  write_hits(keys, out);
  return {};
}

float TopKIndex::score(std::span<const float> query, uint32_t item) const {
  const float* row = vectors_.data() + item * dim();
  float sum = 0;
  for (size_t j = 0; j < query.size(); ++j) sum += query[j] * row[j];
  return finish(sum, bias_, item);
}

void TopKIndex::score_items(std::span<const float> query, std::span<const uint32_t> items,
                            float* scores) const {
  const float* rows[kBlockItems];
  for (size_t i = 0; i < items.size(); ++i) rows[i] = vectors_.data() + items[i] * dim();
  row_products(query.data(), query.size(), rows, items.size(), scores);
  for (size_t i = 0; i < items.size(); ++i) scores[i] = finish(scores[i], bias_, items[i]);
}

Status TopKIndex::score_all(std::span<const float> query, Monitor& monitor,
                            std::span<float> scores) const {
  const size_t stride = (kValuesBetweenPolls / dim() / kRows + 1) * kRows;
  size_t item = 0;
  for (; item + kRows <= size(); item += kRows) {
    const float* rows = vectors_.data() + item * dim();
    float sums[kRows] = {};
    for (size_t j = 0; j < query.size(); ++j) {
      for (size_t r = 0; r < kRows; ++r) sums[r] += query[j] * rows[r * dim() + j];
    }
    for (size_t r = 0; r < kRows; ++r) scores[item + r] = finish(sums[r], bias_, item + r);
    if ((item + kRows) % stride == 0 && monitor.stop()) return Status::interrupted();
  }
  for (; item < size(); ++item) scores[item] = score(query, static_cast<uint32_t>(item));
  return {};
}

double mean_norm(std::span<const float> vectors, size_t dim) {
  double sum = 0;
  for (size_t begin = 0; begin < vectors.size(); begin += dim) {
    double square = 0;
    for (const float x : vectors.subspan(begin, dim)) square += static_cast<double>(x) * x;
    sum += std::sqrt(square);
  }
  return vectors.empty() ? 0 : sum * static_cast<double>(dim) / static_cast<double>(vectors.size());
}

}  // namespace subjrec
