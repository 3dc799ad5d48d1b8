// The target interaction matrix Y, works x subjects, binary and sparse.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"

namespace subjrec {

/// Compressed sparse rows. Works and subjects are positions 0..n-1 in the order of their ids;
/// a work's subjects ascend and are distinct. Every work has at least one subject when it
/// comes from training data; a held-out set may have empty rows.
struct Interactions {
  size_t n_works = 0;
  size_t n_subjects = 0;
  std::vector<uint64_t> offsets;   // n_works + 1; row w is subjects[offsets[w] .. offsets[w + 1])
  std::vector<uint32_t> subjects;  // nnz

  size_t nnz() const { return subjects.size(); }
  std::span<const uint32_t> row(size_t w) const {
    return {subjects.data() + offsets[w], static_cast<size_t>(offsets[w + 1] - offsets[w])};
  }
  /// How many works carry each subject; n_subjects values.
  std::vector<uint32_t> subject_counts() const;
  /// log of each subject's share of all pairs, with one pair more for each; n_subjects values.
  std::vector<float> log_popularity() const;
  /// subjects x works: the same matrix by columns.
  Interactions transposed() const;
};

/// Interactions::log_popularity() of `pairs` pairs, of which subject s is in counts[s].
std::vector<float> log_popularity_of(const std::vector<uint32_t>& counts, uint64_t pairs);

/// Rows from (work, subject) pairs in any order; `duplicates` counts the repeats that were dropped.
Result<Interactions> make_interactions(std::vector<std::pair<uint32_t, uint32_t>> pairs,
                                       size_t n_works, size_t n_subjects, Monitor& monitor,
                                       size_t* duplicates = nullptr);
/// The same where nobody waits.
Interactions make_interactions(std::vector<std::pair<uint32_t, uint32_t>> pairs, size_t n_works,
                               size_t n_subjects);

/// Sparse rows with weights: the features of works or of subjects. Columns ascend within a row.
struct SparseRows {
  size_t n_rows = 0;
  size_t n_columns = 0;
  std::vector<uint64_t> offsets;  // n_rows + 1
  std::vector<uint32_t> columns;
  std::vector<float> weights;  // as long as columns

  bool empty() const { return columns.empty(); }
};

}  // namespace subjrec
