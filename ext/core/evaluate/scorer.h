// Scores of whole rows of the predicted matrix, many works at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/linalg/gemm.h"
#include "core/model/blend.h"
#include "core/model/model.h"
#include "core/model/train_data.h"

namespace subjrec {

/// Keeps references to the model and the data, which must outlive it. Many threads may use one.
class Scorer {
 public:
  /// `shift`, one number a subject or none, is added to each subject's scores: to its bias where
  /// the model has one (core/retrieval/popularity.h). `blend` is null but for models that need one.
  Scorer(const Model& model, const TrainData& data, std::span<const float> shift = {},
         const Blend* blend = nullptr);

  size_t n_subjects() const { return model_.n_subjects(); }

  /// scores[i * n_subjects() + s] = the model's score of subject s for works[i], with the bytes
  /// that serving gives; a sum that is not a number counts as minus infinity.
  void score(std::span<const uint32_t> works, float* scores) const;

 private:
  void score_blended(std::span<const uint32_t> works, float* scores) const;

  const Model& model_;
  const TrainData& data_;
  const Blend* blend_;
  std::vector<float> bias_;  // n_subjects, or none
  PackedMatrix subjects_;    // dim x n_subjects
};

}  // namespace subjrec
