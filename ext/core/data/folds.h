// Folds of a catalogue: leave-one-out, a share, k-fold cross-validation, or whole works, by a hash
// of the ids.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/data/interactions.h"

namespace subjrec {

struct FoldOptions {
  /// "leave_one_out": one pair of each work with `least` subjects or more; "share": about `share`
  /// of each such work's pairs; "folds": each pair of such a work in one of `folds` folds; "works":
  /// all pairs of about `share` of the works.
  std::string method = "leave_one_out";
  int least = 3;
  double share = 0.1;
  int folds = 5;
  int64_t seed = 1;
};

/// For each pair of `y`, in its order, the number of its fold: 0 where it is never held out, else
/// 1, or with "folds" 1 to options.folds. Whichever fold is held out, a subject stays on a work,
/// and but for "works" a work keeps a subject. What is drawn for a pair depends on the seed and the
/// ids of its work and subject alone: other rows matter only where a subject would be left on no
/// work.
Result<std::vector<uint32_t>> assign_folds(const Interactions& y, const IdTable& works,
                                           const IdTable& subjects, const FoldOptions& options,
                                           Monitor& monitor);

}  // namespace subjrec
