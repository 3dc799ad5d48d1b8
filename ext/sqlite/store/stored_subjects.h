// rec_works.subjects: the positions of a work's subjects and, in a model of format version 2, their
// weights behind them (STORAGE.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/data/interactions.h"
#include "core/model/model.h"
#include "sqlite/store/model_name.h"

namespace subjrec {

/// Whether a model with these pairs is stored with weights.
inline bool stores_weights(const Model& model, const Interactions& y) {
  return model.kind->weighs_subjects && y.weighted();
}

/// Positions and as many float32, all as 32-bit words.
std::vector<uint32_t> stored_subjects(const SubjectRow& row);

/// The same read: positions that ascend below `below`, and weights, or none. Other bytes are the
/// error that names the row.
Status read_subjects(std::string_view who, const ModelName& name, const std::string& row,
                     std::string_view blob, size_t below, bool weighted,
                     std::vector<uint32_t>* positions, std::vector<float>* weights);

}  // namespace subjrec
