// Which of the subjects that works carry their other subjects and features speak against.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/model/fold_in.h"
#include "core/model/train_data.h"

namespace subjrec {

/// A subject that a work carries, and what it scores on that work.
struct Outlier {
  uint32_t work = 0;
  uint32_t subject = 0;
  float score = 0;
  bool operator==(const Outlier&) const = default;
};

/// Scores pairs of a catalogue as if the pair were not there: a subject's own presence in its work
/// would speak for it. What is left of the work is folded in (core/model/fold_in.h) for every pair,
/// so the score is the one that the subject gets as a suggestion for a work with the others.
///
/// Keeps references: the model, its fold-in and the data must outlive it.
class LeaveOneOutScorer {
 public:
  /// `first` is the number in the model's catalogue of the first work of `data`.
  LeaveOneOutScorer(const Model& model, const FoldIn& fold_in, const TrainData& data,
                    uint32_t first = 0)
      : model_(model), fold_in_(fold_in), data_(data), first_(first) {}

  /// The `k` pairs with the least score + shift[subject] (no shift: none), the least first, then by
  /// work and subject. Pairs of a work about which nothing else is known have no score and are left
  /// out; a feature that training left out is not known. The same for any number of threads.
  Result<std::vector<Outlier>> least(size_t k, std::span<const float> shift, ThreadTeam& team,
                                     Monitor& monitor) const;

  /// Where the subject stands, from 1, among all but the work's other subjects: higher score +
  /// shift first, then lower position.
  Result<size_t> rank(uint32_t work, uint32_t subject, std::span<const float> shift,
                      Monitor& monitor) const;

 private:
  bool knows(const WeightedFeature& feature) const;
  Status score_work(uint32_t work, Monitor& monitor, std::vector<Outlier>* out) const;

  const Model& model_;
  const FoldIn& fold_in_;
  const TrainData& data_;
  uint32_t first_;
};

}  // namespace subjrec
