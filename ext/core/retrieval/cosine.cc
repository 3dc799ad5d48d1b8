#include "core/retrieval/cosine.h"

#include <algorithm>
#include <cmath>

namespace subjrec {
namespace {

double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (size_t j = 0; j < a.size(); ++j) sum += static_cast<double>(a[j]) * b[j];
  return sum;
}

}  // namespace

float cosine_similarity(std::span<const float> a, std::span<const float> b) {
  const double scale = std::sqrt(dot(a, a) * dot(b, b));
  if (scale == 0) return 0;
  // (A zero is always +0: hits of equal similarity are told apart by their items alone.)
  return static_cast<float>(std::clamp(dot(a, b) / scale, -1.0, 1.0)) + 0.0f;
}

Result<CosineIndex> CosineIndex::build(std::span<const float> vectors, size_t dim,
                                       Monitor& monitor) {
  CosineIndex index;
  index.vectors_ = vectors;
  SUBJREC_ASSIGN(
      index.filter_,
      QuantizedFilter::build({.vectors = vectors, .dim = dim, .bias = {}, .unit = true}, monitor));
  return index;
}

float CosineIndex::similarity(std::span<const float> query, uint32_t item) const {
  const size_t dim = filter_.dim();
  return cosine_similarity(query, vectors_.subspan(item * dim, dim));
}

Status CosineIndex::nearest(std::span<const float> query, size_t k,
                            std::span<const uint32_t> exclude, Monitor& monitor,
                            TopKScratch* scratch, std::vector<ScoredItem>* out) const {
  return filter_.search(
      query, k,
      [&](std::span<const uint32_t> items, float* scores) {
        for (size_t i = 0; i < items.size(); ++i) scores[i] = similarity(query, items[i]);
      },
      [exclude](uint32_t item) {
        return !std::binary_search(exclude.begin(), exclude.end(), item);
      },
      monitor, scratch, out);
}

Status CosineIndex::nearest_among(std::span<const float> query, size_t k,
                                  std::span<const uint32_t> candidates, Monitor& monitor,
                                  TopKScratch* scratch, std::vector<ScoredItem>* out) const {
  out->clear();
  if (k == 0) return {};
  BestKeys best(k, &scratch->keys);
  const size_t stride = kValuesBetweenPolls / filter_.dim() + 1;
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (i % stride == stride - 1 && monitor.stop()) return Status::interrupted();
    const uint64_t key = hit_key(similarity(query, candidates[i]), candidates[i]);
    if (best.would_take(key)) best.take(key);
  }
  write_hits(best.sorted(), out);
  return {};
}

}  // namespace subjrec
