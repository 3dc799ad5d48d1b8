// The job of subjrec_update: the works that have come, changed or gone since a model was trained,
// embedded by what it has learned.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/train/options.h"
#include "sqlite/bindings/job.h"
#include "sqlite/jobs/catalogue_diff.h"
#include "sqlite/jobs/source_scan.h"
#include "sqlite/store/model_handle.h"

namespace subjrec {

class Updating : public Job {
 public:
  /// Reads the model and its source as it is now.
  static Result<std::unique_ptr<Job>> begin(Connection& connection, std::string_view who,
                                            const std::string& model);

  bool done() const override { return done_; }
  /// All of it: compares, embeds and stores.
  Status step() override;
  std::string summary() const override;

 private:
  using Job::Job;

  Status open();
  SourceText source() const;
  bool has_features() const;
  Status scan();
  Result<StoredSubjects> read_stored_subjects(uint32_t n, const WorkHash& hash);
  Result<std::vector<float>> embed_changes();
  Result<bool> patch();
  Status forget_gone_works();
  Status read();
  Status read_sources();
  Result<bool> has_all_as_it_is();
  std::vector<uint64_t> works_of_all_shards() const;
  Status store();

  std::string model_;  // as it was named
  ModelName name_;
  TrainOptions options_;  // that were given when it was trained
  StoredModel stored_;    // its configuration, and ids of subjects where it was scanned
  std::vector<uint64_t> subject_hashes_;
  std::vector<WorkHash> work_hashes_;
  std::optional<SourceChanges> changes_;  // where the source was compared by hashes

  // Else:
  std::shared_ptr<ServedModel> loaded_;
  std::string fingerprint_;  // of the source that the model has all works of, or none
  CatalogueRows sources_;
  CatalogueDiff works_;
  CatalogueCounts counts_;
  std::string digest_;
  bool unchanged_ = false;  // nothing is to be compared
  double seconds_ = 0;      // that it took
  bool done_ = false;
};

}  // namespace subjrec
