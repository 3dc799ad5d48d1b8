// Accepts a model's tables as they are now: INSERT INTO rec(rec) VALUES('bless').
#pragma once

#include <string_view>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "sqlite/store/model_name.h"

namespace subjrec {

/// After edits by hand: reads the rows, whatever their checksums, and writes them anew with a
/// digest and checksums that are theirs, works in the order of their ids, and counts that are what
/// the rows say. What cannot be read is an error still. In the caller's transaction.
Status bless_model(sqlite3* db, std::string_view who, const ModelName& name, Monitor& monitor);

}  // namespace subjrec
