// A trained model as bytes: everything but the works, and what their embeddings are made by.
#pragma once

#include <cstddef>

#include "core/model/model.h"
#include "core/train/distributed/byte_stream.h"

namespace subjrec {

void write_model(const Model& model, ByteWriter* out);
/// A model that is not one of this many subjects and features fails the reader.
void read_model(size_t n_subjects, size_t n_features, ByteReader* in, Model* model);

}  // namespace subjrec
