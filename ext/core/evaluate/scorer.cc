#include "core/evaluate/scorer.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "core/model/item_weights.h"

namespace subjrec {

Scorer::Scorer(const Model& model, const TrainData& data, std::span<const float> shift)
    : model_(model),
      data_(data),
      bias_(shift.begin(), shift.end()),
      subjects_(row_major(model.subjects.data(), model.n_subjects(), model.dim).transposed()) {
  if (bias_.empty()) {
    bias_ = model.subject_bias;
  } else {
    for (size_t s = 0; s < model.subject_bias.size(); ++s) bias_[s] += model.subject_bias[s];
  }
}

void Scorer::score(std::span<const uint32_t> works, float* scores) const {
  const size_t n = n_subjects();
  const size_t dim = model_.dim;
  if (model_.scored_by_weights()) {
    for (size_t i = 0; i < works.size(); ++i) {
      score_by_weights(model_, data_.interactions.row(works[i]), features_of(data_, works[i]),
                       scores + i * n);
      for (size_t s = 0; s < bias_.size(); ++s) scores[i * n + s] += bias_[s];
    }
    return;
  }
  std::fill(scores, scores + works.size() * n, 0.0f);
  std::vector<float> rows(works.size() * dim);
  for (size_t i = 0; i < works.size(); ++i) {
    std::copy_n(model_.works.data() + works[i] * dim, dim, rows.data() + i * dim);
  }
  multiply_add(1, row_major(rows.data(), works.size(), dim), subjects_, scores, n);
  for (size_t i = 0; i < works.size(); ++i) {
    float* row = scores + i * n;
    for (size_t s = 0; s < bias_.size(); ++s) row[s] += bias_[s];
    for (size_t s = 0; s < n; ++s) {
      if (row[s] != row[s]) row[s] = -std::numeric_limits<float>::infinity();
    }
  }
}

}  // namespace subjrec
