// The values of rec_packed that an update changes: postings of the terms of its works, counts and
// scales (sqlite/store/stored_lists.h).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/model/inverted_works.h"
#include "sqlite/store/packed_rows.h"
#include "sqlite/store/patched_rows.h"

namespace subjrec {

/// How many works have each subject, before and after.
struct PatchedCounts {
  TermCounts before;
  TermCounts now;
  bool features = false;  // there are terms that are none: nothing is to be patched
};
Result<PatchedCounts> read_patched_counts(PackedRows* rows, const StoredModel& stored,
                                          const CataloguePlan& plan);

/// Makes the lists those of the works of the plan, which have neither weights nor features.
Status patch_lists(PackedRows* rows, PackedEditor* out, const StoredModel& stored,
                   const CataloguePlan& plan, const PatchedCounts& counts, Monitor& monitor);

}  // namespace subjrec
