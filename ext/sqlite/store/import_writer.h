// A sorted catalogue into its tables.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/ingest/catalogue.h"
#include "core/ingest/import_options.h"
#include "sqlite/bindings/sqlite_api.h"
#include "sqlite/store/import_tables.h"

namespace subjrec {

/// What an import did to the tables.
struct ImportCounts {
  uint64_t works = 0;  // distinct, in the snapshot
  uint64_t works_without_subjects = 0;
  uint64_t subjects = 0;
  uint64_t interactions = 0;  // distinct pairs of work and subject
  uint64_t features = 0;
  uint64_t work_features = 0;
  uint64_t works_before = 0;    // in the table, where missing works are deleted
  uint64_t pairs_before = 0;    // of work and subject, of those works that the snapshot has, too
  uint64_t pairs_replaced = 0;  // those of them that the snapshot does not have
  int64_t works_changed = 0;    // new, or with another title, type, ...
  int64_t works_deleted = 0;
  int64_t interactions_added = 0;
  int64_t interactions_deleted = 0;
};

/// Writes the whole catalogue inside the transaction at hand. Into empty tables it appends; where
/// there are rows already, a work of the snapshot gets exactly the snapshot's subjects and
/// features, and a label that the snapshot gives replaces the old one. What the snapshot lacks
/// stays, or goes with options.missing = "delete".
Status write_catalogue(sqlite3* db, std::string_view who, const ImportOptions& options,
                       Catalogue* catalogue, Monitor& monitor, ImportCounts* counts);

}  // namespace subjrec
