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

}  // namespace

bool has_packed_rows(const Config& config) {
  const auto of = config.find(kPackedKey);
  return of != config.end() && of->second == config.find("digest")->second;
}

Result<std::string_view> PackedRows::read(PackedPart part, uint32_t number,
                                          std::string_view digest) {
  if (!query_) {
    SUBJREC_TRY(check_shadow_table(db_, who_, name_, "packed"));
    SUBJREC_ASSIGN(query_,
                   Statement::prepare(db_, who_,
                                      std::string("SELECT checksum, data, (SELECT value FROM ") +
                                          shadow(name_, "config") + " WHERE key = '" + kPackedKey +
                                          "') FROM " + shadow(name_, "packed") + " WHERE n = ?1",
                                      SQLITE_PREPARE_PERSISTENT));
  }
  value_.clear();
  for (int64_t n = row_of(part, number);; ++n) {
    query_.bind(1, n);
    SUBJREC_ASSIGN(const bool row, query_.step(who_));
    if (!row) return damaged(part, number);
    if (query_.text(2) != digest) {
      query_.reset();
      return Status(Code::kBusy, who_ + ": model \"" + name_.shown() +
                                     "\" was trained again while it was read; try again");
    }
    const std::string_view piece = query_.blob(1);
    const bool good = query_.integer(0) == checksum_of(n, piece);
    const bool last = piece.size() < kPiece;
    value_ += piece;
    query_.reset();
    if (!good) return damaged(part, number);
    if (last) return std::string_view(value_);
  }
}

Status PackedRows::damaged(PackedPart part, uint32_t number) const {
  return corrupt(who_, name_, "packed",
                 "row n = " + std::to_string(row_of(part, number)) + " is not what was stored");
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

}  // namespace subjrec
