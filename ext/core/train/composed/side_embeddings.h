// What subjects have in common with each other: the trained vectors of their features, and a
// trained map of their prior vectors. Added to the part that a subject has for itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/linalg/sparse_terms.h"
#include "core/train/composed/projection.h"
#include "core/train/trainer.h"

namespace subjrec {

/// The features that two subjects or more have, with weights whose squares add up to 1 for each
/// subject. A feature of one subject alone would say nothing that its own part does not say.
SparseRows shared_features(const SparseRows& features);

class SideEmbeddings {
 public:
  /// Keeps references. Rows below `subjects` have shared parts, others none.
  SideEmbeddings(const SparseRows& features, const PretrainedVectors& vectors, size_t n_subjects,
                 size_t stride);

  bool empty() const { return features_.empty() && projection_.empty(); }

  Status initialise(Start start, ThreadTeam& team, Monitor& monitor);

  /// Makes ready for compose(), once a step.
  void pack() { projection_.pack(); }
  /// Row i of `target` (stride floats) = own[rows[i]] + the shared parts of row rows[i]. On the
  /// calling thread.
  void compose(const SparseAdam& own, std::span<const uint32_t> rows, float* target) const;

  /// One step of Adam, given the gradients of these rows, one after the other.
  Status update(std::span<const uint32_t> rows, const std::vector<float>& gradients,
                const RowStep& step, ThreadTeam& team, Monitor& monitor);

  const SparseAdam& feature_table() const { return table_; }
  SparseAdam& feature_table() { return table_; }
  Projection& projection() { return projection_; }

 private:
  const SparseRows& features_;
  size_t n_subjects_;
  SparseAdam table_;  // by feature
  Projection projection_;
  Transposer transposer_;
};

}  // namespace subjrec
