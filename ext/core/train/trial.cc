#include "core/train/trial.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "core/base/json_writer.h"
#include "core/train/history_json.h"
#include "core/train/metric_direction.h"

namespace subjrec {
namespace {

/// Tells of the epochs of a run instead of the parts of an epoch.
class EpochMonitor : public Monitor {
 public:
  EpochMonitor(Monitor& run, int epochs) : run_(run), epochs_(epochs) {}

  bool stop() override { return run_.stop(); }
  void progress(double done, double total) override {
    if (total > 0) run_.progress(trained_ + done / total, epochs_);
  }
  void next_epoch() { ++trained_; }

 private:
  Monitor& run_;
  double epochs_;
  double trained_ = 0;
};

/// NaN where the epoch has no such metric.
double metric(const std::vector<HistoryRow>& history, std::string_view name) {
  for (const HistoryRow& row : history) {
    if (row.metric == name) return row.value;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

/// The epochs of a run as JSON, thinned as they become many.
class History {
 public:
  void add(int64_t epoch, double loss, const std::string& metrics) {
    if (epoch % every_ != 0) return;
    JsonWriter json;
    json.add("epoch", epoch).add("loss", loss).add_members(metrics);
    epochs_.emplace_back(epoch, json.object());
    if (epochs_.size() <= TrialResult::kMostKept) return;
    every_ *= 2;
    epochs_.erase(std::remove_if(epochs_.begin(), epochs_.end(),
                                 [&](const auto& kept) { return kept.first % every_ != 0; }),
                  epochs_.end());
  }

  std::string json() const {
    JsonWriter json;
    for (const auto& [epoch, text] : epochs_) json.add_element(text);
    return json.array();
  }

 private:
  int64_t every_ = 1;
  std::vector<std::pair<int64_t, std::string>> epochs_;
};

/// Keeps the epoch if it is the best so far, or if the last one counts; `metrics` are what it was
/// evaluated by.
void keep_best(const std::vector<HistoryRow>& history, const std::string& metrics, double loss,
               const TrainOptions& options, TrialResult* result) {
  const double value = metric(history, options.validation_metric);
  if (std::isnan(value)) return;
  const bool better = !result->best || last_epoch_counts(options) ||
                      is_better(options.validation_metric, value, result->best->value);
  if (!better) return;
  result->best = BestEpoch{result->epochs,
                           value,
                           loss,
                           metric(history, kValidationLoss),
                           metric(history, "recall@10"),
                           metric(history, "ndcg@10"),
                           "{" + metrics + "}"};
}

}  // namespace

Result<TrialResult> run_trial(const TrainData& data, const TrainOptions& options,
                              const HeldOutPairs* heldout, Monitor& monitor) {
  SUBJREC_ASSIGN(const auto trainer, make_validated_trainer(data, options, heldout));
  EpochMonitor epochs(monitor, options.epochs);
  History kept;
  TrialResult result;
  while (result.epochs < options.epochs && (result.epochs == 0 || !trainer->finished())) {
    std::vector<HistoryRow> history;
    SUBJREC_ASSIGN(const double loss, trainer->run_epoch(&history, epochs));
    epochs.next_epoch();
    ++result.epochs;
    const std::string metrics = metrics_json(history);
    kept.add(result.epochs, loss, metrics);
    if (!metrics.empty()) keep_best(history, metrics, loss, options, &result);
  }
  result.history = kept.json();
  return result;
}

}  // namespace subjrec
