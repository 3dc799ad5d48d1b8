// The table that finished runs of a tuning are kept in, so that none is trained twice.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/status.h"
#include "core/train/trial.h"
#include "sqlite/bindings/sqlite_api.h"
#include "sqlite/store/model_name.h"

namespace subjrec {

/// What says that a run is the same as an earlier one.
struct RunKey {
  std::string options;  // JSON: what the grid says of this run
  std::string digest;   // of all that was read, how it is evaluated, and the library's version
};

struct StoredTrial {
  TrialResult result;
  double seconds = 0;
};

/// An ordinary table of the user's; STORAGE.md describes it. It is read with distrust.
class ResultsTable {
 public:
  /// The table that `text` names, as it is or as schema.table. It is made when the first run is
  /// kept. One that is there and cannot hold runs is an error.
  static Result<ResultsTable> open(sqlite3* db, std::string_view who, const std::string& text);

  Result<std::optional<StoredTrial>> find(const RunKey& key);
  /// In a savepoint of its own: the run is there whole, or not at all. `source` and `judged` (the
  /// options that runs are evaluated by, as JSON) are there to be read by people.
  Status keep(const RunKey& key, const StoredTrial& kept, const std::string& source,
              const std::string& judged);

 private:
  ResultsTable(sqlite3* db, std::string_view who, ModelName name, bool exists)
      : db_(db), who_(who), name_(std::move(name)), exists_(exists) {}

  std::string find_sql() const;
  std::string keep_sql() const;
  Status check() const;
  Status damaged(const RunKey& key, std::string_view column) const;

  sqlite3* db_;
  std::string who_;
  ModelName name_;  // schema and table
  bool exists_;
};

}  // namespace subjrec
