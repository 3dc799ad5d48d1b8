// Arguments that are JSON arrays of ids, or objects of ids and weights.
#pragma once

#include <vector>

#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/model/model.h"
#include "sqlite/bindings/arguments.h"

namespace subjrec {

/// The positions in `ids`, ascending, of the ids in the JSON array that is argument `at` (counted
/// from 0). Ids that are not in `ids` say nothing and are left out; an array of nothing else is an
/// error, and so is anything but an array of ids.
Status known_ids(const Arguments& arguments, size_t at, const IdTable& ids,
                 std::vector<uint32_t>* out);

/// The same for a work's subjects: an array, each with weight 1, or an object of ids and weights,
/// whose keys are texts, or whole numbers where no text is known. A weight is 0, which is no
/// subject, or from kLeastWeight to kGreatestWeight (core/data/interactions.h); of twins the
/// greatest counts.
struct GivenSubjects {
  std::vector<uint32_t> positions;
  std::vector<float> weights;  // as many, or none where an array is given

  SubjectRow row() const { return {positions, weights}; }
};
Status known_weighted_ids(const Arguments& arguments, size_t at, const IdTable& ids,
                          GivenSubjects* out);

/// The same for ids of features, each with weight 1.
Status known_features(const Arguments& arguments, size_t at, const IdTable& ids,
                      std::vector<WeightedFeature>* out);

}  // namespace subjrec
