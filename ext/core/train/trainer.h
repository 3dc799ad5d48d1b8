// The one interface of every training algorithm: an epoch at a time, so that the caller can show
// progress, hold out, stop early, or give up.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/model/model.h"
#include "core/model/train_data.h"
#include "core/train/options.h"

namespace subjrec {

class Trainer {
 public:
  virtual ~Trainer() = default;

  /// Trains one epoch (for ALS: one pass over works and subjects), appends what it measured to
  /// `history` and returns the epoch's mean loss. Called TrainOptions::epochs times at the most.
  /// After Code::kInterrupted the trainer can only be destroyed.
  virtual Result<double> run_epoch(std::vector<HistoryRow>* history, Monitor& monitor) = 0;

  /// The model as it stands after the epochs so far.
  virtual Result<Model> model(Monitor& monitor) = 0;

  /// model(), of a trainer that can only be destroyed then: it lets go of what it trains with
  /// before it makes what is large. Embeddings of works that WorkRows (core/model/work_rows.h)
  /// makes of the trainer's data may be left out.
  virtual Result<Model> finish(Monitor& monitor) { return model(monitor); }

  /// What the summary of a training says of it beside its options: members of a JSON object.
  virtual std::string summary() const { return {}; }

  /// True: further epochs would change nothing, or not for the better; call run_epoch no more.
  virtual bool finished() const { return false; }
};

/// The trainer for options.algorithm. `options` has been through resolve_options().
Result<std::unique_ptr<Trainer>> make_trainer(const TrainData& data, const TrainOptions& options);

}  // namespace subjrec
