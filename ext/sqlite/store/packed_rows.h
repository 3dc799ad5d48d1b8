// rec_packed: packed BLOBs of a model, so that a connection's first list reads what it needs and no
// more. STORAGE.md has the format.
//
// A value is split into pieces of 512 KB, a row each; n = part * 2^48 + number * 2^16 + piece. The
// rows say the same as the other tables do: a model without them is read without. They are of the
// model whose digest rec_config has under "packed_of", and of no other that an older subjrec wrote.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/store/shadow_tables.h"

namespace subjrec {

enum class PackedPart : uint8_t {
  kSizes,
  kTermCounts,
  kScales,
  kPostings,
  kSubjectsOfWorks,
  kSubjectIds,
  kSubjectNumbers,
  kSubjectEmbeddings,
  kWorkHashes,
};

constexpr const char* kPackedKey = "packed_of";
/// Whether the model of `config` has them.
bool has_packed_rows(const Config& config);

/// Reads values of one model. Statements are prepared once.
class PackedRows {
 public:
  PackedRows(sqlite3* db, ModelName name) : db_(db), name_(std::move(name)) {}

  /// In whose name errors speak, and the digest of the model that is read.
  void set_who(std::string_view who) { who_ = who; }
  sqlite3* db() const { return db_; }
  std::string_view who() const { return who_; }
  const ModelName& name() const { return name_; }

  /// Value `number` of a part, checked; valid until the next read. Code::kBusy where the model is
  /// another one by now.
  Result<std::string_view> read(PackedPart part, uint32_t number, std::string_view digest);
  /// The same into memory of that size().
  Status read_into(PackedPart part, uint32_t number, std::string_view digest, std::span<char> out,
                   Monitor& monitor);
  /// How long a value is, as its pieces say, which nobody has checked yet.
  Result<uint64_t> size(PackedPart part, uint32_t number);
  /// The error for a value that is not of its form.
  Status damaged(PackedPart part, uint32_t number) const;

  void finalize_statements() { query_ = Statement(); }

 private:
  /// A piece, checked; empty at the end of a value that ends with a full one.
  Result<std::string_view> piece(int64_t n, std::string_view digest);
  Status damaged_row(int64_t n) const;

  sqlite3* db_;
  ModelName name_;
  std::string who_;
  Statement query_;
  std::string value_;
};

/// Writes values in any order, but for those that are stored already, and at the end deletes the
/// others.
class PackedWriter {
 public:
  PackedWriter(sqlite3* db, std::string_view who, const ModelName& name)
      : db_(db), who_(who), name_(name) {}

  Status begin();
  Status add(PackedPart part, uint32_t number, std::string_view bytes);
  Status finish(Monitor& monitor);

 private:
  Status add_piece(int64_t n, std::string_view bytes);

  sqlite3* db_;
  std::string_view who_;
  const ModelName& name_;
  Statement insert_;
  std::map<int64_t, int64_t> before_;  // checksums by n, of rows not met again so far
};

/// Replaces and removes single values, and leaves all others.
class PackedEditor {
 public:
  PackedEditor(sqlite3* db, std::string_view who, const ModelName& name)
      : db_(db), who_(who), name_(name) {}

  Status begin();
  Status put(PackedPart part, uint32_t number, std::string_view bytes);
  Status remove(PackedPart part, uint32_t number);

 private:
  sqlite3* db_;
  std::string_view who_;
  const ModelName& name_;
  Statement insert_, remove_;
};

}  // namespace subjrec
