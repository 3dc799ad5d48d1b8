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
  const std::optional<Epoch>& last_epoch() const { return trained_.last; }

  bool done() const override { return stored_; }
  /// One epoch. The last one also makes the table if it is new, and writes the model; the write
  /// lock is held for this alone. Where writing fails the connection keeps the model: the next
  /// training, if it is of the same data with the same options, is that step alone.
  Status step() override;
  std::string summary() const override;

 private:
  /// What the epochs have made.
  struct Trained {
    std::vector<HistoryRow> history;
    std::optional<Epoch> last;
    Model model;
    std::string summary;  // the trainer's own members of the summary
  };
  /// A training that could not be stored, as where the disk is full: the connection keeps it.
  struct Unstored {
    std::string key;
    Trained trained;
  };

  Training(Connection& connection, std::string_view who, Scope scope)
      : Job(connection, who), scope_(scope) {}

  Status resolve_given_options(const Request& request, const std::string& before);
  Status keep_what_is_read(const std::string& algorithm);
  Status resolve_request(const Request& request);
  Status check_space() const;
  std::string remembered_json() const;
  Status run_epoch();
  Status finish_model();
  Status store();
  Status write();
  std::string stored_options() const;
  std::string key() const;
  void keep_unstored();
  void take_unstored();

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
  std::unique_ptr<Trainer> trainer_;  // null once there is the model
  bool trained_before_ = false;       // by an earlier call
  Trained trained_;
  std::string digest_;
  std::string warning_;
  double seconds_ = 0;  // that it took
  bool stored_ = false;
};

/// Options and source as CREATE VIRTUAL TABLE gives them, checked, for rec_config.
Result<Config> declared_config(std::string_view who, int argc, const char* const* argv);

}  // namespace subjrec
