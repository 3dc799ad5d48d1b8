// A trained model as bytes: everything but the works, and what their embeddings are made by.
#pragma once

#include <cstddef>

#include "core/model/model.h"
#include "core/train/distributed/byte_stream.h"

namespace subjrec {

/// How its scores become probabilities.
void write_calibration(const Model& model, ByteWriter* out);
void read_calibration(ByteReader* in, Model* model);

void write_model(const Model& model, ByteWriter* out);
/// A model that is not one of this many subjects and features fails the reader.
void read_model(size_t n_subjects, size_t n_features, ByteReader* in, Model* model);

}  // namespace subjrec
