// What has changed in a catalogue since a model was trained on it: works that are new, that carry
// other subjects or features or with other weights, or that are gone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/model/train_data.h"
#include "sqlite/source/source.h"
#include "sqlite/store/model_handle.h"

namespace subjrec {

/// What the sources hold now, in the ids of the sources.
struct CatalogueRows {
  SourcePairs pairs;
  WorkFeatures features;
};

/// The works as they are to be stored, in the numbers of the model's subjects and features.
struct CatalogueDiff {
  IdTable ids;
  TrainData data;
  std::vector<uint32_t> to_fold;    // those whose embedding the model does not have
  std::vector<uint32_t> unchanged;  // for each: its number in the model, or kChanged
  std::vector<uint8_t> stored;      // 1: unchanged, and under that number
  static constexpr uint32_t kChanged = UINT32_MAX;
  size_t added = 0;
  size_t changed = 0;
  size_t removed = 0;
  size_t without_known_subjects = 0;
  size_t unknown_subjects = 0;
  size_t unknown_interactions = 0;
  size_t unknown_features = 0;

  bool same() const { return added + changed + removed == 0; }
};

/// What the works of `to_fold` carry, in their order.
TrainData works_to_fold(const CatalogueDiff& works);

/// The sizes of a model's catalogue, and what of the sources it does not know.
struct CatalogueCounts {
  size_t works = 0;
  size_t interactions = 0;
  size_t without_known_subjects = 0;
  size_t unknown_subjects = 0;
  size_t unknown_interactions = 0;
};
/// Those of a model with these subjects that has all works of `pairs` as they are; its subjects
/// have no twins.
Result<CatalogueCounts> count_catalogue(const IdTable& subjects, const SourcePairs& pairs,
                                        Monitor& monitor);

/// Puts the works of the sources beside those of `model`, whose works are loaded.
Result<CatalogueDiff> compare_catalogue(const ServedModel& model, const CatalogueRows& sources,
                                        Monitor& monitor);

}  // namespace subjrec
