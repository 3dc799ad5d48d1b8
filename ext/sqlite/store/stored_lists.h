// The inverted index of a model whose scores need the catalogue, in rec_packed: a list reads the
// postings of what its work has, and what its neighbours carry.
#pragma once

#include <memory>
#include <string>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/model/work_neighbors.h"
#include "sqlite/store/packed_rows.h"

namespace subjrec {

/// Writes the index of `data`, whose weights count if `weighted`.
Status write_lists(PackedWriter* out, const TrainData& data, const Model& model, bool weighted,
                   Monitor& monitor);

/// The index of a model that has_packed_rows(). Lists stay in memory once they were read. Errors
/// are found as late as in a search.
Result<WorkNeighbors> stored_neighbors(std::shared_ptr<PackedRows> rows, const StoredModel& model);

}  // namespace subjrec
