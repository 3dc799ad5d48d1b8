// What an import read and wrote: its summary, its warnings, and whether it may count as one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/ingest/import_options.h"
#include "core/ingest/record.h"
#include "sqlite/store/import_writer.h"

namespace subjrec {

struct ImportReport {
  std::string path;  // as it was given
  uint64_t files = 0;
  SnapshotCounts read{};
  ImportCounts written{};
  uint64_t of_other_shards = 0;  // records of their works
  std::string first_skipped;
  std::string first_odd;
  double seconds = 0;
};

/// After reading: an error where nothing was read, where more than options.skipped_limit of the
/// records were skipped, or where anything was skipped and options.missing would delete. The text
/// says what to type.
Status check_read(const ImportReport& report, const ImportOptions& options);

/// After writing, before the transaction ends: an error where no work has a subject though the file
/// has some, or where more than options.delete_limit of the works would be deleted.
Status check_written(const ImportReport& report, const ImportOptions& options);

/// What a person should know of an import that succeeded; whole sentences.
std::vector<std::string> import_warnings(const ImportReport& report);

/// As JSON.
std::string import_summary(const ImportReport& report, const ImportOptions& options);

/// The counts of several files together.
void add_counts(const SnapshotCounts& file, SnapshotCounts* all);

}  // namespace subjrec
