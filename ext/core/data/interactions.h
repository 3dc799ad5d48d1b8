// The target interaction matrix Y, works x subjects, sparse; its entries are 1, or weights: how
// much each interaction counts (implicit feedback with confidence: Hu, Koren and Volinsky 2008).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"

namespace subjrec {

/// What a pair's weight may be: beyond, sums in float32 would lose the other pairs beside it.
inline constexpr double kLeastWeight = 1e-9;
inline constexpr double kGreatestWeight = 1e4;
/// Whether it may be one; 0 is no pair.
inline bool is_weight(double weight) {
  return weight == 0 || (weight >= kLeastWeight && weight <= kGreatestWeight);
}

/// The subjects of one work with their weights: as many, or none where each is 1. A view.
struct SubjectRow {
  std::span<const uint32_t> positions;
  std::span<const float> weights;

  SubjectRow() = default;
  SubjectRow(std::span<const uint32_t> subjects, std::span<const float> of_subjects = {})
      : positions(subjects), weights(of_subjects) {}
  SubjectRow(const std::vector<uint32_t>& subjects) : positions(subjects) {}

  size_t size() const { return positions.size(); }
  bool empty() const { return positions.empty(); }
  auto begin() const { return positions.begin(); }
  auto end() const { return positions.end(); }
  uint32_t operator[](size_t i) const { return positions[i]; }
  float weight(size_t i) const { return weights.empty() ? 1.0f : weights[i]; }
};

/// What is left of a row without one of its subjects.
struct RowWithout {
  RowWithout(const SubjectRow& all, uint32_t subject);
  SubjectRow row() const { return {subjects, weights}; }

  std::vector<uint32_t> subjects;
  std::vector<float> weights;  // as many, or none
};

/// Compressed sparse rows. Works and subjects are positions 0..n-1 in the order of their ids;
/// a work's subjects ascend and are distinct. Every work has at least one subject when it
/// comes from training data; a held-out set may have empty rows.
struct Interactions {
  size_t n_works = 0;
  size_t n_subjects = 0;
  std::vector<uint64_t> offsets;   // n_works + 1; row w is subjects[offsets[w] .. offsets[w + 1])
  std::vector<uint32_t> subjects;  // nnz
  std::vector<float> weights;      // nnz, finite and above 0; or empty: each is 1

  size_t nnz() const { return subjects.size(); }
  bool weighted() const { return !weights.empty(); }
  float weight(size_t entry) const { return weights.empty() ? 1.0f : weights[entry]; }
  std::span<const uint32_t> row(size_t w) const {
    return {subjects.data() + offsets[w], static_cast<size_t>(offsets[w + 1] - offsets[w])};
  }
  SubjectRow weighted_row(size_t w) const {
    if (weights.empty()) return row(w);
    return {row(w), {weights.data() + offsets[w], row(w).size()}};
  }
  /// Takes over the weights that `whole` has for the same works and subjects, of which these are
  /// some.
  void weigh_as(const Interactions& whole);
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
/// `weights` are as many as the pairs, or none: of a pair that comes again the greatest counts, and
/// where each is 1 there are none.
Result<Interactions> make_interactions(std::vector<std::pair<uint32_t, uint32_t>> pairs,
                                       size_t n_works, size_t n_subjects, Monitor& monitor,
                                       size_t* duplicates = nullptr,
                                       std::vector<float> weights = {});
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
