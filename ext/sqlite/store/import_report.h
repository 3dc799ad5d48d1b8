// What an import read and wrote: its summary, its warnings, and whether it may count as one.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/json_writer.h"
#include "core/base/status.h"
#include "core/ingest/import_options.h"
#include "core/ingest/record.h"
#include "sqlite/store/import_writer.h"
#include "sqlite/store/vocabulary_writer.h"

namespace subjrec {

struct ImportReport {
  std::string path;  // as it was given
  uint64_t files = 0;
  SnapshotCounts read{};
  ImportCounts written{};
  VocabularyCounts vocabulary{};  // written, where that is what was imported
  uint64_t of_other_shards = 0;   // records of their works
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
std::vector<std::string> vocabulary_warnings(const ImportReport& report);

/// What happened, as JSON, of works or of a vocabulary.
std::string import_summary(const ImportReport& report, const ImportOptions& options);
std::string vocabulary_summary(const ImportReport& report);

// What both have in common (vocabulary_report.cc has the rest of a vocabulary's).

/// That records were skipped, cut off or odd; `what` they are, "works".
std::vector<std::string> reading_warnings(const ImportReport& report, const std::string& what);
/// That most of the pairs which the `what` of this file had before are gone; nothing otherwise.
void warn_of_lost_pairs(uint64_t replaced, uint64_t before, const std::string& what,
                        std::vector<std::string>* warnings);
/// An error where more than options.delete_limit of `before` rows would be deleted.
Status check_deleted(const ImportReport& report, const ImportOptions& options, int64_t deleted,
                     uint64_t before, const std::string& what);
using SummaryNumbers = std::vector<std::pair<const char*, uint64_t>>;
/// ..., "records": 3, ..., "warnings": [...], "seconds": 0.1} behind what `json` has and these
/// numbers.
std::string summary_json(JsonWriter json, const SummaryNumbers& numbers, const ImportReport& report,
                         const std::vector<std::string>& warnings);

/// The counts of several files together.
void add_counts(const SnapshotCounts& file, SnapshotCounts* all);

}  // namespace subjrec
