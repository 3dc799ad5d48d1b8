// Products of a few works' embeddings with all subjects' (blocked matrix product): the subjects are
// read once for all of the works, where a product each reads them once for each.
#pragma once

#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/linalg/gemm.h"
#include "core/model/model.h"
#include "core/model/train_data.h"
#include "core/train/blend/kept_out.h"

namespace subjrec {

/// The vector of a work in `model` with these subjects and all else that `data` knows of it.
Result<std::vector<float>> embed_shown(const Model& model, const TrainData& data,
                                       const KeptOutWork& work);

/// Packs the subjects of `model`; refers to both arguments, which must outlive it.
class BatchProducts {
 public:
  BatchProducts(const Model& model, const TrainData& data);

  /// `products` becomes a row of n_subjects() for each work: (scale x embed_shown) . subject, with
  /// the bytes of Blend::scores() where `scale` is that of its coefficients. Many threads may ask.
  Status multiply(std::span<const KeptOutWork> works, float scale, std::vector<float>* products,
                  Monitor& monitor) const;

 private:
  const Model& model_;
  const TrainData& data_;
  std::vector<PackedMatrix> groups_;  // of kGroup subjects, transposed
};

}  // namespace subjrec
