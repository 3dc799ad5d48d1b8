// Works that training has not seen: their vectors and scores from what is known of them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/model/blend.h"
#include "core/model/model.h"
#include "core/model/train_data.h"

namespace subjrec {

/// Prepares a model once, for any number of works and threads: its ModelKind's Encoder
/// (core/model/encoders.h) behind checks of what it is given. Keeps a reference to the model, which
/// must outlive it and needs no works.
///
/// A work of which nothing is known has a vector of zeros: its scores are the biases, or all equal.
class FoldIn {
 public:
  /// `blend` is of the same model, where scores need the catalogue; it must outlive what is built.
  static Result<FoldIn> build(const Model& model, Monitor& monitor, const Blend* blend = nullptr);

  /// dim values. Code::kInvalid where a number is not one of the model's subjects or features.
  /// `prior` is the work's prior vector (model.vector_dim() values) or none; where the model was
  /// trained without, a vector is Code::kInvalid.
  Result<std::vector<float>> vector(const SubjectRow& subjects,
                                    std::span<const WeightedFeature> features, Monitor& monitor,
                                    std::span<const float> prior = {}) const;

  /// The vectors of `works`, rows of `data`, each put in its row of `matrix` (works x dim).
  Status vectors(const TrainData& data, std::span<const uint32_t> works, ThreadTeam& team,
                 Monitor& monitor, std::span<float> matrix) const;

  /// The scores of all subjects, n_subjects() values: of the vector, of the item weights, or of the
  /// blend, in which `self` is the number of the work that is not to vote for itself.
  Status scores(const SubjectRow& subjects, std::span<const WeightedFeature> features,
                std::span<float> scores, Monitor& monitor,
                uint32_t self = WorkNeighbors::kNone) const;
  /// One of these scores, with the same bytes.
  Result<float> score(const SubjectRow& subjects, std::span<const WeightedFeature> features,
                      uint32_t subject, uint32_t self, Monitor& monitor) const;

 private:
  explicit FoldIn(const Model& model) : model_(&model), encoder_(model.kind->encoder(model)) {}
  Status check(std::span<const uint32_t> subjects, std::span<const WeightedFeature> features) const;
  size_t n_features() const;  // that the model knows

  const Model* model_;
  const Blend* blend_ = nullptr;
  std::shared_ptr<const Encoder> encoder_;
};

/// Puts the vectors that fold-in gives for all works of `data` into the model, where that is what
/// its works are (ModelKind::works_are_encoded).
Status fold_in_works(const TrainData& data, ThreadTeam& team, Monitor& monitor, Model* model);

/// FoldIn for a single work.
Result<std::vector<float>> fold_in(const Model& model, const SubjectRow& subjects,
                                   std::span<const WeightedFeature> features, Monitor& monitor,
                                   std::span<const float> prior = {});

}  // namespace subjrec
