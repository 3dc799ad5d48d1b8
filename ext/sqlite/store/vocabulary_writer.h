// A sorted vocabulary into subjects, subject_labels and subject_broader.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/ingest/import_options.h"
#include "core/ingest/vocabulary.h"
#include "sqlite/bindings/sqlite_api.h"

namespace subjrec {

/// What an import of a vocabulary did to the tables.
struct VocabularyCounts {
  uint64_t subjects = 0;  // distinct, with a record
  uint64_t subjects_without_label = 0;
  uint64_t labels = 0;           // alternative ones
  uint64_t broader = 0;          // pairs
  uint64_t broader_unknown = 0;  // pairs in the table whose broader subject is not in subjects
  uint64_t subjects_before = 0;  // in the table, where missing ones are deleted
  uint64_t pairs_before = 0;     // in subject_broader, of the subjects of this file
  uint64_t pairs_replaced = 0;   // those of them that the file does not have
  int64_t subjects_changed = 0;  // new, or with another label or type
  int64_t subjects_deleted = 0;
  int64_t labels_added = 0;
  int64_t labels_deleted = 0;
  int64_t broader_added = 0;
  int64_t broader_deleted = 0;
};

/// Writes the whole vocabulary inside the transaction at hand. A subject of the file gets exactly
/// the file's alternative labels and broader subjects; its label and type replace the old ones
/// where the file has any. What the file lacks stays, or goes with options.missing = "delete".
Status write_vocabulary(sqlite3* db, std::string_view who, const ImportOptions& options,
                        Vocabulary* vocabulary, Monitor& monitor, VocabularyCounts* counts);

}  // namespace subjrec
