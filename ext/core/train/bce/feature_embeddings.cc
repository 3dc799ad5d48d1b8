#include "core/train/bce/feature_embeddings_impl.h"

namespace subjrec {

Terms feature_terms(const SparseRows& features, std::span<const uint32_t> ids) {
  Terms terms;
  for (const uint32_t id : ids) {
    if (features.empty()) {
      terms.end_row();
      continue;
    }
    for (size_t e = features.offsets[id]; e < features.offsets[id + 1]; ++e) {
      terms.add(features.columns[e], features.weights[e]);
    }
    terms.end_unit_row();
  }
  return terms;
}

template class FeatureEmbeddings<float>;

}  // namespace subjrec
