// Which rows of rec_works an update changes: the plan of sqlite/store/catalogue_patch.h, and the
// rows with their checksums.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "sqlite/store/catalogue_patch.h"

namespace subjrec {

/// A row of rec_works without features.
struct CatalogueRow {
  IdTable id;  // one
  std::string embedding;
  std::vector<uint32_t> subjects;
};

/// What was stored under a number, and what is to be.
struct PatchedRow {
  std::optional<CatalogueRow> before;
  std::optional<CatalogueRow> now;
};

struct CataloguePlan {
  std::map<uint32_t, PatchedRow> rows;  // by number
  size_t n_before = 0;
  size_t n_now = 0;
  size_t moved = 0;  // works that came or got another number
};

/// Reads the rows that are touched. Nothing where one has features.
Result<std::optional<CataloguePlan>> plan_patch(sqlite3* db, std::string_view who,
                                                const ModelName& name, const StoredModel& stored,
                                                const WorkChanges& changes,
                                                std::span<const float> embeddings);

/// Checks the rows that share checksums with those of the plan, writes these, and returns the
/// checksums of all. (A checksum is of as many rows before and after.)
Result<std::string> patch_works(sqlite3* db, std::string_view who, const ModelName& name,
                                const Config& config, const CataloguePlan& plan, Monitor& monitor);

/// The same for the numbers of works in rec_subjects: `works` of every subject. Checks `read`, too,
/// whose rows were read.
Result<std::string> patch_subject_works(sqlite3* db, std::string_view who, const ModelName& name,
                                        const StoredModel& stored, std::span<const uint32_t> before,
                                        std::span<const uint32_t> now,
                                        std::span<const uint32_t> read, Monitor& monitor);

}  // namespace subjrec
