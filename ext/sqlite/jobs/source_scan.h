// What has changed in a source since a model was brought to it, found in one pass over its rows:
// each work's hash is compared with that of the model's (sqlite/store/work_hashes.h), and no rows
// are kept but those of works that differ.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/data/interactions.h"
#include "sqlite/jobs/catalogue_diff.h"
#include "sqlite/source/source.h"
#include "sqlite/store/catalogue_patch.h"
#include "sqlite/store/shadow_tables.h"
#include "sqlite/store/work_hashes.h"

namespace subjrec {

struct SourceChanges : WorkChanges {
  CatalogueCounts counts;  // of all works; interactions are left to who knows those that were
  size_t rows = 0;         // of the source, as in SourcePairs
  size_t duplicates = 0;
  size_t nulls = 0;
};

/// The subjects of a stored work, and as many weights or none; by its number.
struct StoredSubjects {
  std::vector<uint32_t> subjects;
  std::vector<float> weights;
};
using StoredRow = std::function<Result<StoredSubjects>(uint32_t)>;

/// Compares a source with the model, of which `stored` has configuration and ids of subjects, and
/// which has no twins. Nothing where it has to be compared row by row: more than `most` works are
/// new, it has no pairs, or it has weights, and the model's works have none.
Result<std::optional<SourceChanges>> scan_source(
    sqlite3* db, std::string_view who, const SourceText& source, const StoredModel& stored,
    const std::vector<WorkHash>& works, const StoredRow& stored_row, size_t most, Monitor& monitor);

}  // namespace subjrec
