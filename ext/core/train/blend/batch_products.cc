#include "core/train/blend/batch_products.h"

#include <algorithm>

#include "core/model/composed_encoder.h"
#include "core/model/item_weights.h"

namespace subjrec {
namespace {

constexpr size_t kGroup = 8192;  // subjects that are multiplied between two looks at the monitor

}  // namespace

Result<std::vector<float>> embed_shown(const Model& model, const TrainData& data,
                                       const KeptOutWork& work) {
  std::span<const float> prior;
  if (!data.work_vectors.empty()) {
    prior = {data.work_vectors.row(work.work), data.work_vectors.dim};
  }
  return compose(model, work.shown, features_of(data, work.work), prior);
}

BatchProducts::BatchProducts(const Model& model, const TrainData& data)
    : model_(model), data_(data) {
  const size_t n = model.n_subjects();
  const MatrixView subjects = row_major(model.subjects.data(), n, model.dim);
  for (size_t begin = 0; begin < n; begin += kGroup) {
    const size_t count = std::min(kGroup, n - begin);
    groups_.emplace_back(subjects.block(begin, 0, count, model.dim).transposed());
  }
}

Status BatchProducts::multiply(std::span<const KeptOutWork> works, float scale,
                               std::vector<float>* products, Monitor& monitor) const {
  const size_t dim = model_.dim;
  const size_t n = model_.n_subjects();
  std::vector<float> vectors;
  for (const KeptOutWork& work : works) {
    SUBJREC_ASSIGN(const std::vector<float> vector, embed_shown(model_, data_, work));
    for (const float x : vector) vectors.push_back(scale * x);
  }
  products->assign(works.size() * n, 0.0f);
  const MatrixView rows = row_major(vectors.data(), works.size(), dim);
  for (size_t g = 0; g < groups_.size(); ++g) {
    if (monitor.stop()) return Status::interrupted();
    multiply_add(1, rows, groups_[g], products->data() + g * kGroup, n);
  }
  return {};
}

}  // namespace subjrec
