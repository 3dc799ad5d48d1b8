// What a connection knows of the integrity of a model that it has loaded: which rows were compared
// with their checksums, and whether anybody has written to the database since.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/store/shadow_tables.h"
#include "sqlite/store/work_hashes.h"

namespace subjrec {

/// Rows of rec_works are checked where they are read, with those that share their checksum; the
/// other tables when the model is loaded. After a write to the database, by whatever connection,
/// all are checked again; but not before ten times as long has passed as a check takes, so that it
/// costs a tenth of the time at the most where a host writes and asks in turn.
class Integrity {
 public:
  Integrity(sqlite3* db, const ModelName& name) : db_(db), name_(name) {}

  /// Whether the model was stored with checksums.
  static bool can_check(const StoredModel& model) {
    return model.config.count("checksum_config") != 0;
  }

  /// `model` has just been read and checked, its works excepted.
  void start(const StoredModel& model);
  /// In a read transaction: whether a check is due again.
  bool due() const;
  /// Checks what start() supposes, and forgets what was checked of the works.
  Status check_again(std::string_view who, const StoredModel& model, Monitor& monitor);

  /// Row n of rec_subjects or rec_features, which is read by itself, and those that share its
  /// checksum; once for what start() said.
  Status check_row(std::string_view who, const StoredModel& model, std::string_view suffix,
                   size_t n, Monitor& monitor);
  /// Of a model that is loaded StoredModel::for_lists, and so without rec_subjects: that the row of
  /// a subject that is listed says what rec_packed does; once for what start() said.
  Status check_listed(std::string_view who, const StoredModel& model, uint32_t subject);
  /// Row n of rec_works, and those that share its checksum.
  Status check_work(std::string_view who, const StoredModel& model, size_t n, Monitor& monitor);
  /// That no row of rec_works has this id, which was not found: its neighbours in the order of ids
  /// lie side by side; where works are not in that order, no hash is its.
  Status check_absent(std::string_view who, const StoredModel& model, const IdView& id,
                      Monitor& monitor);
  /// All of rec_works.
  bool knows_works() const { return knows_works_; }
  Status check_works(std::string_view who, const StoredModel& model, Monitor& monitor);
  /// All of rec_works was read and checked.
  void works_are_checked();

  void finalize_statements() {
    id_query_ = Statement();
    subject_query_ = Statement();
  }

 private:
  using Clock = std::chrono::steady_clock;
  struct Version {
    uint32_t file = 0;    // changes with every commit, of any connection
    int64_t changes = 0;  // of this connection, also within a transaction
    bool operator==(const Version&) const = default;
  };
  Version version() const;
  Status check_no_hash(std::string_view who, const StoredModel& model, const IdView& id,
                       Monitor& monitor);

  sqlite3* db_;
  const ModelName& name_;
  Version checked_version_;
  Clock::time_point checked_at_;
  Clock::duration patience_{};
  std::vector<bool> checked_works_;  // by checksum
  bool knows_works_ = false;         // all were
  std::vector<bool> checked_subjects_, checked_features_;
  std::vector<bool> listed_;  // subjects that are as they are in rec_packed
  Statement id_query_, subject_query_;
  std::vector<WorkHash> hashes_;  // where they were needed
};

}  // namespace subjrec
