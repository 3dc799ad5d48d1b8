// The job of subjrec_train: one training, from source to stored model, an epoch at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/status.h"
#include "core/train/trainer.h"
#include "sqlite/bindings/job.h"
#include "sqlite/source/side_information.h"
#include "sqlite/source/source.h"
#include "sqlite/store/shadow_tables.h"

namespace subjrec {

class Training : public Job {
 public:
  /// Where the rows are written: in a savepoint of its own, or, from inside a write statement where
  /// SQLite has none, in that statement's transaction.
  enum class Scope { kSavepoint, kStatement };

  struct Request {
    std::string model;                   // as the user wrote it
    std::optional<std::string> source;   // nothing: what the model remembers
    std::optional<std::string> options;  // JSON; nothing: what the model remembers
  };

  struct Epoch {
    int64_t epoch = 0;
    double loss = 0;
    double seconds = 0;   // since the training began
    std::string metrics;  // JSON object of validation metrics; empty for none
  };

  /// Checks everything that can be checked, reads the source and prepares the trainer.
  static Result<std::unique_ptr<Training>> begin(Connection& connection, std::string_view who,
                                                 const Request& request,
                                                 Scope scope = Scope::kSavepoint);

  int epochs() const { return options_.epochs; }
  const std::optional<Epoch>& last_epoch() const { return last_; }

  bool done() const override { return stored_; }
  /// One epoch. The last one also makes the table if it is new, and writes the model; the write
  /// lock is held for this alone.
  Status step() override;
  std::string summary() const override;

 private:
  Training(Connection& connection, std::string_view who, Scope scope)
      : Job(connection, who), scope_(scope) {}

  Status resolve_given_options(const Request& request, const std::string& before);
  Status keep_what_is_read(const std::string& algorithm);
  Status resolve_request(const Request& request);
  Status check_space() const;
  std::string remembered_json() const;
  Status check_finite(const Model& model) const;
  Status run_epoch();
  Status store();
  Status write(const Model& model);

  const Scope scope_;
  ModelName name_;
  bool remembered_source_ = false;
  bool was_stored_ = false;  // a model of this name, before
  OptionNames said_;         // of this call; other options are remembered
  std::string source_;
  TrainOptions options_;
  std::string given_options_;
  SourcePairs pairs_;
  TrainData data_;
  SideInformation priors_;
  std::unique_ptr<Trainer> trainer_;
  std::vector<HistoryRow> history_;
  std::optional<Epoch> last_;
  std::string digest_;
  size_t stored_dim_ = 0;
  std::string warning_;
  size_t calibration_pairs_ = 0;
  size_t calibration_works_ = 0;
  double seconds_ = 0;  // that it took
  bool stored_ = false;
};

/// Options and source as CREATE VIRTUAL TABLE gives them, checked, for rec_config.
Result<Config> declared_config(std::string_view who, int argc, const char* const* argv);

}  // namespace subjrec
