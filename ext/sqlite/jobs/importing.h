// The job of subjrec_import: files of records into tables, some MB at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/ingest/snapshot_reader.h"
#include "sqlite/bindings/job.h"
#include "sqlite/store/import_report.h"
#include "sqlite/store/import_writer.h"

namespace subjrec {

class Importing : public Job {
 public:
  struct Request {
    std::string path;          // of a file, or a pattern of several
    std::string_view options;  // JSON; core/ingest/import_options.h
  };
  static Result<std::unique_ptr<Importing>> begin(Connection& connection, std::string_view who,
                                                  const Request& request);

  bool done() const override { return done_; }
  /// Reads a few MB more, or, when all is read, writes the tables and is done.
  Status step() override;
  std::string summary() const override;

  const char* stage() const { return done_ ? "written" : "reading"; }
  uint64_t works_read() const { return report_.read.works_read; }

 private:
  static constexpr uint64_t kStepBytes = 16 << 20;  // unpacked

  using Job::Job;

  bool is_vocabulary() const { return options_.kind == "vocabulary"; }
  Status check_database() const;
  Status prepare_reading();
  Status open_next_file();
  Status read_some();
  Status write();

  ImportOptions options_;
  std::vector<std::string> files_;
  size_t next_file_ = 0;
  SnapshotReader::Settings settings_;
  std::unique_ptr<SnapshotReader> reader_;
  SnapshotCounts file_;                 // of the file that is read
  SnapshotCounts before_;               // of those before it
  std::optional<Catalogue> catalogue_;  // one of these two
  std::optional<Vocabulary> vocabulary_;
  RecordBatch batch_;
  bool all_read_ = false;
  bool done_ = false;
  ImportReport report_;
};

}  // namespace subjrec
