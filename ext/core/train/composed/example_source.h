// The inputs of a work: what is known of it, and with what weight it enters the work's vector.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "core/model/composed_encoder.h"
#include "core/train/calibration_set.h"
#include "core/train/trainer.h"

namespace subjrec {

/// Examples for training: each work hides one of its subjects (drawn in proportion to their
/// weights, where they have any), and what is left of its inputs, after dropout, is what the hidden
/// one is predicted from. A share of options.bare of the examples that have features or a prior
/// vector shows these alone, so that training knows the cold start, too. Inputs are numbered
/// subjects first, then features.
class ExampleSource {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};

  ExampleSource(const TrainData& data, const TrainOptions& options);
  /// Of a shard, where what is kept out, and on how many works each feature is, follow from the
  /// whole catalogue.
  ExampleSource(const TrainData& data, const TrainOptions& options, CalibrationSet kept_out,
                std::span<const uint64_t> feature_works);

  /// Works that can hide a subject and still have an input.
  const std::vector<uint32_t>& works() const { return works_; }
  /// Appends the example of `work` in `epoch`; returns the hidden subject. It depends on seed,
  /// epoch and work alone; with options.shards on the id of the work, and not on its position.
  uint32_t draw(uint32_t work, int epoch, EncoderInputs* work_inputs) const;
  /// What is kept out of training altogether, for calibration.
  const std::vector<CalibrationPair>& calibration_pairs() const { return calibration_.pairs; }
  const std::vector<uint32_t>& cold_works() const { return calibration_.cold_works; }
  /// Appends the inputs of `work` without `hidden`, and without dropout. kNone hides nothing.
  void inputs_without(uint32_t work, uint32_t hidden, EncoderInputs* work_inputs) const;
  /// Appends the inputs of `work` without any subject, and without dropout.
  void bare_inputs(uint32_t work, EncoderInputs* work_inputs) const;
  size_t n_inputs() const;
  /// False for a feature on fewer works than options.min_feature_works: it is no input.
  bool used(size_t input) const;

 private:
  template <class Counts>
  void find_used_features(const Counts& works);
  void find_works();
  bool has_features(size_t work) const;
  bool known_without(size_t work) const { return has_vector_[work] || has_features(work); }
  uint32_t draw_hidden(uint32_t work, Random* random) const;
  static void end_inputs(bool vector, EncoderInputs* work_inputs);
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
  CalibrationSet calibration_;
  std::vector<uint32_t> calibration_subject_;  // by work; kNone for most
};

}  // namespace subjrec
