// Training that is evaluated as it goes, on rows held out of the same data.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/parallel.h"
#include "core/evaluate/evaluate.h"
#include "core/train/trainer.h"

namespace subjrec {

using TrainerFactory = std::function<Result<std::unique_ptr<Trainer>>(const TrainData& data)>;

/// Pairs to evaluate a training on that are not in its data.
struct HeldOutPairs {
  Interactions pairs;          // in the numbers of the data's works and subjects
  uint64_t unknown_rows = 0;   // further ones, of a work or subject that is not in the data
  uint64_t unknown_works = 0;  // works that have nothing but those
  std::vector<uint32_t> unknown_subjects = {};  // of each work; or none
};

/// Trains on the data without TrainOptions::validation of its pairs (or on all of the data, where
/// what is held out is given), and after each epoch ranks all subjects for the pairs put aside
/// (core/data/split.h). The epoch's history gains recall@10, precision@10,
/// ndcg@10, mrr@10, map@10, f1@5, ndcg, auc, coverage@10 and, where it is a finite number,
/// validation_loss, as defined in core/evaluate/evaluate.h. finished() once `patience` epochs (0:
/// never) have passed without a better TrainOptions::validation_metric, or, for as long as
/// recall@10 has not risen above what a random order would give, without a smaller validation_loss:
/// a metric that is still noise says nothing. model() is the model of the epoch that the metric
/// finds best, the first one of equals (with last_epoch_counts(), of the last), with works folded
/// in from all of their pairs, those that were held out as well (but for "bce", whose works are
/// parameters and stay what was trained). What is held out is the same for every
/// TrainOptions::seed.
///
/// An epoch that leaves embeddings that are not finite is the last one, and is not evaluated.
class ValidatedTrainer : public Trainer {
 public:
  /// `make` is given the data to train on, which lives as long as this trainer.
  static Result<std::unique_ptr<Trainer>> make(const TrainData& data, const TrainOptions& options,
                                               const TrainerFactory& make);
  static Result<std::unique_ptr<Trainer>> make(const TrainData& data, const TrainOptions& options,
                                               HeldOutPairs heldout, const TrainerFactory& make);

  Result<double> run_epoch(std::vector<HistoryRow>* history, Monitor& monitor) override;
  Result<Model> model(Monitor& monitor) override;
  Result<Model> finish(Monitor& monitor) override;
  bool finished() const override;

 private:
  explicit ValidatedTrainer(const TrainOptions& options);
  Status evaluate_epoch(std::vector<HistoryRow>* history, Monitor& monitor);

  TrainOptions options_;
  const TrainData* whole_ = nullptr;  // where some of it is held out
  TrainData data_;
  HeldOutPairs heldout_;
  std::unique_ptr<Trainer> trainer_;
  ThreadTeam team_;
  int64_t epoch_ = 0;
  int64_t best_epoch_ = 0;
  double best_ = 0;
  int64_t above_chance_epoch_ = 0;  // the first one whose recall@10 was above chance; 0: none yet
  int64_t least_loss_epoch_ = 0;
  double least_loss_ = 0;
  Model best_model_;
  bool diverged_ = false;
};

/// Whether the last epoch is taken, and not the best by a metric: the notebook's recipe, as long as
/// it stops nothing early, ends with what its epochs have made.
bool last_epoch_counts(const TrainOptions& options);

/// make_trainer(), within a ValidatedTrainer where `heldout` is given or options.validation > 0.
Result<std::unique_ptr<Trainer>> make_validated_trainer(const TrainData& data,
                                                        const TrainOptions& options,
                                                        const HeldOutPairs* heldout = nullptr);

}  // namespace subjrec
