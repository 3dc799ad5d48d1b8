// Embeddings of trained works, row by row: those of Model::works or, of a model that leaves them
// out, made of what each work has, with the same bytes.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/model/model.h"
#include "core/model/train_data.h"

namespace subjrec {

/// For any number of threads. Keeps references to both, which must outlive it; `data` is what the
/// model's works have.
class WorkRows {
 public:
  WorkRows(const Model& model, const TrainData& data) : model_(model), data_(data) {}

  /// dim values, in the model or in *scratch.
  std::span<const float> row(size_t w, std::vector<float>* scratch) const;
  /// Puts them in `out`.
  void copy_row(size_t w, float* out) const;

 private:
  const Model& model_;
  const TrainData& data_;
};

}  // namespace subjrec
