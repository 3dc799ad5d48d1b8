#include "sqlite/store/packed_rows.h"

#include <algorithm>

#include "core/base/checksum.h"

namespace subjrec {
namespace {

constexpr size_t kPiece = size_t{1} << 19;
constexpr size_t kPollEvery = 1024;

int64_t row_of(PackedPart part, uint32_t number) {
  return static_cast<int64_t>(part) << 48 | static_cast<int64_t>(number) << 16;
}

int64_t checksum_of(int64_t n, std::string_view bytes) {
  Checksum sum;
  sum.add_word(static_cast<uint64_t>(n));
  sum.add(bytes);
  return static_cast<int64_t>(sum.value());
}

/// An open read keeps writers away.
struct Reset {
  Statement* query;
  ~Reset() { query->reset(); }
};

}  // namespace

bool has_packed_rows(const Config& config) {
  const auto of = config.find(kPackedKey);
  return of != config.end() && of->second == config.find("digest")->second;
}

Result<std::string_view> PackedRows::piece(int64_t n, std::string_view digest) {
  if (!query_) {
    SUBJREC_TRY(check_shadow_table(db_, who_, name_, "packed"));
    SUBJREC_ASSIGN(query_,
                   Statement::prepare(db_, who_,
                                      std::string("SELECT checksum, data, (SELECT value FROM ") +
                                          shadow(name_, "config") + " WHERE key = '" + kPackedKey +
                                          "') FROM " + shadow(name_, "packed") + " WHERE n = ?1",
                                      SQLITE_PREPARE_PERSISTENT));
  }
  query_.reset();
  query_.bind(1, n);
  SUBJREC_ASSIGN(const bool row, query_.step(who_));
  if (!row) return damaged_row(n);
  if (query_.text(2) != digest) {
    return Status(Code::kBusy, who_ + ": model \"" + name_.shown() +
                                   "\" was trained again while it was read; try again");
  }
  const std::string_view bytes = query_.blob(1);
  if (query_.integer(0) != checksum_of(n, bytes)) return damaged_row(n);
  return bytes;
}

Result<std::string_view> PackedRows::read(PackedPart part, uint32_t number,
                                          std::string_view digest) {
  const Reset reset{&query_};
  value_.clear();
  for (int64_t n = row_of(part, number);; ++n) {
    SUBJREC_ASSIGN(const std::string_view bytes, piece(n, digest));
    value_ += bytes;
    if (bytes.size() < kPiece) return std::string_view(value_);
  }
}

Status PackedRows::read_into(PackedPart part, uint32_t number, std::string_view digest,
                             std::span<char> out, Monitor& monitor) {
  const Reset reset{&query_};
  for (int64_t n = row_of(part, number);; ++n) {
    if (monitor.stop()) return Status::interrupted();
    SUBJREC_ASSIGN(const std::string_view bytes, piece(n, digest));
    if (bytes.size() > out.size()) return damaged_row(n);
    std::copy(bytes.begin(), bytes.end(), out.begin());
    out = out.subspan(bytes.size());
    if (bytes.size() < kPiece) return out.empty() ? Status() : damaged_row(n);
  }
}

Result<uint64_t> PackedRows::size(PackedPart part, uint32_t number) {
  SUBJREC_TRY(check_shadow_table(db_, who_, name_, "packed"));
  SUBJREC_ASSIGN(Statement query,
                 Statement::prepare(db_, who_,
                                    "SELECT sum(length(data)) FROM " + shadow(name_, "packed") +
                                        " WHERE n BETWEEN ?1 AND ?2"));
  const int64_t first = row_of(part, number);
  SUBJREC_ASSIGN([[maybe_unused]] const bool row,
                 query.bind(1, first).bind(2, first + 0xffff).step(who_));
  return static_cast<uint64_t>(query.integer(0));
}

Status PackedRows::damaged_row(int64_t n) const {
  return corrupt(who_, name_, "packed", "row n = " + std::to_string(n) + " is not what was stored");
}

Status PackedRows::damaged(PackedPart part, uint32_t number) const {
  return damaged_row(row_of(part, number));
}

Status PackedWriter::begin() {
  SUBJREC_ASSIGN(Statement query, Statement::prepare(db_, who_,
                                                     "SELECT n, checksum FROM " +
                                                         shadow(name_, "packed") + " ORDER BY n"));
  for (;;) {
    SUBJREC_ASSIGN(const bool row, query.step(who_));
    if (!row) break;
    before_.emplace_hint(before_.end(), query.integer(0), query.integer(1));
  }
  SUBJREC_ASSIGN(insert_, Statement::prepare(db_, who_,
                                             "REPLACE INTO " + shadow(name_, "packed") +
                                                 "(n, checksum, data) VALUES (?1, ?2, ?3)"));
  return {};
}

Status PackedWriter::add(PackedPart part, uint32_t number, std::string_view bytes) {
  for (int64_t n = row_of(part, number);; ++n) {
    const std::string_view piece = bytes.substr(0, kPiece);
    SUBJREC_TRY(add_piece(n, piece));
    if (piece.size() < kPiece) return {};
    bytes.remove_prefix(kPiece);
  }
}

Status PackedWriter::add_piece(int64_t n, std::string_view bytes) {
  const int64_t checksum = checksum_of(n, bytes);
  if (const auto old = before_.find(n); old != before_.end()) {
    const bool same = old->second == checksum;
    before_.erase(old);
    if (same) return {};
  }
  const IdView blob{IdKind::kBlob, 0, bytes};
  return insert_.bind(1, n).bind(2, checksum).bind(3, blob).run(who_);
}

Status PackedWriter::finish(Monitor& monitor) {
  SUBJREC_ASSIGN(
      Statement remove,
      Statement::prepare(db_, who_, "DELETE FROM " + shadow(name_, "packed") + " WHERE n = ?1"));
  Poll poll(monitor, kPollEvery);
  for (const auto& [n, checksum] : before_) {
    if (poll.stop()) return Status::interrupted();
    SUBJREC_TRY(remove.bind(1, n).run(who_));
  }
  before_.clear();
  return {};
}

Status PackedEditor::begin() {
  SUBJREC_ASSIGN(insert_, Statement::prepare(db_, who_,
                                             "REPLACE INTO " + shadow(name_, "packed") +
                                                 "(n, checksum, data) VALUES (?1, ?2, ?3)"));
  SUBJREC_ASSIGN(remove_, Statement::prepare(db_, who_,
                                             "DELETE FROM " + shadow(name_, "packed") +
                                                 " WHERE n BETWEEN ?1 AND ?2"));
  return {};
}

Status PackedEditor::put(PackedPart part, uint32_t number, std::string_view bytes) {
  const int64_t first = row_of(part, number);
  for (int64_t n = first;; ++n) {
    const std::string_view piece = bytes.substr(0, kPiece);
    insert_.bind(1, n).bind(2, checksum_of(n, piece)).bind(3, IdView{IdKind::kBlob, 0, piece});
    SUBJREC_TRY(insert_.run(who_));
    if (piece.size() < kPiece) return remove_.bind(1, n + 1).bind(2, first | 0xffff).run(who_);
    bytes.remove_prefix(kPiece);
  }
}

Status PackedEditor::remove(PackedPart part, uint32_t number) {
  const int64_t first = row_of(part, number);
  return remove_.bind(1, first).bind(2, first | 0xffff).run(who_);
}

}  // namespace subjrec
