// Works that training has not seen: their vectors and scores from what is known of them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/model/least_squares.h"
#include "core/model/model.h"
#include "core/model/train_data.h"

namespace subjrec {

/// Prepares a model once, for any number of works and threads. Keeps a reference to the model,
/// which must outlive it and needs no works.
///
///   composed   the bag's inputs, added up as in training (core/train/composed/composed_trainer.h)
///   ials       the exact solution for one row, given all columns (core/train/ials/ials_trainer.h)
///   ease       the weights of what the bag holds; the vector is that of the scores in the space of
///              the embeddings
///   bce, and models of other origin: the most probable vector for one row: binary cross-entropy
///              over all subjects, with the N(0, 1) of the initial embeddings as its prior, by
///              Newton's method; features are left out, since these models know none
///
/// An empty bag has a vector of zeros: its scores are the biases, or all equal.
class FoldIn {
 public:
  static Result<FoldIn> build(const Model& model, Monitor& monitor);

  /// dim values. Code::kInvalid where a number is not one of the model's subjects or features.
  /// `prior` is the work's prior vector (model.vector_dim() values) or none; where the model was
  /// trained without, a vector is Code::kInvalid.
  Result<std::vector<float>> vector(std::span<const uint32_t> subjects,
                                    std::span<const WeightedFeature> features, Monitor& monitor,
                                    std::span<const float> prior = {}) const;

  /// The vectors of `works`, rows of `data`, each put in its row of `matrix` (works x dim).
  Status vectors(const TrainData& data, std::span<const uint32_t> works, ThreadTeam& team,
                 Monitor& monitor, std::span<float> matrix) const;

  /// The scores of all subjects, n_subjects() values: of the vector, or for "ease" of the bag.
  Status scores(std::span<const uint32_t> subjects, std::span<const WeightedFeature> features,
                std::span<float> scores, Monitor& monitor) const;

 private:
  explicit FoldIn(const Model& model) : model_(&model) {}
  Status check(std::span<const uint32_t> subjects, std::span<const WeightedFeature> features) const;
  std::vector<float> least_squares(std::span<const uint32_t> subjects,
                                   std::span<const WeightedFeature> features) const;
  std::vector<float> projected(std::span<const uint32_t> subjects,
                               std::span<const WeightedFeature> features) const;
  Result<std::vector<float>> most_probable(std::span<const uint32_t> subjects,
                                           Monitor& monitor) const;

  const Model* model_;
  std::shared_ptr<const Factors> columns_;  // ials: subjects and features
  LeastSquaresSolver solver_;
  std::vector<double> singular_;  // ease
};

/// FoldIn for a single work.
Result<std::vector<float>> fold_in(const Model& model, std::span<const uint32_t> subjects,
                                   std::span<const WeightedFeature> features, Monitor& monitor,
                                   std::span<const float> prior = {});

}  // namespace subjrec
