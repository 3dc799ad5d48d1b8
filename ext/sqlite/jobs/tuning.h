// The job of subjrec_tune: the runs of a grid, one after the other.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/train/trial.h"
#include "sqlite/bindings/job.h"
#include "sqlite/jobs/tune_options.h"
#include "sqlite/source/side_information.h"
#include "sqlite/source/source.h"
#include "sqlite/store/results_table.h"

namespace subjrec {

class Tuning : public Job {
 public:
  struct Request {
    std::string source;   // as the user wrote it
    std::string grid;     // JSON; core/train/grid.h
    std::string options;  // JSON; sqlite/jobs/tune_options.h
  };

  /// One finished run.
  struct Row {
    std::string options;  // JSON: what the grid says of it, in the order of training's options
    StoredTrial outcome;
    bool kept = false;  // the table of results had it
  };

  /// Checks everything that can be checked, of all runs, and reads the source.
  static Result<std::unique_ptr<Tuning>> begin(Connection& connection, std::string_view who,
                                               const Request& request);

  size_t runs() const { return runs_.size(); }
  size_t runs_done() const { return done_; }
  const Row& last() const { return last_; }

  bool done() const override { return done_ == runs_.size(); }
  /// Trains the next run and keeps it in the table of results, or finds it there.
  Status step() override;
  std::string summary() const override;

 private:
  struct Run {
    TrainOptions options;
    std::string text;
  };
  struct Best {
    size_t run = 0;  // from 1
    Row row;
  };

  using Job::Job;

  Result<std::optional<SameAs>> read_twins();
  Status read_options(const Request& request);
  Status read_run(const std::string& json);
  Status read_heldout_rows();
  Status check_runs();
  Status need_priors(const Run& run);
  Status read_priors_digest();
  Result<RunKey> key_of(const Run& run);
  void compare();
  std::string speaker(const Run& run) const;

  std::string source_;
  TuneOptions options_;
  std::string evaluated_by_;  // JSON: the options that say how runs are evaluated
  std::vector<Run> runs_;
  SourcePairs pairs_;
  std::optional<HeldOutPairs> heldout_;  // nothing: each run's own share is held out
  size_t heldout_nulls_ = 0;
  TrainData data_;
  std::vector<std::string> priors_read_;  // what the priors in data_ were read from
  std::string priors_digest_;
  std::optional<ResultsTable> results_;
  size_t done_ = 0;
  size_t found_ = 0;
  Row last_;
  std::optional<Best> best_;
};

}  // namespace subjrec
