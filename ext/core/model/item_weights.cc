#include "core/model/item_weights.h"

#include <algorithm>

namespace subjrec {
namespace {

/// What row `row` adds to the score of `subject`.
float weight_of(const SparseRows& b, size_t row, uint32_t subject) {
  const auto begin = b.columns.begin() + static_cast<ptrdiff_t>(b.offsets[row]);
  const auto end = b.columns.begin() + static_cast<ptrdiff_t>(b.offsets[row + 1]);
  const auto found = std::lower_bound(begin, end, subject);
  if (found == end || *found != subject) return 0;
  return b.weights[static_cast<size_t>(found - b.columns.begin())];
}

}  // namespace

Status score_by_rows(const WeightRows& rows, const SubjectRow& subjects,
                     std::span<const WeightedFeature> features, std::span<float> scores) {
  std::fill(scores.begin(), scores.end(), 0.0f);
  const auto add = [&](size_t n, float weight) -> Status {
    WeightRows::Row row;
    SUBJREC_TRY(rows.row(n, &row));
    for (size_t e = 0; e < row.subjects.size(); ++e) {
      scores[row.subjects[e]] += weight * row.weights[e];
    }
    return {};
  };
  for (size_t i = 0; i < subjects.size(); ++i) SUBJREC_TRY(add(subjects[i], subjects.weight(i)));
  if (!rows.knows_features()) return {};
  for (const WeightedFeature& f : features) SUBJREC_TRY(add(scores.size() + f.feature, f.weight));
  return {};
}

void score_by_weights(const Model& model, const SubjectRow& subjects,
                      std::span<const WeightedFeature> features, float* scores) {
  const SparseRows& b = model.weights;
  std::fill(scores, scores + b.n_columns, 0.0f);
  const auto add = [&](size_t row, float weight) {
    for (size_t e = b.offsets[row]; e < b.offsets[row + 1]; ++e) {
      scores[b.columns[e]] += weight * b.weights[e];
    }
  };
  for (size_t i = 0; i < subjects.size(); ++i) add(subjects[i], subjects.weight(i));
  for (const WeightedFeature& f : features) add(b.n_columns + f.feature, f.weight);
}

float score_subject_by_weights(const Model& model, const SubjectRow& subjects,
                               std::span<const WeightedFeature> features, uint32_t subject) {
  const SparseRows& b = model.weights;
  float sum = 0;
  for (size_t i = 0; i < subjects.size(); ++i) {
    sum += subjects.weight(i) * weight_of(b, subjects[i], subject);
  }
  if (b.n_rows == b.n_columns) return sum;  // the model knows no features
  for (const WeightedFeature& f : features) {
    sum += f.weight * weight_of(b, b.n_columns + f.feature, subject);
  }
  return sum;
}

std::vector<float> score_works_by_weights(const Model& model, const TrainData& data,
                                          uint32_t subject) {
  const SparseRows& b = model.weights;
  std::vector<float> of_row(b.n_rows, 0.0f);
  for (size_t row = 0; row < b.n_rows; ++row) {
    of_row[row] = weight_of(b, row, subject);
  }
  std::vector<float> scores(data.interactions.n_works, 0.0f);
  for (size_t w = 0; w < scores.size(); ++w) {
    const SubjectRow row = data.interactions.weighted_row(w);
    for (size_t i = 0; i < row.size(); ++i) scores[w] += row.weight(i) * of_row[row[i]];
    for (const WeightedFeature& f : features_of(data, w)) {
      scores[w] += f.weight * of_row[b.n_columns + f.feature];
    }
  }
  return scores;
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
