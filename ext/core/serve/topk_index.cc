#include "core/serve/topk_index.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "core/serve/topk_kernels.h"

namespace subjrec {
namespace {

// Between two questions to the monitor: about four milliseconds' reading.
constexpr size_t kFloatsBetweenPolls = size_t{1} << 22;

/// Keys ascend from the best hit to the worst.
uint64_t hit_key(float score, uint32_t item) {
  uint32_t bits;
  std::memcpy(&bits, &score, sizeof bits);
  const uint32_t ascending = (bits & 0x80000000u) != 0 ? ~bits : bits | 0x80000000u;
  return uint64_t{~ascending} << 32 | item;
}

float key_score(uint64_t key) {
  const uint32_t ascending = ~static_cast<uint32_t>(key >> 32);
  const uint32_t bits = (ascending & 0x80000000u) != 0 ? ascending & 0x7fffffffu : ~ascending;
  float score;
  std::memcpy(&score, &bits, sizeof score);
  return score;
}

void write_hits(std::span<const uint64_t> keys, std::vector<Hit>* out) {
  out->resize(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    (*out)[i] = {static_cast<uint32_t>(keys[i]), key_score(keys[i])};
  }
}

/// The k best keys seen, the worst of them on top.
class BestKeys {
 public:
  BestKeys(size_t k, std::vector<uint64_t>* keys) : k_(k), keys_(*keys) { keys_.clear(); }

  /// What a score must reach to get in.
  float threshold() const {
    return keys_.size() < k_ ? -std::numeric_limits<float>::infinity() : key_score(keys_.front());
  }
  bool would_take(uint64_t key) const { return keys_.size() < k_ || key < keys_.front(); }
  void take(uint64_t key) {
    if (keys_.size() == k_) {
      std::pop_heap(keys_.begin(), keys_.end());
      keys_.back() = key;
    } else {
      keys_.push_back(key);
    }
    std::push_heap(keys_.begin(), keys_.end());
  }
  std::span<const uint64_t> sorted() {
    std::sort_heap(keys_.begin(), keys_.end());
    return keys_;
  }

