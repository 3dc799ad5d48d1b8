#include "core/train/composed/projection.h"

#include <algorithm>

namespace subjrec {
namespace {

constexpr size_t kGatherRows = 256;
constexpr size_t kMapRows = 32;

}  // namespace

Status Projection::initialise(const Start& start, ThreadTeam& team, Monitor& monitor) {
  return draw_rows(
      start, [](size_t) { return true; }, &map_, team, monitor);
}

void Projection::pack() {
  if (!empty()) packed_.emplace(row_major(map_.value.data(), map_.rows(), map_.stride));
}

void Projection::gather(std::span<const uint32_t> rows, std::span<const float> weights,
                        float* out) const {
  for (size_t i = 0; i < rows.size(); ++i) {
    const float weight = weights[i] * scale_;
    const float* vector = vectors_.row(rows[i]);
    for (size_t k = 0; k < vectors_.dim; ++k) *out++ = weight * vector[k];
  }
}

void Projection::add_to(std::span<const uint32_t> rows, std::span<const float> weights,
                        float* target) const {
  if (empty() || rows.empty()) return;
  std::vector<float> gathered(std::min(rows.size(), kGatherRows) * vectors_.dim);
  for (size_t begin = 0; begin < rows.size(); begin += kGatherRows) {
    const size_t n = std::min(kGatherRows, rows.size() - begin);
    gather(rows.subspan(begin, n), weights.subspan(begin, n), gathered.data());
    multiply_add(1, row_major(gathered.data(), n, vectors_.dim), *packed_,
                 target + begin * map_.stride, map_.stride);
  }
}

Status Projection::update(std::span<const uint32_t> rows, std::span<const float> weights,
                          const float* gradients, const RowStep& step, ThreadTeam& team,
                          Monitor& monitor) {
  if (empty()) return {};
  const size_t n = rows.size();
  const size_t dim = vectors_.dim;
  const size_t stride = map_.stride;
  gathered_.resize(n * dim);
  SUBJREC_TRY(team.run((n + kGatherRows - 1) / kGatherRows,
                       [&](size_t piece) {
                         const size_t begin = piece * kGatherRows;
                         const size_t count = std::min(kGatherRows, n - begin);
                         gather(rows.subspan(begin, count), weights.subspan(begin, count),
                                gathered_.data() + begin * dim);
                       },
                       monitor));
  const PackedMatrix right(row_major(gradients, n, stride));
  const MatrixView left = row_major(gathered_.data(), n, dim).transposed();
  return team.run((dim + kMapRows - 1) / kMapRows,
                  [&](size_t piece) {
                    const size_t begin = piece * kMapRows;
                    const size_t count = std::min(kMapRows, dim - begin);
                    std::vector<float> gradient(count * stride, 0.0f);
                    multiply_add(1, left.block(begin, 0, count, n), right, gradient.data(), stride);
                    for (size_t r = 0; r < count; ++r) {
                      const size_t at = (begin + r) * stride;
                      adam_row(step, gradient.data() + r * stride, stride, map_.value.data() + at,
                               map_.first.data() + at, map_.second.data() + at);
                    }
                  },
                  monitor);
}

}  // namespace subjrec
