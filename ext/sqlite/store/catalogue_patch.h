// Incremental update of a stored catalogue: rows of works that came, changed or went are written,
// and of rec_packed the values that they are part of; everything else stays.
//
// A new work takes the number of one that went, or the next behind the last; where more went than
// came, the last works take the numbers that are left. So works are no longer in the order of their
// ids, and are put in order when more than one in sixteen is not.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/data/interactions.h"
#include "sqlite/store/shadow_tables.h"
#include "sqlite/store/work_hashes.h"

namespace subjrec {

/// In the numbers of the model's subjects.
struct WorkChanges {
  std::vector<uint32_t> removed;  // numbers of works, ascending
  std::vector<uint32_t> changed;
  Interactions changed_rows;  // a row for each of them
  IdTable added;              // in the order of ids
  Interactions added_rows;

  bool same() const { return removed.empty() && changed.empty() && added.size() == 0; }
};

/// Where more than one in so many works has changed or is out of order, all are written in order.
constexpr size_t kSortedShare = 16;

/// How many works are not in the order of their ids; of such a model alone.
constexpr const char* kUnsortedKey = "works_out_of_order";

struct PatchedCatalogue {
  std::string digest;
  size_t n_interactions = 0;
};
/// Stores the changes, in the caller's savepoint. `embeddings` are of the changed works and, after
/// them, the new ones; `hashes` are those of the works before. Nothing, and nothing is written,
/// where all works have to be written anew: too many are out of order, works have weights or
/// features, or the numbers of works are those of many shards.
Result<std::optional<PatchedCatalogue>> patch_catalogue(
    sqlite3* db, std::string_view who, const ModelName& name, const StoredModel& stored,
    const WorkChanges& changes, std::span<const float> embeddings, std::vector<WorkHash> hashes,
    Monitor& monitor);

}  // namespace subjrec
