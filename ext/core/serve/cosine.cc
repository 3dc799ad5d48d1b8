#include "core/serve/cosine.h"

#include <algorithm>
#include <cmath>

namespace subjrec {
namespace {

double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (size_t j = 0; j < a.size(); ++j) sum += static_cast<double>(a[j]) * b[j];
  return sum;
}

void normalise(std::span<const float> from, float* to) {
  const double norm = std::sqrt(dot(from, from));
  for (size_t j = 0; j < from.size(); ++j) {
    to[j] = norm == 0 ? 0.0f : static_cast<float>(from[j] / norm);
  }
}

}  // namespace

float cosine_similarity(std::span<const float> a, std::span<const float> b) {
  const double scale = std::sqrt(dot(a, a) * dot(b, b));
  if (scale == 0) return 0;
  return static_cast<float>(std::clamp(dot(a, b) / scale, -1.0, 1.0));
}

Result<CosineIndex> CosineIndex::build(std::span<const float> vectors, size_t dim,
                                       Monitor& monitor) {
  std::vector<float> units(vectors.size());
  for (size_t begin = 0; begin < vectors.size(); begin += dim) {
    normalise(vectors.subspan(begin, dim), units.data() + begin);
    if (begin / dim % 65536 == 0 && monitor.stop()) return Status::interrupted();
  }
  CosineIndex index;
  index.vectors_ = vectors;
  SUBJREC_ASSIGN(index.units_, TopKIndex::build(units, dim, {}, 0, monitor));
  return index;
}

Status CosineIndex::nearest(std::span<const float> query, size_t k,
                            std::span<const uint32_t> exclude, Monitor& monitor,
                            TopKScratch* scratch, std::vector<Hit>* out) const {
  const size_t dim = units_.dim();
  std::vector<float> unit(dim);
  normalise(query, unit.data());
  // The float32 product of two unit vectors is within `error` of their cosine: d + 1 roundings of
  // the sum, two of the vectors' coordinates. Who is more than twice that behind the k-th best
  // cannot be among the k nearest.
  const float error = (static_cast<float>(dim) + 8) * 0x1p-23f;
  const size_t available = size() - exclude.size();
  for (size_t asked = k + 8;; asked *= 2) {
    SUBJREC_TRY(units_.top_k(unit, asked, exclude, monitor, scratch, out));
    if (k == 0 || out->size() == available) break;
    if (out->back().score < (*out)[k - 1].score - 2 * error) break;
  }
  for (Hit& hit : *out) hit.score = cosine_similarity(query, vectors_.subspan(hit.item * dim, dim));
  std::sort(out->begin(), out->end(), [](const Hit& a, const Hit& b) {
    return a.score != b.score ? a.score > b.score : a.item < b.item;
  });
  if (out->size() > k) out->resize(k);
  return {};
}

}  // namespace subjrec
