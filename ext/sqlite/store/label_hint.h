// A hint for a label that was given where an id is wanted.
#pragma once

#include <string>
#include <string_view>

#include "core/base/status.h"
#include "core/data/id_table.h"
#include "sqlite/store/model_name.h"

namespace subjrec {

/// What to add to the error for the unknown subject `id`, where a subject has that as its label:
///
///     "; an id is wanted, and one subject has that label: 'sqk2x7hb'"
///
/// Labels are those of the table subjects(subject_id, label) in the model's own schema, as
/// subjrec_import makes it; ids are of subjects that the model knows (`known`). Empty where there
/// is no such table, where it is a view or a virtual table, and where nothing in it matches: a hint
/// never replaces the error that it is added to. Only an interrupt is an error here.
///
/// Reads at most kLabelRows rows, and so takes at most some tenths of a second without an index.
Result<std::string> label_hint(sqlite3* db, std::string_view who, const ModelName& model,
                               const IdTable& known, const IdView& id);

inline constexpr int kLabelRows = 1'000'000;

}  // namespace subjrec
