#include <algorithm>
#include <cmath>

#include "core/umap/neighbors.h"

namespace subjrec {
namespace {

void normalise(float* row, size_t dim) {
  // In double precision no square of a float overflows or vanishes.
  double square = 0;
  for (size_t d = 0; d < dim; ++d) square += static_cast<double>(row[d]) * row[d];
  if (square == 0) return;
  const double inverse = 1 / std::sqrt(square);
  for (size_t d = 0; d < dim; ++d) row[d] = static_cast<float>(row[d] * inverse);
}

/// The power of two that brings the largest value to between 1/2 and 1.
float scale_of(std::span<const float> rows) {
  float most = 0;
  for (const float value : rows) most = std::max(most, std::fabs(value));
  if (most == 0) return 1;
  int exponent = 0;
  (void)std::frexp(most, &exponent);
  return std::ldexp(1.0f, std::clamp(-exponent, -126, 126));
}

}  // namespace

Result<Points> make_points(std::span<const float> rows, size_t dim, const std::string& metric,
                           Monitor& monitor, const Points* like) {
  if (dim == 0 || rows.size() % dim != 0) {
    return Status(Code::kInvalid,
                  std::to_string(rows.size()) + " values are not rows of " + std::to_string(dim));
  }
  constexpr size_t kPoll = 1 << 20;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i % kPoll == 0 && monitor.stop()) return Status::interrupted();
    if (std::isfinite(rows[i])) continue;
    return Status(Code::kInvalid, "the embedding in row " + std::to_string(i / dim + 1) +
                                      " has a value that is not a finite number, in column " +
                                      std::to_string(i % dim + 1) +
                                      "; train again, with a lower learning rate");
  }
  Points points;
  points.n = rows.size() / dim;
  points.dim = dim;
  points.cosine = metric == "cosine";
  points.rows.assign(rows.begin(), rows.end());
  if (points.cosine) {
    for (size_t i = 0; i < points.n; ++i) {
      if (i % (kPoll / dim + 1) == 0 && monitor.stop()) return Status::interrupted();
      normalise(points.rows.data() + i * dim, dim);
    }
  } else {
    points.scale = like != nullptr ? like->scale : scale_of(rows);
    for (float& value : points.rows) value *= points.scale;
  }
  return points;
}

}  // namespace subjrec
