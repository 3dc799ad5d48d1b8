// Where rows come from: a table, a view or a SELECT that the user names.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json_writer.h"
#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/data/interactions.h"
#include "sqlite/bindings/statement.h"

namespace subjrec {

/// A source as a person wrote it, and how to speak of it.
struct SourceText {
  std::string text;      // a table's or view's name, or a SELECT
  const char* argument;  // "argument 2 (source)"
  const char* columns;   // "work and subject"
  int column_count = 2;  // at least
  /// It was found in the database file and not typed by the person at the keyboard: a SELECT is
  /// refused where it calls what SQLite forbids to views, or opens virtual tables.
  bool remembered = false;
};

/// The rows of a source, one step at a time.
class SourceReader {
 public:
  static Result<SourceReader> open(sqlite3* db, std::string_view who, const SourceText& source);
  int columns() const { return sqlite3_column_count(query_.get()); }
  /// False: there are no more. Polls the monitor.
  Result<bool> next(Monitor& monitor);
  size_t rows() const { return rows_; }
  sqlite3_stmt* statement() const { return query_.get(); }
  bool is_null(int column) const { return query_.is_null(column); }
  sqlite3_value* value(int column) const { return query_.value(column); }
  /// The column as an id, or the error that says which row has something else. Valid until the next
  /// call. In a database of UTF-16 a text is what SQLite would keep of it: a lone surrogate, say,
  /// becomes U+FFFD, so that two texts may be one id.
  Result<IdView> id(int column, const char* what);
  /// How many ids SQLite would not have kept as they were.
  size_t recoded() const { return recoded_; }

 private:
  explicit SourceReader(std::string_view who) : who_(who) {}

  std::string who_;
  size_t rows_ = 0;
  Statement query_;
  Statement recode_;  // to the database's encoding and back; none where that is UTF-8
  size_t recoded_ = 0;
};

class SameAs;  // sqlite/source/same_as.h

/// (work, subject) pairs with the ids in order, and what was left out on the way. A pair whose
/// weight is 0 or NULL is none; of a pair that comes again the greatest weight counts. A source of
/// three columns or more that names none of them, and whose first is another in each row, is taken
/// for a table with an id of its own, and refused.
struct SourcePairs {
  Interactions interactions;
  IdTable works;
  IdTable subjects;
  size_t rows = 0;
  size_t nulls = 0;         // rows with a NULL work or subject
  size_t weightless = 0;    // rows with a weight of 0 or NULL
  bool weighted = false;    // the source has a column of weights
  size_t duplicates = 0;    // pairs that had come before
  size_t folded = 0;        // rows whose subject is another's twin
  size_t twins = 0;         // of the subjects: ids that are aliases of theirs
  size_t recoded = 0;       // ids that the database's encoding cannot keep as they are
  std::string fingerprint;  // digest of ids, pairs and weights: the same for any order of the rows

  /// rows, duplicates and nulls, for a summary.
  void add_counts(JsonWriter* json) const {
    json->add("rows", rows).add("duplicates", duplicates).add("nulls", nulls);
  }
};
Result<SourcePairs> read_pairs(sqlite3* db, std::string_view who, const SourceText& source,
                               Monitor& monitor, const SameAs* same_as = nullptr);

/// Held-out (work, subject) rows in the numbers of a model.
struct HeldOut {
  Interactions interactions;               // works and subjects that the model knows
  size_t nulls = 0;                        // rows with a NULL, or a weight of 0
  uint64_t unknown_rows = 0;               // distinct rows with a work or subject that it does not
  uint64_t unknown_works = 0;              // works of which no row is known
  std::vector<uint32_t> unknown_subjects;  // of each work that is known: rows of unknown subjects
};
Result<HeldOut> read_heldout(sqlite3* db, std::string_view who, const SourceText& source,
                             const IdTable& works, const IdTable& subjects, Monitor& monitor);

/// Features of known works, or of known subjects.
struct WorkFeatures {
  SparseRows rows;
  IdTable features;
  size_t source_rows = 0;
  size_t nulls = 0;
  size_t unknown_works = 0;  // rows of works (or subjects) that are not among the known ones
};
/// Takes one feature of the work at a position; of kNoWork, one that no work needs to have.
constexpr uint32_t kNoWork = ~uint32_t{0};
using AddFeature = std::function<void(uint32_t work, const IdView& feature, float weight)>;

/// Reads (work, feature [, weight]) rows; `what` the first column is, "work" or "subject". A weight
/// is 1 where there is no third column; a (work, feature) that comes again adds its weight. An
/// empty source has no rows. `more` can add features from elsewhere.
Result<WorkFeatures> read_work_features(sqlite3* db, std::string_view who, const SourceText& source,
                                        const IdTable& works, Monitor& monitor,
                                        const char* what = "work",
                                        const std::function<Status(const AddFeature&)>& more = {});

}  // namespace subjrec
