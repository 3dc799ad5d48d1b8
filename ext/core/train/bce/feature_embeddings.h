// Feature embeddings of the notebook's model: what works, or subjects, of one feature have in
// common (LightFM: Kula 2015). An embedding is a row of its own and, added to it, those of its
// features:
//
//   W_i = own_i + sum over features f of c_if F_f + P' x_i
//
// where the squares of the weights c_i add up to 1, x_i is the prior vector, scaled so that its
// length is 1 in the mean, and P is a trained map. F and P begin as zeros: a training with features
// begins where one without does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/aligned.h"
#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/data/interactions.h"
#include "core/data/pretrained_vectors.h"
#include "core/linalg/sparse_terms.h"
#include "core/train/optim/dense_adam.h"

namespace subjrec {

/// The terms c_if of these rows of `features`, row by row.
Terms feature_terms(const SparseRows& features, std::span<const uint32_t> ids);

/// F and P of one side, under dense Adam. A step: gather(), catch_up_piece() of every piece,
/// add_to(), and, once the gradients of the rows are there, update_piece() of every piece; pieces
/// may be worked on by any threads.
template <class T>
class FeatureEmbeddings {
 public:
  /// Keeps references. Both may be empty.
  FeatureEmbeddings(const SparseRows& features, const PretrainedVectors& vectors, size_t dim,
                    const AdamSchedule& schedule);

  bool empty() const { return features_.empty() && vectors_.empty(); }

  /// The rows of a step, which stay the caller's until it is taken.
  void gather(std::span<const uint32_t> ids);
  size_t pieces() const { return feature_pieces() + pieces_of(vectors_.dim); }
  /// Brings what the rows have to its state after step `t`.
  void catch_up_piece(size_t piece, uint64_t t);
  /// Adds to items begin .. end of `items`, one for each row of the step, what their features have.
  void add_to(size_t begin, size_t end, T* items, DenseLayout layout) const;
  /// Takes step `t`, given the gradients of the rows, times `scale`.
  void update_piece(size_t piece, uint64_t t, const T* gradient, DenseLayout layout, T scale);

  /// As they are after step `t`, row-major: n_features x dim, and vectors.dim x dim for vectors as
  /// they were given. Changes nothing.
  void read(uint64_t t, std::vector<T>* features, std::vector<T>* projection) const;
  /// Adds to all rows of a matrix what read() says that they have.
  Status add_to_all(const std::vector<T>& features, const std::vector<T>& projection,
                    std::vector<T>* matrix, ThreadTeam& team, Monitor& monitor) const;

 private:
  static constexpr size_t kRows = 128;    // features, or dimensions of vectors, in a piece
  static constexpr size_t kItems = 4096;  // rows in a piece of adding to all
  static size_t pieces_of(size_t n) { return (n + kRows - 1) / kRows; }
  /// What row i of `terms`, which is the row `id` of the side, has: of each feature the embedding
  /// that `feature` finds, and of the vector its values, times `scale`, by the rows of `map`.
  template <class Value>
  void sum(const Terms& terms, size_t i, uint32_t id, const Value& feature, const T* map, T scale,
           T* row) const;
  size_t feature_pieces() const { return pieces_of(by_feature_ ? by_feature_->columns.size() : 0); }

  const SparseRows& features_;
  const PretrainedVectors& vectors_;
  size_t dim_;
  T scale_;  // of the vectors
  LazyDenseAdam<T> table_;
  LazyDenseAdam<T> map_;
  std::vector<uint32_t> dimensions_;  // of the vectors: 0, 1, ...

  std::span<const uint32_t> ids_;
  Terms terms_;
  Transposer transposer_;
  const ColumnTerms* by_feature_ = nullptr;
  std::vector<uint32_t> place_;  // of each feature among those of the step
  AlignedVector<T> values_;      // of these, row-major, and their gradients
  AlignedVector<T> gradient_;
  AlignedVector<T> map_values_;
  AlignedVector<T> map_gradient_;
};

extern template class FeatureEmbeddings<float>;

}  // namespace subjrec
