// One trial of a hyperparameter search: one training, evaluated on rows held out, whose model is
// not kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/train/validation.h"

namespace subjrec {

/// The epoch that TrainOptions::validation_metric finds best, the first one of equals; with
/// last_epoch_counts(), the last.
struct BestEpoch {
  int64_t epoch = 0;
  double value = 0;            // of that metric
  double loss = 0;             // mean over the epoch's batches
  double validation_loss = 0;  // of the held-out rows; NaN where it is no finite number
  double recall = 0;           // recall@10
  double ndcg = 0;             // ndcg@10
  std::string metrics;         // JSON object: everything that the epoch was evaluated by
};

struct TrialResult {
  int64_t epochs = 0;             // that were trained
  std::optional<BestEpoch> best;  // nothing: no epoch could be evaluated, since training diverged
  /// JSON array of an object for each epoch: epoch, loss, and what it was evaluated by (nothing in
  /// the epoch that diverged). Of a run with more than kMostKept epochs it has every second, or
  /// every fourth, and so on, so that half a megabyte holds the longest.
  std::string history;

  static constexpr int kMostKept = 1000;
};

/// Trains on `data` and evaluates every epoch, on `heldout` or, where that is null, on the share
/// options.validation (above 0) of the data. `options` has been through resolve_options(). The
/// monitor is told of the run's epochs.
Result<TrialResult> run_trial(const TrainData& data, const TrainOptions& options,
                              const HeldOutPairs* heldout, Monitor& monitor);

}  // namespace subjrec
