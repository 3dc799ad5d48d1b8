// The ways to embed a work that training has not seen; each is an algorithm's Encoder
// (core/model/model_kind.h). The model must outlive what is made.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/model/model.h"
#include "core/model/model_kind.h"

namespace subjrec {

/// The most probable embedding for one row: binary cross-entropy over all subjects, with the N(m,
/// 1) of initial embeddings as its prior, by Newton's method; m is prior_mean(). With no subject it
/// is m.
std::unique_ptr<Encoder> most_probable_encoder(const Model& model);

/// What features and prior vector add to an embedding (ModelKind::features_are_added): the rows of
/// the features by their weights, whose squares are scaled to add up to 1, and the mapped vector
/// (model.vector_dim() values, or none). dim values.
std::vector<float> prior_mean(const Model& model, std::span<const WeightedFeature> features,
                              std::span<const float> vector);

/// "composed": the inputs of what the work has, added up as in training
/// (core/model/composed_encoder.h).
std::unique_ptr<Encoder> composed_encoder(const Model& model);

/// "ials": the exact solution for one row, given all columns (core/model/least_squares.h).
std::unique_ptr<Encoder> least_squares_encoder(const Model& model);

/// "ease": the item weights of what the work has, in the space of the embeddings.
std::unique_ptr<Encoder> item_weights_encoder(const Model& model);

/// "popularity" and "neighbours", which embed nothing: a single zero.
std::unique_ptr<Encoder> zero_encoder(const Model& model);

}  // namespace subjrec
