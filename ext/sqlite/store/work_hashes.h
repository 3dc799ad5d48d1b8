// Hashes of the works of a model whose scores need the catalogue, in rec_packed: of each the hash
// of its id and of the subjects that it carries (core/data/work_hash.h), so that subjrec_update
// compares the works with their source without reading them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/data/interactions.h"
#include "sqlite/store/packed_rows.h"

namespace subjrec {

struct WorkHash {
  uint64_t id = 0;
  uint64_t carried = 0;
};
static_assert(sizeof(WorkHash) == 16);

/// How many works share a value.
constexpr size_t kHashedWorks = 4096;

/// Of one work; `subjects` are the hashes of all subjects.
WorkHash work_hash(const IdView& id, const SubjectRow& row, std::span<const uint64_t> subjects);

/// Writes those of all works, whose weights count if `weighted`.
Status write_work_hashes(PackedWriter* out, const IdTable& works, const Interactions& y,
                         const IdTable& subjects, bool weighted, Monitor& monitor);

/// Those of a model of `n_works` that has_packed_rows(); nothing where an older subjrec wrote it.
Result<std::optional<std::vector<WorkHash>>> read_work_hashes(PackedRows* rows, size_t n_works,
                                                              std::string_view digest,
                                                              Monitor& monitor);

}  // namespace subjrec
