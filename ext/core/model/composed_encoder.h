// The encoder of "composed": a work's embedding from the input embeddings of what is known of it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "core/linalg/sparse_terms.h"
#include "core/model/model.h"

namespace subjrec {

/// A feature counts half of what a subject does: there are more of them, and each says less.
inline constexpr float kFeatureWeight = 0.5f;

/// A prior vector counts as much as a subject.
inline constexpr float kVectorWeight = 1.0f;

/// EncoderInputs, and beside each the coefficient of the work's mapped prior vector, 0 where it has
/// none.
struct EncoderInputs : Terms {
  std::vector<float> vector_coefficient;

  void clear();
  /// Puts the rows of `more` behind these.
  void append(const EncoderInputs& more);
};

/// Ends the row that `terms` has begun: divides its coefficients by the root of their sum of
/// squares (for weights of one: the root of their number), to which `more` squares are added.
/// Returns the factor.
float end_normalized_row(Terms* terms, double more = 0);

/// What composes a work: inputs by number (features come after the subjects), and the mapped prior
/// vector, where there is one. Features too rare to be trained do not count. Numbers are below the
/// model's.
EncoderInputs encoder_inputs(const Model& model, std::span<const uint32_t> subjects,
                             std::span<const WeightedFeature> features, bool vector);

/// compose() of what is known to be the model's, into `out`: dim values.
void compose_row(const Model& model, std::span<const uint32_t> subjects,
                 std::span<const WeightedFeature> features, std::span<const float> vector,
                 float* out);

/// The vector of a work from its subjects, features and prior vector (vector_dim() values, or none;
/// zeros are none); dim values, all zero without any (then the score is the subject's bias
/// alone). Code::kInvalid where the model is not composed, a number is not one of its subjects or
/// features, or the vector has another length.
Result<std::vector<float>> compose(const Model& model, std::span<const uint32_t> subjects,
                                   std::span<const WeightedFeature> features,
                                   std::span<const float> vector = {});

}  // namespace subjrec
