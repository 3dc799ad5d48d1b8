// Reading a model's shadow tables row by row, each row checked against what rec_config promises.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/aligned.h"
#include "core/base/monitor.h"
#include "core/base/number_text.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/store/checksums.h"
#include "sqlite/store/shadow_tables.h"

namespace subjrec {

/// What the readers of all tables share. Errors name the table and the row.
class RowReader {
 public:
  RowReader(sqlite3* db, std::string_view who, const ModelName& name, Checks checks,
            Monitor& monitor)
      : db_(db), who_(who), name_(name), checks_(checks), monitor_(monitor) {}

 protected:
  static constexpr size_t kPollEvery = 1024;

  /// The value of `key` as a number of at least `least`.
  template <class Number>
  Status number(const Config& config, std::string_view key, Number least, Number* out) const {
    const auto at = config.find(key);
    const std::string text = at == config.end() ? std::string() : at->second;
    if (read_number(text, out) && *out >= least) return {};
    return corrupt(who_, name_, "config",
                   "the value of \"" + std::string(key) + "\" is '" + printable(text) + "'");
  }

  /// The checked columns of a table, in the order of n.
  std::string select(std::string_view suffix) const;

  /// Room for as many values as the configuration says there are, which nobody has checked yet: so
  /// not for more than 256 MB.
  static void reserve(size_t values, std::vector<float>* matrix) {
    matrix->reserve(std::min(values, size_t{1} << 26));
    advise_huge_pages(matrix->data(), matrix->capacity() * sizeof(float));
  }

  /// Columns 0 and 1 of `query` are n and the id: n counts from 0, and ids are distinct.
  Status next_id(const Statement& query, size_t expected, std::string_view table,
                 const std::string& shown, IdTable* ids) const;
  Status next_row(const Statement& query, size_t expected, std::string_view table) const;
  Status add_id(const Statement& query, std::string_view table, const std::string& shown,
                IdTable* ids) const;
  /// A row more of a matrix.
  Status append(std::string_view blob, size_t dim, std::string_view table, const std::string& shown,
                std::vector<float>* matrix) const;
  /// The table has as many rows as it should, and those that were stored.
  Status full(size_t got, size_t wanted, std::string_view table, const Config& config,
              const RowChecksums& sums) const;

  sqlite3* db_;
  std::string_view who_;
  const ModelName& name_;
  Checks checks_;
  Monitor& monitor_;
  std::vector<uint32_t> positions_;  // scratch of one row
};

}  // namespace subjrec
