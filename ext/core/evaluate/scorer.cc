#include "core/evaluate/scorer.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "core/model/item_weights.h"
#include "core/model/work_rows.h"

namespace subjrec {

Scorer::Scorer(const Model& model, const TrainData& data, std::span<const float> shift,
               const Blend* blend)
    : model_(model),
      data_(data),
      blend_(blend),
      bias_(shift.begin(), shift.end()),
      subjects_(row_major(model.subjects.data(), model.n_subjects(), model.dim).transposed()) {
  if (blend != nullptr) return;  // which has the bias
  if (bias_.empty()) {
    bias_ = model.subject_bias;
  } else {
    for (size_t s = 0; s < model.subject_bias.size(); ++s) bias_[s] += model.subject_bias[s];
  }
}

void Scorer::score(std::span<const uint32_t> works, float* scores) const {
  const size_t n = n_subjects();
  const size_t dim = model_.dim;
  if (blend_ != nullptr) return score_blended(works, scores);
  if (model_.scored_by_weights()) {
    for (size_t i = 0; i < works.size(); ++i) {
      score_by_weights(model_, data_.interactions.weighted_row(works[i]),
                       features_of(data_, works[i]), scores + i * n);
      for (size_t s = 0; s < bias_.size(); ++s) scores[i * n + s] += bias_[s];
    }
    return;
  }
  std::fill(scores, scores + works.size() * n, 0.0f);
  std::vector<float> rows(works.size() * dim);
  const WorkRows embeddings(model_, data_);
  for (size_t i = 0; i < works.size(); ++i) embeddings.copy_row(works[i], rows.data() + i * dim);
  multiply_add(1, row_major(rows.data(), works.size(), dim), subjects_, scores, n);
  for (size_t i = 0; i < works.size(); ++i) {
    float* row = scores + i * n;
    for (size_t s = 0; s < bias_.size(); ++s) row[s] += bias_[s];
    for (size_t s = 0; s < n; ++s) {
      if (row[s] != row[s]) row[s] = -std::numeric_limits<float>::infinity();
    }
  }
}

void Scorer::score_blended(std::span<const uint32_t> works, float* scores) const {
  thread_local BoostScratch scratch;
  const size_t n = n_subjects();
  std::fill(scores, scores + works.size() * n, 0.0f);
  std::vector<float> rows;
  std::vector<Boost> boosts;
  if (model_.blend) {
    const WorkRows embeddings(model_, data_);
    std::vector<float> embedding;
    for (const uint32_t w : works) {
      const std::vector<float> query =
          blend_->query({embeddings.row(w, &embedding), data_.interactions.weighted_row(w), {}, w});
      rows.insert(rows.end(), query.begin(), query.end());
    }
    multiply_add(1, row_major(rows.data(), works.size(), model_.dim), subjects_, scores, n);
  }
  for (size_t i = 0; i < works.size(); ++i) {
    float* row = scores + i * n;
    const std::vector<WeightedFeature> features = features_of(data_, works[i]);
    const BlendedWork work{
        {}, data_.interactions.weighted_row(works[i]), features, works[i]};  // the rest is added
    const std::span<const float> bias = blend_->bias(work.subjects.empty());
    for (size_t s = 0; s < bias.size(); ++s) row[s] += bias[s];
    blend_->boosts(work, &scratch, &boosts);
    for (const Boost& b : boosts) row[b.subject] += b.value;
    for (size_t s = 0; s < bias_.size(); ++s) row[s] += bias_[s];
    for (size_t s = 0; s < n; ++s) {
      if (row[s] != row[s]) row[s] = -std::numeric_limits<float>::infinity();
    }
  }
}

}  // namespace subjrec
