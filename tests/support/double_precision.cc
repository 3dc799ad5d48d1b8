#include "support/double_precision.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace subjrec {

double bce_block(const BceBlock<double>& b) {
  std::vector<double> residual(b.n_works);
  double loss = 0;
  const auto element = [&](size_t i, size_t e) { return (i / 16 * b.dim + e) * 16 + i % 16; };
  const auto logit = [&](size_t i, size_t j) {
    double x = 0;
    for (size_t e = 0; e < b.dim; ++e) x += b.works[element(i, e)] * b.subjects[j * b.dim + e];
    return x;
  };
  std::fill_n(b.work_gradient, lane_padded(b.n_works) * b.dim, 0.0);
  for (size_t j = 0; j < b.n_subjects; ++j) {
    for (size_t i = 0; i < b.n_works; ++i) {
      const double x = logit(i, j);
      residual[i] = 1 / (1 + std::exp(-x));
      loss += std::fmax(x, 0) + std::log1p(std::exp(-std::fabs(x)));
    }
    for (uint32_t n = b.offsets[j]; n < b.offsets[j + 1]; ++n) {
      const size_t i = b.positives[n] - b.first_work;
      if (b.positives[n] < b.first_work || i >= b.n_works) continue;
      const double c = b.weights == nullptr ? 1 : double{b.weights[n]};
      residual[i] = c * (residual[i] - 1);
      const double x = logit(i, j);
      loss += (c - 1) * (std::fmax(-x, 0) + std::log1p(std::exp(-std::fabs(x)))) - x;
    }
    for (size_t i = 0; i < b.n_works; ++i) {
      for (size_t e = 0; e < b.dim; ++e) {
        b.work_gradient[element(i, e)] += residual[i] * b.subjects[j * b.dim + e];
        b.subject_gradient[j * b.dim + e] += residual[i] * b.works[element(i, e)];
      }
    }
  }
  return loss;
}

template class LazyDenseAdam<double>;
template class FeatureEmbeddings<double>;
template class BceTraining<double>;

}  // namespace subjrec
