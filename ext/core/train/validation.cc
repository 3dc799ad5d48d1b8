#include "core/train/validation.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "core/base/release.h"
#include "core/data/split.h"
#include "core/model/fold_in.h"
#include "core/train/metric_direction.h"

namespace subjrec {
namespace {

/// The rows held out are the same for every seed of a training, so that a grid over seeds compares
/// trainings and not rows.
constexpr uint64_t kSplitSeed = 1;
constexpr std::string_view kRecorded[] = {"recall@10", "precision@10", "ndcg@10",
                                          "mrr@10",    "map@10",       "f1@5",
                                          "ndcg",      "auc",          "coverage@10"};

/// Whether recall@10 is three standard errors above that of a random order.
bool above_chance(const Evaluation& evaluation, size_t n_subjects) {
  const double chance = std::min(1.0, 10.0 / static_cast<double>(n_subjects));
  const double error = std::sqrt(chance * (1 - chance) / *evaluation.find("rows"));
  return *evaluation.find("recall@10") >= chance + 3 * error;
}

}  // namespace

ValidatedTrainer::ValidatedTrainer(const TrainOptions& options)
    : options_(options), team_(resolve_threads(options.threads)) {}

Result<std::unique_ptr<Trainer>> ValidatedTrainer::make(const TrainData& data,
                                                        const TrainOptions& options,
                                                        const TrainerFactory& make) {
  Split split = hold_out(data.interactions, options.validation, kSplitSeed);
  if (split.heldout.nnz() == 0) {
    return Status(Code::kInvalid,
                  "option \"validation\" finds nothing to hold out: no work has two "
                  "subjects that other works carry, too; evaluate on other rows, or not at all");
  }
  std::unique_ptr<ValidatedTrainer> trainer(new ValidatedTrainer(options));
  trainer->whole_ = &data;
  trainer->data_ = data;
  trainer->data_.interactions = std::move(split.train);
  trainer->heldout_.pairs = std::move(split.heldout);
  SUBJREC_ASSIGN(trainer->trainer_, make(trainer->data_));
  return std::unique_ptr<Trainer>(std::move(trainer));
}

Result<std::unique_ptr<Trainer>> ValidatedTrainer::make(const TrainData& data,
                                                        const TrainOptions& options,
                                                        HeldOutPairs heldout,
                                                        const TrainerFactory& make) {
  std::unique_ptr<ValidatedTrainer> trainer(new ValidatedTrainer(options));
  trainer->data_ = data;
  trainer->heldout_ = std::move(heldout);
  SUBJREC_ASSIGN(trainer->trainer_, make(trainer->data_));
  return std::unique_ptr<Trainer>(std::move(trainer));
}

Result<double> ValidatedTrainer::run_epoch(std::vector<HistoryRow>* history, Monitor& monitor) {
  SUBJREC_ASSIGN(const double loss, trainer_->run_epoch(history, monitor));
  ++epoch_;
  SUBJREC_TRY(evaluate_epoch(history, monitor));
  return loss;
}

Status ValidatedTrainer::evaluate_epoch(std::vector<HistoryRow>* history, Monitor& monitor) {
  SUBJREC_ASSIGN(Model model, trainer_->model(monitor));
  diverged_ = !all_finite(model);
  if (diverged_) return {};
  EvaluateOptions unknown;
  unknown.unknown_rows = heldout_.unknown_rows;
  unknown.unknown_works = heldout_.unknown_works;
  unknown.unknown_subjects = heldout_.unknown_subjects;
  SUBJREC_ASSIGN(const Evaluation evaluation,
                 evaluate(model, data_, heldout_.pairs, unknown, team_, monitor));
  const int64_t step = history->empty() ? epoch_ : history->back().step;
  for (const std::string_view metric : kRecorded) {
    history->push_back({step, epoch_, std::string(metric), *evaluation.find(metric)});
  }
  const double loss = *evaluation.find("loss");
  if (std::isfinite(loss)) history->push_back({step, epoch_, std::string(kValidationLoss), loss});
  if (std::isfinite(loss) && (least_loss_epoch_ == 0 || loss < least_loss_)) {
    least_loss_ = loss;
    least_loss_epoch_ = epoch_;
  }
  if (above_chance_epoch_ == 0 && above_chance(evaluation, model.n_subjects())) {
    above_chance_epoch_ = epoch_;
  }
  const std::string& metric = options_.validation_metric;
  const double value = metric == kValidationLoss ? loss : *evaluation.find(metric);
  const bool better =
      best_epoch_ == 0 || last_epoch_counts(options_) || is_better(metric, value, best_);
  if (std::isfinite(value) && better) {
    best_ = value;
    best_epoch_ = epoch_;
    best_model_ = std::move(model);
  }
  return {};
}

Result<Model> ValidatedTrainer::model(Monitor& monitor) {
  Model model = best_model_;
  if (best_epoch_ == 0) {
    SUBJREC_ASSIGN(model, trainer_->model(monitor));
  }
  // A model that diverged is refused by whoever stores it.
  if (whole_ == nullptr || !all_finite(model)) return model;
  SUBJREC_TRY(fold_in_works(*whole_, team_, monitor, &model));
  return model;
}

Result<Model> ValidatedTrainer::finish(Monitor& monitor) {
  if (whole_ == nullptr || best_epoch_ == 0) return model(monitor);
  Model model = std::move(best_model_);
  if (model.kind->works_are_composed) release(&model.works);
  return model;
}

bool ValidatedTrainer::finished() const {
  if (diverged_ || trainer_->finished()) return true;
  if (options_.patience == 0) return false;
  const int64_t last_good =
      above_chance_epoch_ == 0 ? least_loss_epoch_ : std::max(best_epoch_, above_chance_epoch_);
  return epoch_ - last_good >= options_.patience;
}

bool last_epoch_counts(const TrainOptions& options) {
  return options.recipe == "notebook" && options.patience == 0;
}

Result<std::unique_ptr<Trainer>> make_validated_trainer(const TrainData& data,
                                                        const TrainOptions& options,
                                                        const HeldOutPairs* heldout) {
  const auto make = [&](const TrainData& given) { return make_trainer(given, options); };
  if (heldout != nullptr) return ValidatedTrainer::make(data, options, *heldout, make);
  if (options.validation == 0) return make_trainer(data, options);
  return ValidatedTrainer::make(data, options, make);
}

}  // namespace subjrec
