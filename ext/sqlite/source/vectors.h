// Vectors as SQL values, and prior vectors as rows of a source.
#pragma once

#include <string_view>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/data/pretrained_vectors.h"
#include "sqlite/bindings/arguments.h"
#include "sqlite/source/source.h"

namespace subjrec {

/// The numbers of a BLOB of little-endian float32, or of a JSON array; at least one, all finite.
/// The error says what is wrong with the value, and not whose it is.
Status read_vector(sqlite3_value* value, std::vector<float>* out);

/// The vector that is argument `at` (counted from 0).
Result<std::vector<float>> vector_argument(const Arguments& arguments, size_t at);

/// Prior vectors of known works, or subjects, from (id, vector) rows.
struct VectorRows {
  PretrainedVectors vectors;  // by position in the ids; empty where no row is of a known one
  size_t known = 0;           // rows that were taken
  size_t unknown = 0;         // rows with an id that is not among the known ones
};
/// `what` is "work" or "subject". Rows with a NULL are left out. All vectors have one length, and
/// an id comes once.
Result<VectorRows> read_pretrained_vectors(sqlite3* db, std::string_view who,
                                           const SourceText& source, const char* what,
                                           const IdTable& ids, Monitor& monitor);

}  // namespace subjrec
