#include "sqlite/store/row_reader.h"

#include <span>

namespace subjrec {

std::string RowReader::select(std::string_view suffix) const {
  return "SELECT " + std::string(checked_columns(suffix)) + " FROM " + shadow(name_, suffix) +
         " ORDER BY n";
}

Status RowReader::next_id(const Statement& query, size_t expected, std::string_view table,
                          const std::string& shown, IdTable* ids) const {
  SUBJREC_TRY(next_row(query, expected, table));
  return add_id(query, table, shown, ids);
}

Status RowReader::next_row(const Statement& query, size_t expected, std::string_view table) const {
  if (query.integer(0) == static_cast<int64_t>(expected)) return {};
  return corrupt(who_, name_, table, "row n = " + std::to_string(expected) + " is missing");
}

Status RowReader::add_id(const Statement& query, std::string_view table, const std::string& shown,
                         IdTable* ids) const {
  const auto id = id_of(query.value(1));
  const size_t expected = ids->size();
  if (!id || ids->intern(*id) != expected) {
    return corrupt(who_, name_, table, "the id of " + shown + " is NULL or doubled");
  }
  return {};
}

Status RowReader::append(std::string_view blob, size_t dim, std::string_view table,
                         const std::string& shown, std::vector<float>* matrix) const {
  matrix->resize(matrix->size() + dim);
  return read_floats(who_, name_, table, shown, blob,
                     std::span(*matrix).subspan(matrix->size() - dim));
}

Status RowReader::full(size_t got, size_t wanted, std::string_view table, const Config& config,
                       const RowChecksums& sums) const {
  if (got != wanted) {
    return corrupt(who_, name_, table,
                   "it has " + std::to_string(got) + " rows, and " + name_.shown() +
                       "_config says " + std::to_string(wanted));
  }
  if (checks_ != Checks::kChecksums) return {};
  SUBJREC_TRY(compare_checksums(who_, name_, table, config, wanted, 0, sums));
  // The rows that a blend leaves out are none that it had.
  if (config.count("checksum_config") != 0 &&
      stored_checksums(config, table).size() > sums.hex().size()) {
    return not_as_stored(who_, name_, table, "rows that were stored are missing");
  }
  return {};
}

}  // namespace subjrec
