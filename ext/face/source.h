// Where training reads (work, subject) pairs: a table, a view or a SELECT.
#pragma once

#include <string>
#include <string_view>

#include "core/data/id_table.h"
#include "core/data/interactions.h"
#include "face/sqlite.h"

namespace subjrec {

/// The pairs of a source, with the ids in order, and what was left out on the way.
struct SourcePairs {
  Interactions interactions;
  IdTable works;
  IdTable subjects;
  size_t rows = 0;
  size_t nulls = 0;         // rows with a NULL work or subject
  size_t duplicates = 0;    // pairs that had come before
  std::string fingerprint;  // digest of ids and pairs: the same for any order of the rows
};

/// The SELECT that a source means: itself, or all of the named table or view.
Result<std::string> source_query(sqlite3* db, std::string_view who, std::string_view source);

/// Reads the first two columns. `remembered`: the source comes from the database file and not
/// from the person at the keyboard, so a SELECT is run as a view would be, where functions that
/// write or open files are refused.
Result<SourcePairs> read_source(sqlite3* db, std::string_view who, std::string_view source,
                                bool remembered, Monitor& monitor);

}  // namespace subjrec
