#include "core/serve/bag_scores.h"

#include <algorithm>

namespace subjrec {

void score_bag(const Model& model, std::span<const uint32_t> subjects,
               std::span<const WeightedFeature> features, float* scores) {
  const SparseRows& b = model.weights;
  std::fill(scores, scores + b.n_columns, 0.0f);
  const auto add = [&](size_t row, float weight) {
    for (size_t e = b.offsets[row]; e < b.offsets[row + 1]; ++e) {
      scores[b.columns[e]] += weight * b.weights[e];
    }
  };
  for (const uint32_t s : subjects) add(s, 1);
  for (const WeightedFeature& f : features) add(b.n_columns + f.feature, f.weight);
}

std::vector<WeightedFeature> features_of(const TrainData& data, size_t w) {
  std::vector<WeightedFeature> features;
  const SparseRows& rows = data.work_features;
  if (rows.empty()) return features;
  for (size_t e = rows.offsets[w]; e < rows.offsets[w + 1]; ++e) {
    features.push_back({rows.columns[e], rows.weights[e]});
  }
  return features;
}

}  // namespace subjrec
