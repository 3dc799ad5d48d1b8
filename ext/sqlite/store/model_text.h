// The words of a text as features of a model that was trained with work_text.
#pragma once

#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/model/model.h"
#include "sqlite/bindings/arguments.h"
#include "sqlite/store/model_name.h"
#include "sqlite/store/shadow_tables.h"

namespace subjrec {

/// The features that the model knows among the words of argument `at` (counted from 0), ascending;
/// none where it knows none of the words. An error where the model was trained without work_text,
/// or the argument is no text.
Status text_features(sqlite3* db, const Arguments& arguments, size_t at, const ModelName& name,
                     const StoredModel& stored, Monitor& monitor,
                     std::vector<WeightedFeature>* out);

}  // namespace subjrec
