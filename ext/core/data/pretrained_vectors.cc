#include "core/data/pretrained_vectors.h"

#include <algorithm>
#include <cmath>

namespace subjrec {

bool PretrainedVectors::has(size_t i) const {
  return dim > 0 && std::any_of(row(i), row(i) + dim, [](float x) { return x != 0; });
}

float PretrainedVectors::unit_scale() const {
  double squares = 0;
  size_t count = 0;
  for (size_t i = 0; i < rows(); ++i) {
    if (!has(i)) continue;
    ++count;
    for (size_t k = 0; k < dim; ++k) squares += double{row(i)[k]} * double{row(i)[k]};
  }
  const double scale = std::sqrt(static_cast<double>(count) / squares);
  return count > 0 && std::isfinite(scale) ? static_cast<float>(scale) : 1.0f;
}

}  // namespace subjrec
