#include "sqlite/store/checksums.h"

#include <algorithm>
#include <array>

#include "core/base/digest.h"
#include "sqlite/store/stored_labels.h"
#include "sqlite/store/stored_same_as.h"

namespace subjrec {
namespace {

constexpr size_t kRows = 256;
constexpr size_t kMostSums = 16384;
constexpr size_t kDigits = 16;
constexpr size_t kPollEvery = 1024;

struct CheckedTable {
  std::string_view suffix;
  std::string_view columns;
  int count;
};
constexpr std::array<CheckedTable, 4> kChecked = {{
    {"works", "n, work_id, embedding, subjects, features, feature_weights", 6},
    {"subjects", "n, subject_id, embedding, bias, works, input", 6},
    {"features", "n, feature_id, input", 3},
    {"weights", "n, subjects, weights", 3},
}};

const CheckedTable& checked(std::string_view suffix) {
  return *std::find_if(kChecked.begin(), kChecked.end() - 1,
                       [&](const CheckedTable& t) { return t.suffix == suffix; });
}

/// Keys of rec_config that serving reads, beside those of kModelNumbers, kModelCurves and the
/// checksums.
constexpr const char* kServedKeys[] = {"algorithm",       "embedding_dim", "n_works",
                                       "n_subjects",      "n_features",    "n_interactions",
                                       "work_vector_dim", "digest",        "n_works_of_all_shards",
                                       "neighbors",       "blend"};

void append_hex(uint64_t value, std::string* out) {
  for (int shift = 60; shift >= 0; shift -= 4) *out += "0123456789abcdef"[value >> shift & 15];
}

}  // namespace

size_t checksum_rows(size_t n_rows) {
  size_t rows = kRows;
  while (rows * kMostSums < n_rows) rows *= 2;
  return rows;
}

void add_integer(int64_t value, Checksum* sum) {
  sum->add_word(SQLITE_INTEGER);
  sum->add_word(static_cast<uint64_t>(value));
}

void add_real(double value, Checksum* sum) {
  sum->add_word(SQLITE_FLOAT);
  sum->add_number(value);
}

void add_blob(std::string_view bytes, Checksum* sum) {
  sum->add_word(SQLITE_BLOB);
  sum->add(bytes);
}

void add_null(Checksum* sum) { sum->add_word(SQLITE_NULL); }

void add_id(const IdView& id, Checksum* sum) {
  if (id.kind == IdKind::kInteger) return add_integer(id.integer, sum);
  if (id.kind == IdKind::kBlob) return add_blob(id.bytes, sum);
  sum->add_word(SQLITE_TEXT);
  sum->add(id.bytes);
}

void add_columns(const Statement& query, int count, Checksum* sum) {
  for (int i = 0; i < count; ++i) {
    switch (sqlite3_column_type(query.get(), i)) {
      case SQLITE_INTEGER:
        add_integer(query.integer(i), sum);
        break;
      case SQLITE_FLOAT:
        add_real(query.real(i), sum);
        break;
      case SQLITE_TEXT:
        sum->add_word(SQLITE_TEXT);
        sum->add(query.text(i));
        break;
      case SQLITE_BLOB:
        add_blob(query.blob(i), sum);
        break;
      default:
        add_null(sum);
    }
  }
}

Checksum* RowChecksums::next_row() {
  if (in_last_ == rows_) {
    append_hex(last_.value(), &hex_);
    last_ = Checksum();
    in_last_ = 0;
  }
  ++in_last_;
  return &last_;
}

std::string RowChecksums::hex() const {
  std::string all = hex_;
  if (in_last_ > 0) append_hex(last_.value(), &all);
  return all;
}

std::string_view checked_columns(std::string_view suffix) { return checked(suffix).columns; }
int checked_column_count(std::string_view suffix) { return checked(suffix).count; }
std::string checksums_key(std::string_view suffix) { return "checksums_" + std::string(suffix); }

std::string_view stored_checksums(const Config& config, std::string_view suffix) {
  const auto at = config.find(checksums_key(suffix));
  return at == config.end() ? std::string_view() : std::string_view(at->second);
}

namespace {

/// Every key that serving reads, "digest" excepted unless `with_digest`.
template <class Add>
void each_served_key(const Config& config, bool with_digest, const Add& add) {
  for (const std::string_view key : kServedKeys) {
    if (with_digest || key != "digest") add(key);
  }
  for (const auto& [key, field] : kModelNumbers) add(key);
  for (const auto& [key, field] : kModelCurves) add(key);
  for (const CheckedTable& table : kChecked) add(checksums_key(table.suffix));
  for (size_t i = 0; config.count(same_as_key(i)) != 0; ++i) add(same_as_key(i));
  for (const auto& [key, value] : config) {
    if (is_label_key(key)) add(key);
  }
}

}  // namespace

std::string config_checksum(const Config& config) {
  Checksum sum;
  each_served_key(config, true, [&](std::string_view key) {
    const auto at = config.find(key);
    if (at == config.end()) return add_null(&sum);
    sum.add(at->second);
  });
  return checksum_hex(sum);
}

std::string digest_of_checksums(const Config& config) {
  Digest digest;
  each_served_key(config, false, [&](std::string_view key) {
    const auto at = config.find(key);
    digest.add_word(at == config.end() ? 0 : 1);
    if (at != config.end()) digest.add(at->second);
  });
  return digest.hex();
}

std::string checksum_hex(const Checksum& sum) {
  std::string hex;
  append_hex(sum.value(), &hex);
  return hex;
}

Status check_config(std::string_view who, const ModelName& name, const Config& config) {
  const auto at = config.find("checksum_config");
  if (at == config.end() || at->second == config_checksum(config)) return {};
  return not_as_stored(who, name, "config", "its values are not the ones that were stored");
}

Status compare_checksums(std::string_view who, const ModelName& name, std::string_view suffix,
                         const Config& config, size_t n_rows, size_t first,
                         const RowChecksums& found) {
  if (config.count("checksum_config") == 0) return {};
  const size_t rows = checksum_rows(n_rows);
  const std::string_view all = stored_checksums(config, suffix);
  const std::string_view stored = all.substr(std::min(all.size(), first / rows * kDigits));
  const std::string got = found.hex();
  for (size_t at = 0; at < got.size(); at += kDigits) {
    if (stored.substr(std::min(stored.size(), at), kDigits) == got.substr(at, kDigits)) continue;
    const size_t begin = first + at / kDigits * rows;
    const std::string last = std::to_string(std::min(n_rows, begin + rows) - 1);
    return not_as_stored(who, name, suffix,
                         "among its rows n = " + std::to_string(begin) + " to " + last +
                             " is one that is not what was stored");
  }
  return {};
}

Status check_rows(sqlite3* db, std::string_view who, const ModelName& name, std::string_view suffix,
                  const Config& config, size_t n_rows, size_t first, size_t end, Monitor& monitor) {
  if (config.count("checksum_config") == 0) return {};
  const bool whole = first == 0 && end >= n_rows;
  SUBJREC_ASSIGN(
      Statement query,
      Statement::prepare(db, who,
                         "SELECT " + std::string(checked_columns(suffix)) + " FROM " +
                             shadow(name, suffix) + (whole ? "" : " WHERE n >= ?1 AND n < ?2") +
                             " ORDER BY n"));
  if (!whole) query.bind(1, static_cast<int64_t>(first)).bind(2, static_cast<int64_t>(end));
  RowChecksums found(n_rows);
  size_t count = 0;
  for (;; ++count) {
    if (count % kPollEvery == kPollEvery - 1 && monitor.stop()) return Status::interrupted();
    SUBJREC_ASSIGN(const bool row, query.step(who));
    if (!row) break;
    add_columns(query, checked_column_count(suffix), found.next_row());
  }
  const size_t wanted = std::min(end, n_rows) - first;
  if (count != wanted) {
    return not_as_stored(who, name, suffix,
                         "of " + std::to_string(wanted) + " rows from n = " +
                             std::to_string(first) + " on it has " + std::to_string(count));
  }
  return compare_checksums(who, name, suffix, config, n_rows, first, found);
}

Status not_as_stored(std::string_view who, const ModelName& name, std::string_view suffix,
                     const std::string& what) {
  const Status damaged = corrupt(who, name, suffix, what);
  const std::string shown =
      name.schema == "main" ? sql("\"%w\"", name.table.c_str()) : name.quoted();
  return {damaged.code(), damaged.message() + ", or, to keep it as it is now, say INSERT INTO " +
                              shown + sql("(\"%w\") VALUES('bless')", name.table.c_str())};
}

}  // namespace subjrec
