#include "sqlite/store/catalogue_patch.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/base/number_text.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/bindings/version.h"
#include "sqlite/store/checksums.h"
#include "sqlite/store/packed_rows.h"
#include "sqlite/store/patched_lists.h"
#include "sqlite/store/patched_rows.h"

namespace subjrec {
namespace {

class Patch {
 public:
  Patch(sqlite3* db, std::string_view who, const ModelName& name, const StoredModel& stored,
        std::vector<WorkHash> hashes, Monitor& monitor)
      : db_(db),
        who_(who),
        name_(name),
        stored_(stored),
        hashes_(std::move(hashes)),
        monitor_(monitor),
        rows_(db, name),
        editor_(db, who, name) {
    rows_.set_who(who);
  }

  /// False: all works have to be written anew.
  Result<bool> plan(const WorkChanges& changes, std::span<const float> embeddings) {
    const Config& config = stored_.config;
    if (config.count("checksum_config") == 0 || config.count("n_works_of_all_shards") != 0) {
      return false;
    }
    if (stored_.weighted || changes.removed.size() >= stored_.n_works) return false;
    const size_t touched = changes.removed.size() + changes.changed.size() + changes.added.size();
    if (touched > stored_.n_works / kSortedShare) return false;
    SUBJREC_ASSIGN(auto plan, plan_patch(db_, who_, name_, stored_, changes, embeddings));
    if (!plan) return false;
    plan_ = std::move(*plan);
    if (const auto before = config.find(kUnsortedKey); before != config.end()) {
      if (!read_number(before->second, &unsorted_)) return false;
    }
    unsorted_ += static_cast<int64_t>(plan_.moved);
    if (checksum_rows(plan_.n_before) != checksum_rows(plan_.n_now)) return false;
    if (unsorted_ < 0 || static_cast<size_t>(unsorted_) > plan_.n_now / kSortedShare) return false;
    SUBJREC_ASSIGN(counts_, read_patched_counts(&rows_, stored_, plan_));
    if (stored_.computed) return !counts_.features;  // no inputs were read
    read_.assign(changes.changed_rows.subjects.begin(), changes.changed_rows.subjects.end());
    read_.insert(read_.end(), changes.added_rows.subjects.begin(),
                 changes.added_rows.subjects.end());
    return !counts_.features;
  }

  Result<PatchedCatalogue> store() {
    SUBJREC_TRY(editor_.begin());
    SUBJREC_TRY(patch_lists(&rows_, &editor_, stored_, plan_, counts_, monitor_));
    SUBJREC_TRY(numbers());
    SUBJREC_TRY(hashes());
    Config config = stored_.config;
    SUBJREC_ASSIGN(config["checksums_works"],
                   patch_works(db_, who_, name_, stored_.config, plan_, monitor_));
    SUBJREC_ASSIGN(config["checksums_subjects"],
                   patch_subject_works(db_, who_, name_, stored_, counts_.before.counts,
                                       counts_.now.counts, read_, monitor_));
    size_t n = stored_.n_interactions;
    for (const auto& [number, row] : plan_.rows) {
      if (row.before) n -= row.before->subjects.size();
      if (row.now) n += row.now->subjects.size();
    }
    config["n_interactions"] = std::to_string(n);
    config["n_works"] = std::to_string(plan_.n_now);
    config["library_version"] = SUBJREC_VERSION;
    if (unsorted_ > 0) config[kUnsortedKey] = std::to_string(unsorted_);
    // Of the rows of the source, which were not put in order.
    for (const char* key : {"source_fingerprint", kFingerprintOf}) config.erase(key);
    config["digest"] = digest_of_checksums(config);
    config[kPackedKey] = config["digest"];
    config["checksum_config"] = config_checksum(config);
    SUBJREC_TRY(write_config(db_, who_, name_, config));
    SUBJREC_TRY(execute(db_, who_,
                        "DELETE FROM " + shadow(name_, "config") +
                            " WHERE key IN ('source_fingerprint', '" + kFingerprintOf + "')"));
    return PatchedCatalogue{config["digest"], n};
  }

 private:
  /// How many works carry each subject (sqlite/store/packed_subjects.cc).
  Status numbers() {
    const size_t n = stored_.n_subjects;
    SUBJREC_ASSIGN(const std::string_view bytes, rows_.read(PackedPart::kSubjectNumbers, 0,
                                                            stored_.config.find("digest")->second));
    std::string numbers(bytes);
    const std::vector<uint32_t>& before = counts_.before.counts;
    if (numbers.size() < (n + 1) * sizeof(uint32_t) ||
        std::memcmp(numbers.data() + sizeof(uint32_t), before.data(), n * sizeof(uint32_t)) != 0) {
      return rows_.damaged(PackedPart::kSubjectNumbers, 0);
    }
    std::memcpy(numbers.data() + sizeof(uint32_t), counts_.now.counts.data(), n * sizeof(uint32_t));
    return editor_.put(PackedPart::kSubjectNumbers, 0, numbers);
  }

  Status hashes() {
    const std::vector<uint64_t> subjects = hashes_of(stored_.subjects);
    hashes_.resize(plan_.n_now);
    std::vector<size_t> chunks;
    for (const auto& [n, row] : plan_.rows) {
      if (row.now) hashes_[n] = work_hash(row.now->id[0], row.now->subjects, subjects);
      if (chunks.empty() || chunks.back() != n / kHashedWorks) chunks.push_back(n / kHashedWorks);
    }
    for (const size_t chunk : chunks) {
      const size_t first = chunk * kHashedWorks;
      const auto number = static_cast<uint32_t>(chunk);
      if (first >= hashes_.size()) {
        SUBJREC_TRY(editor_.remove(PackedPart::kWorkHashes, number));
        continue;
      }
      const size_t n = std::min(kHashedWorks, hashes_.size() - first);
      SUBJREC_TRY(editor_.put(
          PackedPart::kWorkHashes, number,
          {reinterpret_cast<const char*>(hashes_.data() + first), n * sizeof(WorkHash)}));
    }
    return {};
  }

  sqlite3* db_;
  std::string_view who_;
  const ModelName& name_;
  const StoredModel& stored_;
  std::vector<WorkHash> hashes_;
  Monitor& monitor_;
  PackedRows rows_;
  PackedEditor editor_;
  CataloguePlan plan_;
  PatchedCounts counts_;
  int64_t unsorted_ = 0;
  std::vector<uint32_t> read_;  // subjects whose rows embeddings were made of
};

}  // namespace

Result<std::optional<PatchedCatalogue>> patch_catalogue(
    sqlite3* db, std::string_view who, const ModelName& name, const StoredModel& stored,
    const WorkChanges& changes, std::span<const float> embeddings, std::vector<WorkHash> hashes,
    Monitor& monitor) {
  Patch patch(db, who, name, stored, std::move(hashes), monitor);
  SUBJREC_ASSIGN(const bool planned, patch.plan(changes, embeddings));
  std::optional<PatchedCatalogue> patched;
  if (!planned) return patched;
  SUBJREC_ASSIGN(patched, patch.store());
  return patched;
}

}  // namespace subjrec
