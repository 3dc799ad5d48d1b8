// The ways to embed a work that training has not seen; each is an algorithm's Encoder
// (core/model/model_kind.h). The model must outlive what is made.
#pragma once

#include <memory>

#include "core/model/model.h"
#include "core/model/model_kind.h"

namespace subjrec {

/// The most probable embedding for one row: binary cross-entropy over all subjects, with the N(0,
/// 1) of initial embeddings as its prior, by Newton's method. Features are left out, since models
/// of free embeddings know none.
std::unique_ptr<Encoder> most_probable_encoder(const Model& model);

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
