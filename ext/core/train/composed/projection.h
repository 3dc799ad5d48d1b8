// A trained linear map from prior vectors to embeddings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/data/pretrained_vectors.h"
#include "core/linalg/gemm.h"
#include "core/train/optim/sparse_adam.h"

namespace subjrec {

/// `map` has vectors.dim rows of `stride` floats: what each dimension of a vector adds to an
/// embedding. All sums run in the order of dimensions, or of rows.
class Projection {
 public:
  /// Keeps a reference to the vectors.
  Projection(const PretrainedVectors& vectors, size_t stride)
      : vectors_(vectors), map_(vectors.dim, stride), scale_(vectors.unit_scale()) {}

  bool empty() const { return vectors_.empty(); }
  const PretrainedVectors& vectors() const { return vectors_; }
  /// What the vectors are multiplied with before they are mapped.
  float scale() const { return scale_; }
  const SparseAdam& map() const { return map_; }
  SparseAdam& map() { return map_; }

  Status initialise(const Start& start, ThreadTeam& team, Monitor& monitor);

  /// Lays out the map as it stands, for add_to().
  void pack();
  /// Row i of `target` (map's stride) += weights[i] * scale * vectors[rows[i]] map. On the calling
  /// thread.
  void add_to(std::span<const uint32_t> rows, std::span<const float> weights, float* target) const;

  /// One step of Adam, given the gradients of those rows of the target.
  Status update(std::span<const uint32_t> rows, std::span<const float> weights,
                const float* gradients, const RowStep& step, ThreadTeam& team, Monitor& monitor);

 private:
  void gather(std::span<const uint32_t> rows, std::span<const float> weights, float* out) const;

  const PretrainedVectors& vectors_;
  SparseAdam map_;
  float scale_;
  std::optional<PackedMatrix> packed_;
  std::vector<float> gathered_;
};

}  // namespace subjrec
