// What training makes and serving reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/data/interactions.h"

namespace subjrec {

/// score(w, s) = works[w] . subjects[s] + subject_bias[s], summed in float32 from the first
/// dimension to the last. Matrices are row-major float32.
struct Model {
  std::string algorithm;
  size_t dim = 0;
  std::vector<float> works;         // n_works x dim
  std::vector<float> subjects;      // n_subjects x dim
  std::vector<float> subject_bias;  // n_subjects, or empty for none

  /// Composed works: the vector that a subject, or a feature, adds to the bag of a work. Empty for
  /// other algorithms.
  std::vector<float> subject_inputs;  // n_subjects x dim
  std::vector<float> feature_inputs;  // n_features x dim

  /// probability = 1 / (1 + exp(-(slope * score + intercept))).
  double probability_slope = 1;
  double probability_intercept = 0;

  size_t n_works() const { return dim == 0 ? 0 : works.size() / dim; }
  size_t n_subjects() const { return dim == 0 ? 0 : subjects.size() / dim; }
};

/// One number that training recorded. Steps count batches from 1 over the whole run; epochs count
/// from 1. A batch's loss has metric "batch_loss"; an epoch's mean loss has metric "loss" and the
/// step of its last batch, and so have validation metrics ("recall@10", ...).
struct HistoryRow {
  int64_t step = 0;
  int64_t epoch = 0;
  std::string metric;
  double value = 0;
};

}  // namespace subjrec
