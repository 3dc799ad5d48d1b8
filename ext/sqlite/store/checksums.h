// Checksums of a model's shadow tables, by which what is read is known to be what was trained.
//
// rec_config has a key for each table ("checksums_works", ...): sixteen hexadecimal digits for
// every checksum_rows() rows in the order of n, so that a part can be checked where only a part is
// read; and "checksum_config" over the keys that serving reads, those included. A model without
// these keys was made by an older subjrec and is read unchecked. STORAGE.md has the format.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/checksum.h"
#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/store/shadow_tables.h"

namespace subjrec {

/// How many rows share a checksum in a table of `n_rows`: 256, or more so that there are at most
/// 16,384 checksums.
size_t checksum_rows(size_t n_rows);

/// What is added for each column of a row, as SQLite gives it back.
void add_integer(int64_t value, Checksum* sum);
void add_real(double value, Checksum* sum);
void add_blob(std::string_view bytes, Checksum* sum);
void add_null(Checksum* sum);
void add_id(const IdView& id, Checksum* sum);
/// The first `count` columns of the row that `query` stands on.
void add_columns(const Statement& query, int count, Checksum* sum);

/// A checksum as rec_config holds it, in sixteen digits.
std::string checksum_hex(const Checksum& sum);

/// Checksums of the rows of one table, which come in the order of n.
class RowChecksums {
 public:
  explicit RowChecksums(size_t n_rows) : rows_(checksum_rows(n_rows)) {}
  /// What the columns of the next row are added to.
  Checksum* next_row();
  /// The checksums of all rows so far, as rec_config holds them.
  std::string hex() const;

 private:
  size_t rows_;
  size_t in_last_ = 0;
  Checksum last_;
  std::string hex_;  // without the last
};

/// The columns that are checked, for SELECT, and how many they are; n is the first.
std::string_view checked_columns(std::string_view suffix);
int checked_column_count(std::string_view suffix);
/// "checksums_works"
std::string checksums_key(std::string_view suffix);
/// What `config` holds under that key; empty for a model of an older subjrec.
std::string_view stored_checksums(const Config& config, std::string_view suffix);

/// The checksum of the keys that serving reads, as rec_config holds it.
std::string config_checksum(const Config& config);
/// The digest of a model whose works were written in part: of the same keys, "digest" excepted.
std::string digest_of_checksums(const Config& config);
/// Compares it with what is stored, where something is.
Status check_config(std::string_view who, const ModelName& name, const Config& config);

/// Compares checksums of rows of a table, from row `first` (where a checksum begins) on, with those
/// of `config`. The error names the table, the rows and the repairs.
Status compare_checksums(std::string_view who, const ModelName& name, std::string_view suffix,
                         const Config& config, size_t n_rows, size_t first,
                         const RowChecksums& found);
/// Reads and compares the rows [first, end) of a table of n_rows; `first` is where a checksum
/// begins, and `end` where one ends.
Status check_rows(sqlite3* db, std::string_view who, const ModelName& name, std::string_view suffix,
                  const Config& config, size_t n_rows, size_t first, size_t end, Monitor& monitor);

/// The error for a table that is whole, but not what was stored: `what` is so.
Status not_as_stored(std::string_view who, const ModelName& name, std::string_view suffix,
                     const std::string& what);

}  // namespace subjrec
