// The bag of a work: what is known of it, and with what weight it enters the work's vector.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/random.h"
#include "core/train/reserved_pairs.h"
#include "core/train/trainer.h"

namespace subjrec {

/// Sums of rows of a table: row r is the sum over e in [offsets[r], offsets[r + 1]) of
/// coefficient[e] * table[index[e]].
struct Terms {
  std::vector<size_t> offsets{0};
  std::vector<uint32_t> index;
  std::vector<float> coefficient;

  size_t rows() const { return offsets.size() - 1; }
  size_t size(size_t r) const { return offsets[r + 1] - offsets[r]; }
  void add(uint32_t i, float c) {
    index.push_back(i);
    coefficient.push_back(c);
  }
  void end_row() { offsets.push_back(index.size()); }
  void clear();
};

/// The same terms by column. Only columns that occur are listed, in the order of their first term;
/// within a column the terms ascend by row.
struct ColumnTerms {
  std::vector<uint32_t> columns;
  std::vector<size_t> offsets;  // columns.size() + 1
  std::vector<uint32_t> row;
  std::vector<float> coefficient;
};

/// Turns Terms into ColumnTerms again and again, in time that does not depend on the width.
class Transposer {
 public:
  explicit Transposer(size_t n_columns) : place_(n_columns, 0) {}
  /// `blocks` are consecutive rows, numbered through from 0. With `all`, every column is listed, in
  /// its order, whether it has terms or not.
  const ColumnTerms& transpose(std::span<const Terms> blocks, bool all);

 private:
  std::vector<size_t> place_;  // zero between calls
  ColumnTerms result_;
};

/// A feature counts half of what a subject does: there are more of them, and each says less.
inline constexpr float kFeatureWeight = 0.5f;

/// A prior vector counts as much as a subject.
inline constexpr float kVectorWeight = 1.0f;

/// Bags, and beside each the coefficient of the work's mapped prior vector, 0 where it has none.
struct Bags : Terms {
  std::vector<float> vector_coefficient;
};

/// Ends the row that `terms` has begun: divides its coefficients by the root of their sum of
/// squares (for weights of one: the root of their number), to which `more` squares are added.
/// Returns the factor.
float end_normalized_row(Terms* terms, double more = 0);

/// Examples for training: each work hides one of its subjects, and what is left of its bag, after
/// dropout, is what the hidden one is predicted from. Inputs are numbered subjects first, then
/// features.
class ExampleSource {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};

  ExampleSource(const TrainData& data, const TrainOptions& options);

  /// Works that can hide a subject and still have something in the bag.
  const std::vector<uint32_t>& works() const { return works_; }
  /// Appends the example of `work` in `epoch`; returns the hidden subject. It depends on seed,
  /// epoch and work alone.
  uint32_t draw(uint32_t work, int epoch, Bags* bags) const;
  /// What is kept out of training altogether, for calibration.
  const std::vector<ReservedPair>& reserved() const { return reserved_; }
  /// Appends the bag of `work` without `hidden`, and without dropout. kNone hides nothing.
  void bag_without(uint32_t work, uint32_t hidden, Bags* bags) const;
  size_t n_inputs() const;
  /// False for a feature on fewer works than options.min_feature_works: it is in no bag.
  bool used(size_t input) const;

 private:
  void find_used_features();
  bool has_features(size_t work) const;
  static void end_bag(bool vector, Bags* bags);
  template <class Keep>
  void add_features(uint32_t work, Terms* terms, Keep keep) const {
    const SparseRows& features = data_.work_features;
    if (features.empty()) return;
    const auto first = static_cast<uint32_t>(data_.interactions.n_subjects);
    for (size_t e = features.offsets[work]; e < features.offsets[work + 1]; ++e) {
      const uint32_t f = features.columns[e];
      if (used_[f] && keep()) terms->add(first + f, kFeatureWeight * features.weights[e]);
    }
  }

  const TrainData& data_;
  TrainOptions options_;
  std::vector<bool> used_;        // by feature
  std::vector<bool> has_vector_;  // by work
  std::vector<uint32_t> works_;
  std::vector<ReservedPair> reserved_;
  std::vector<uint32_t> reserved_of_;  // by work; kNone for most
};

}  // namespace subjrec
