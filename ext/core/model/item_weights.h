// Scores straight from what a work carries, for models that weigh it ("ease").
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "core/model/model.h"
#include "core/model/train_data.h"

namespace subjrec {

/// Rows of Model::weights that are read as they are asked: what is given out stays where it is.
class WeightRows {
 public:
  virtual ~WeightRows() = default;
  struct Row {
    std::span<const uint32_t> subjects;
    std::span<const float> weights;
  };
  /// Of a subject or, after the subjects, a feature.
  virtual Status row(size_t n, Row* out) const = 0;
  virtual bool knows_features() const = 0;
};

/// The scores of score_by_weights() below, with the same bytes.
Status score_by_rows(const WeightRows& rows, const SubjectRow& subjects,
                     std::span<const WeightedFeature> features, std::span<float> scores);

/// scores[s] = sum of the weights of s in the rows of the work's subjects and then of its features,
/// each times the subject's or the feature's weight; summed in float32 in that order. n_subjects()
/// values; numbers are below the model's.
void score_by_weights(const Model& model, const SubjectRow& subjects,
                      std::span<const WeightedFeature> features, float* scores);

/// The same score of one subject alone, with the same bytes.
float score_subject_by_weights(const Model& model, const SubjectRow& subjects,
                               std::span<const WeightedFeature> features, uint32_t subject);

/// The same score of one subject for every work of `data`, with the same bytes.
std::vector<float> score_works_by_weights(const Model& model, const TrainData& data,
                                          uint32_t subject);

/// What training knows of the features of work w.
std::vector<WeightedFeature> features_of(const TrainData& data, size_t w);

}  // namespace subjrec
