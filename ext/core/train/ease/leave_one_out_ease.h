// Leave-one-out scores of "ease" in closed form: what a work would score had a pair of it, or the
// whole work, been kept out of training.
//
// With P = (X'X + regularization I)^-1 and a row x of X, taking the row away is a rank-one update
// (Sherman and Morrison 1950): P' = P + P x x' P / (1 - x'P x). For what is then shown of the work,
// z, subject s scores S = -(P'z)_s / P'_ss. Where the work stays in training with z alone, whose
// answer for s is 0, the score becomes S / (1 + g) with g = z'P'z - (P'z)_s^2 / P'_ss (the leverage
// of z in the regression of s on the others). Both are those of a model that is trained again.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/data/interactions.h"

namespace subjrec {

/// One row of X at a time. Keeps references to what it is given.
class LeaveOneOutEase {
 public:
  /// `rows` is X, subjects before features. `weights` is what training makes of P, features before
  /// subjects: row i, column s is P[i][s] * scale[s], 0 for s itself, and scale[s] = -1 / P[s][s].
  LeaveOneOutEase(const SparseRows& rows, size_t n_subjects, std::span<const float> weights,
                  std::span<const float> scale)
      : rows_(rows), n_subjects_(n_subjects), weights_(weights), scale_(scale) {}

  /// Turns to row `row`; `feature_norm` is f'P f, where f is its features.
  void start(size_t row, double feature_norm);

  /// For each subject the score without the pair (row, hidden), less the one that the trained
  /// weights give to the same row without `hidden`. What the row carries beside it means nothing.
  void without_pair(uint32_t hidden, std::span<double> change) const;
  /// For each subject the score by the features alone without the row, less the one that the
  /// trained weights give to the features.
  void without_subjects(std::span<double> change) const;

 private:
  /// P[subject i][s].
  double inverse(uint32_t i, size_t s) const {
    const double diagonal = -1 / double{scale_[s]};
    if (i == s) return diagonal;
    const size_t n_features = rows_.n_columns - n_subjects_;
    return -double{weights_[(n_features + i) * n_subjects_ + s]} * diagonal;
  }

  /// Of the row in the column of a subject that it carries.
  double value_of(uint32_t subject) const;

  const SparseRows& rows_;
  size_t n_subjects_;
  std::span<const float> weights_;
  std::span<const float> scale_;
  size_t row_ = 0;
  std::vector<double> of_subjects_;  // P t, t the row's subjects
  std::vector<double> of_features_;  // P f
  double all_ = 0;                   // x'P x
  double features_and_all_ = 0;      // f'P x
};

}  // namespace subjrec