 private:
  size_t k_;
  std::vector<uint64_t>& keys_;
};

size_t blocks_between_polls(size_t dim) {
  return std::max<size_t>(1, kFloatsBetweenPolls / (dim * kBlockItems));
}

double norm_of(const float* x, size_t dim) {
  double sums[4] = {};
  size_t j = 0;
  for (; j + 4 <= dim; j += 4) {
    for (size_t lane = 0; lane < 4; ++lane) {
      sums[lane] += static_cast<double>(x[j + lane]) * x[j + lane];
    }
  }
  for (; j < dim; ++j) sums[0] += static_cast<double>(x[j]) * x[j];
  return std::sqrt((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

}  // namespace

struct TopKIndex::Query {
  std::span<const float> vector;
  BlockScan scan;
};

Result<TopKIndex> TopKIndex::build(std::span<const float> vectors, size_t dim,
                                   std::span<const float> bias, double typical_query_norm,
                                   Monitor& monitor) {
  const size_t n = vectors.size() / dim;
  TopKIndex index;
  index.dim_ = dim;
  index.n_blocks_ = (n + kBlockItems - 1) / kBlockItems;
  index.center_ = bias.empty() ? 0 : typical_query_norm;
  index.values_.resize(index.n_blocks_ * dim * kBlockItems);
  index.bias_.resize(bias.empty() ? 0 : index.n_blocks_ * kBlockItems);
  index.slots_.resize(n);

  // A float sum of d products exceeds |query| |item| by at most (1 + 2^-24)^(d + 1); this is twice
  // that and more.
  const double margin = 1 + (static_cast<double>(dim) + 8) * 0x1p-23;
  std::vector<double> norms(n);
  std::vector<double> keys(n);
  const size_t stride = blocks_between_polls(dim);
  for (size_t i = 0; i < n; ++i) {
    norms[i] = norm_of(vectors.data() + i * dim, dim) * margin;
    keys[i] = bias.empty() ? norms[i] : index.center_ * norms[i] + bias[i];
    if (i % (stride * kBlockItems) == 0 && monitor.stop()) return Status::interrupted();
  }
  index.items_.resize(n);
  std::iota(index.items_.begin(), index.items_.end(), 0u);
  std::sort(index.items_.begin(), index.items_.end(),
            [&](uint32_t a, uint32_t b) { return keys[a] != keys[b] ? keys[a] > keys[b] : a < b; });
  for (size_t begin = 0; begin < index.n_blocks_; begin += stride) {
    index.copy_blocks(vectors, bias, begin, std::min(begin + stride, index.n_blocks_));
    if (monitor.stop()) return Status::interrupted();
  }
  index.rest_key_.resize(index.n_blocks_);
  index.rest_max_norm_.resize(index.n_blocks_);
  index.rest_min_norm_.resize(index.n_blocks_);
  index.bound_blocks(norms);
  return index;
}

void TopKIndex::copy_blocks(std::span<const float> vectors, std::span<const float> bias,
                            size_t begin, size_t end) {
  for (size_t slot = begin * kBlockItems; slot < std::min(end * kBlockItems, items_.size());
       ++slot) {
    const uint32_t item = items_[slot];
    slots_[item] = static_cast<uint32_t>(slot);
    const float* from = vectors.data() + item * dim_;
    float* to = values_.data() + slot / kBlockItems * kBlockItems * dim_;
    for (size_t j = 0; j < dim_; ++j) to[j * kBlockItems + slot % kBlockItems] = from[j];
    if (!bias.empty()) bias_.data()[slot] = bias[item];
  }
}

void TopKIndex::bound_blocks(std::span<const double> norms) {
  double key = -std::numeric_limits<double>::infinity();
  double greatest = 0;
  double least = std::numeric_limits<double>::infinity();
  for (size_t block = n_blocks_; block-- > 0;) {
    const size_t end = std::min((block + 1) * kBlockItems, items_.size());
    for (size_t slot = block * kBlockItems; slot < end; ++slot) {
      const double norm = norms[items_[slot]];
      const double bias = bias_.empty() ? 0 : bias_.data()[slot];
      // What rounding takes away from the sum below is given back.
      const double rounding = 0x1p-50 * (center_ * norm + std::fabs(bias));
      key = std::max(key, center_ * norm + bias + rounding);
      greatest = std::max(greatest, norm);
      least = std::min(least, norm);
    }
    rest_key_[block] = key;
    rest_max_norm_[block] = greatest;
    rest_min_norm_[block] = least;
  }
}

TopKIndex::Query TopKIndex::prepare(std::span<const float> query) const {
  // |query| x norm + bias = (center x norm + bias) + (|query| - center) x norm.
  const double norm = norm_of(query.data(), dim_);
  const double factor = norm - center_;
  const double greatest = n_blocks_ == 0 ? 0 : rest_max_norm_[0];
  // For rounding in the line above, and for products below the smallest float.
  const double slack = 0x1p-48 * (norm + center_) * greatest + 0x1p-148 * static_cast<double>(dim_);
  return {
      query,
      {values_.data(), bias_.empty() ? nullptr : bias_.data(), dim_, query.data(), rest_key_.data(),
       factor > 0 ? rest_max_norm_.data() : rest_min_norm_.data(), factor, slack}};
}

template <class Admits>
Status TopKIndex::search(const Query& query, size_t k, const Admits& admits, Monitor& monitor,
                         TopKScratch* scratch, std::vector<Hit>* out) const {
  out->clear();
  if (k == 0 || size() == 0) return {};
  if (k >= size() / 8) return rank_all(query, k, admits, monitor, scratch, out);
  BestKeys best(k, &scratch->keys);
  float scores[kBlockItems];
  uint32_t mask = 0;
  bool exhausted = false;
  const size_t stride = blocks_between_polls(dim_);
  for (size_t begin = 0; begin < n_blocks_ && !exhausted; begin += stride) {
    const size_t end = std::min(begin + stride, n_blocks_);
    for (size_t block = begin; block < end; ++block) {
      block = scan_blocks(query.scan, block, end, best.threshold(), scores, &mask, &exhausted);
      for (; mask != 0; mask &= mask - 1) {
        const auto lane = static_cast<size_t>(__builtin_ctz(mask));
        const size_t slot = block * kBlockItems + lane;
        if (slot >= size()) break;
        const uint64_t key = hit_key(scores[lane], items_[slot]);
        if (best.would_take(key) && admits(items_[slot])) best.take(key);
      }
    }
    if (end - begin == stride && monitor.stop()) return Status::interrupted();
  }
  write_hits(best.sorted(), out);
  return {};
}

template <class Admits>
Status TopKIndex::rank_all(const Query& query, size_t k, const Admits& admits, Monitor& monitor,
                           TopKScratch* scratch, std::vector<Hit>* out) const {
  scratch->scores.resize(size());
  SUBJREC_TRY(score_all(query.vector, monitor, scratch->scores));
  std::vector<uint64_t>& keys = scratch->keys;
  keys.clear();
  for (uint32_t item = 0; item < size(); ++item) {
    if (admits(item)) keys.push_back(hit_key(scratch->scores[item], item));
  }
  if (monitor.stop()) return Status::interrupted();
  if (k < keys.size()) {
    std::nth_element(keys.begin(), keys.begin() + static_cast<ptrdiff_t>(k), keys.end());
    keys.resize(k);
  }
  std::sort(keys.begin(), keys.end());
  write_hits(keys, out);
  return {};
}

Status TopKIndex::top_k(std::span<const float> query, size_t k, std::span<const uint32_t> exclude,
                        Monitor& monitor, TopKScratch* scratch, std::vector<Hit>* out) const {
  const auto admits = [exclude](uint32_t item) {
    return !std::binary_search(exclude.begin(), exclude.end(), item);
  };
  return search(prepare(query), k, admits, monitor, scratch, out);
}

Status TopKIndex::top_k_among(std::span<const float> query, size_t k,
                              std::span<const uint32_t> candidates, Monitor& monitor,
                              TopKScratch* scratch, std::vector<Hit>* out) const {
  // Reading an item on its own costs about as much as a block that is read in passing.
  if (candidates.size() > n_blocks_) {
    scratch->admitted.assign(size() / 64 + 1, 0);
    for (const uint32_t item : candidates) {
      scratch->admitted[item / 64] |= uint64_t{1} << (item % 64);
    }
    const auto admits = [admitted = scratch->admitted.data()](uint32_t item) {
      return (admitted[item / 64] >> (item % 64) & 1) != 0;
    };
    return search(prepare(query), k, admits, monitor, scratch, out);
  }
  std::vector<uint64_t>& keys = scratch->keys;
  keys.clear();
  const size_t stride = blocks_between_polls(dim_);
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
  const size_t slot = slots_[item];
  const float* values = values_.data() + slot / kBlockItems * kBlockItems * dim_;
  float sum = 0;
  for (size_t j = 0; j < dim_; ++j) {
    sum += query[j] * values[j * kBlockItems + slot % kBlockItems];
  }
  if (!bias_.empty()) sum += bias_.data()[slot];
  return std::isnan(sum) ? -std::numeric_limits<float>::infinity() : sum;
}

Status TopKIndex::score_all(std::span<const float> query, Monitor& monitor,
                            std::span<float> scores) const {
  const Query prepared = prepare(query);
  const size_t stride = blocks_between_polls(dim_);
  float block_scores[kBlockItems];
  for (size_t begin = 0; begin < n_blocks_; begin += stride) {
    const size_t end = std::min(begin + stride, n_blocks_);
    for (size_t block = begin; block < end; ++block) {
      score_blocks(prepared.scan, block, block + 1, block_scores);
      const size_t count = std::min(kBlockItems, size() - block * kBlockItems);
      for (size_t lane = 0; lane < count; ++lane) {
        scores[items_[block * kBlockItems + lane]] = block_scores[lane];
      }
    }
    if (end - begin == stride && monitor.stop()) return Status::interrupted();
  }
  return {};
}

double mean_norm(std::span<const float> vectors, size_t dim) {
  const size_t n = vectors.size() / dim;
  double sum = 0;
  for (size_t i = 0; i < n; ++i) sum += norm_of(vectors.data() + i * dim, dim);
  return n == 0 ? 0 : sum / static_cast<double>(n);
}

}  // namespace subjrec
