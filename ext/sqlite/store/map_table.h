// rec_map: where a model's works and subjects lie in the plane.
#pragma once

#include <string_view>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/umap/umap.h"
#include "sqlite/source/kind_argument.h"
#include "sqlite/store/shadow_tables.h"

namespace subjrec {

/// "work" or "subject", as rec_map and the arguments of functions write it.
const char* kind_name(Kind kind);

/// The positions of the ids of a model, in their order; those the map lacks are NaN.
struct StoredMap {
  std::vector<double> xy;  // n x 2
  size_t placed = 0;       // how many of the ids have a position
  MapOptions options;      // that it was made with

  bool has(size_t i) const { return xy[2 * i] == xy[2 * i]; }
};

/// Reads and checks the rows of one kind, and passes over ids that the model does not have. A
/// position that is no number is an error that names the
/// table and the repair.
Result<StoredMap> read_map(sqlite3* db, std::string_view who, const ModelName& name, Kind kind,
                           const IdTable& ids);

/// An error that says how to make the map, where it has no or not all of the ids.
Status need_whole_map(std::string_view who, const ModelName& name, Kind kind, const StoredMap& map);

/// Replaces the rows of one kind by these positions, and remembers the options.
Status write_map(sqlite3* db, std::string_view who, const ModelName& name, Kind kind,
                 const IdTable& ids, const StoredMap& map, Monitor& monitor);

}  // namespace subjrec
