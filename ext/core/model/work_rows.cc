#include "core/model/work_rows.h"

#include <algorithm>

#include "core/model/composed_encoder.h"
#include "core/model/item_weights.h"

namespace subjrec {

std::span<const float> WorkRows::row(size_t w, std::vector<float>* scratch) const {
  if (!model_.computes_works()) return {model_.works.data() + w * model_.dim, model_.dim};
  scratch->resize(model_.dim);
  copy_row(w, scratch->data());
  return *scratch;
}

void WorkRows::copy_row(size_t w, float* out) const {
  if (!model_.computes_works()) {
    std::copy_n(model_.works.data() + w * model_.dim, model_.dim, out);
    return;
  }
  std::vector<WeightedFeature> features;
  if (!model_.feature_inputs.empty()) features = features_of(data_, w);
  std::span<const float> vector;
  if (model_.vector_dim() > 0 && data_.work_vectors.has(w)) {
    vector = {data_.work_vectors.row(w), data_.work_vectors.dim};
  }
  compose_row(model_, data_.interactions.row(w), features, vector, out);
}

}  // namespace subjrec
