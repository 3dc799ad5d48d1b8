// Reading snapshot files from SQL.
#pragma once

#include <string_view>

#include "core/base/status.h"

namespace subjrec {

/// An error of the snapshot reader with `who` in front. A damaged file is an ordinary error here:
/// SQLite's own code for corruption would speak of the database.
Status snapshot_error(std::string_view who, const Status& status);

}  // namespace subjrec
