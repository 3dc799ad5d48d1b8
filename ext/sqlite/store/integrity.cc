#include "sqlite/store/integrity.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "sqlite/bindings/value.h"
#include "sqlite/store/catalogue_patch.h"
#include "sqlite/store/checksums.h"

namespace subjrec {
namespace {

size_t weight_rows(const Model& model) {
  return (model.weights.offsets.empty() ? 0 : model.weights.n_rows) + model.vector_dim();
}

std::span<const float> embedding_of(const Model& model, uint32_t subject) {
  return std::span(model.subjects).subspan(subject * model.dim, model.dim);
}

bool is_same(std::string_view blob, std::span<const float> row) {
  return blob.size() == row.size_bytes() && std::memcmp(blob.data(), row.data(), blob.size()) == 0;
}

/// Ten times what a check takes: a microsecond for a row, and one for a kilobyte.
std::chrono::microseconds patience_for(const StoredModel& model) {
  const size_t rows =
      model.subjects.size() + model.features.size() + weight_rows(model.model) + 256;
  const size_t values = model.model.subjects.size() + model.model.subject_inputs.size() +
                        model.model.feature_inputs.size() + 2 * model.model.weights.weights.size();
  return std::chrono::microseconds(10 * (rows + values / 256));
}

}  // namespace

Integrity::Version Integrity::version() const {
  Version now;
  sqlite3_file_control(db_, name_.schema.c_str(), SQLITE_FCNTL_DATA_VERSION, &now.file);
  now.changes = sqlite3_total_changes64(db_);
  return now;
}

void Integrity::start(const StoredModel& model) {
  checked_version_ = version();
  checked_at_ = Clock::now();
  patience_ = patience_for(model);
  const size_t rows = checksum_rows(model.n_works);
  checked_works_.assign((model.n_works + rows - 1) / rows, false);
  knows_works_ = !can_check(model);
  checked_subjects_.assign(model.n_subjects / checksum_rows(model.n_subjects) + 1, false);
  checked_features_.assign(model.n_features / checksum_rows(model.n_features) + 1, false);
  listed_.assign(model.for_lists ? model.n_subjects : 0, false);
  hashes_.clear();
}

bool Integrity::due() const {
  return version() != checked_version_ && Clock::now() - checked_at_ >= patience_;
}

Status Integrity::check_again(std::string_view who, const StoredModel& model, Monitor& monitor) {
  SUBJREC_ASSIGN(const Config config, read_config(db_, who, name_));
  SUBJREC_TRY(check_config(who, name_, config));
  if (model.for_lists) {  // which was read from elsewhere, and is what it was
    start(model);
    return {};
  }
  const auto check = [&](std::string_view suffix, size_t n) {
    return check_rows(db_, who, name_, suffix, model.config, n, 0, n, monitor);
  };
  SUBJREC_TRY(check("subjects", model.subjects.size()));
  SUBJREC_TRY(check("features", model.features.size()));
  SUBJREC_TRY(check("weights", weight_rows(model.model)));
  start(model);
  return {};
}

Status Integrity::check_row(std::string_view who, const StoredModel& model, std::string_view suffix,
                            size_t n, Monitor& monitor) {
  const bool subjects = suffix == "subjects";
  const size_t n_rows = subjects ? model.n_subjects : model.n_features;
  std::vector<bool>& checked = subjects ? checked_subjects_ : checked_features_;
  const size_t rows = checksum_rows(n_rows);
  const size_t at = n / rows;
  if (checked[at]) return {};
  SUBJREC_TRY(check_rows(db_, who, name_, suffix, model.config, n_rows, at * rows,
                         std::min(n_rows, (at + 1) * rows), monitor));
  checked[at] = true;
  return {};
}

Status Integrity::check_listed(std::string_view who, const StoredModel& model, uint32_t subject) {
  if (!model.for_lists || listed_[subject]) return {};
  if (!subject_query_) {
    SUBJREC_ASSIGN(subject_query_,
                   Statement::prepare(db_, who,
                                      "SELECT subject_id, embedding, bias FROM " +
                                          shadow(name_, "subjects") + " WHERE n = ?1",
                                      SQLITE_PREPARE_PERSISTENT));
  }
  const Model& m = model.model;
  SUBJREC_ASSIGN(const bool row, subject_query_.bind(1, int64_t{subject}).step(who));
  const auto id = row ? id_of(subject_query_.value(0)) : std::nullopt;
  const float bias = m.subject_bias.empty() ? 0 : m.subject_bias[subject];
  listed_[subject] = id && *id == model.subjects[subject] &&
                     is_same(subject_query_.blob(1), embedding_of(m, subject)) &&
                     subject_query_.real(2) == double{bias};
  subject_query_.reset();
  if (listed_[subject]) return {};
  return not_as_stored(
      who, name_, "subjects",
      "row n = " + std::to_string(subject) + (row ? " is not what was stored" : " is missing"));
}

Status Integrity::check_work(std::string_view who, const StoredModel& model, size_t n,
                             Monitor& monitor) {
  if (knows_works_) return {};
  const size_t rows = checksum_rows(model.n_works);
  const size_t at = n / rows;
  if (at >= checked_works_.size()) {
    return not_as_stored(who, name_, "works", "it has a row n = " + std::to_string(n));
  }
  if (checked_works_[at]) return {};
  SUBJREC_TRY(check_rows(db_, who, name_, "works", model.config, model.n_works, at * rows,
                         std::min(model.n_works, (at + 1) * rows), monitor));
  checked_works_[at] = true;
  return {};
}

Status Integrity::check_absent(std::string_view who, const StoredModel& model, const IdView& id,
                               Monitor& monitor) {
  if (!can_check(model)) return {};
  if (model.config.count(kUnsortedKey) != 0) return check_no_hash(who, model, id, monitor);
  if (!id_query_) {
    SUBJREC_ASSIGN(id_query_,
                   Statement::prepare(
                       db_, who, "SELECT work_id FROM " + shadow(name_, "works") + " WHERE n = ?1",
                       SQLITE_PREPARE_PERSISTENT));
  }
  size_t begin = 0;  // ids before are less than `id`
  size_t end = model.n_works;
  while (begin < end) {
    const size_t middle = begin + (end - begin) / 2;
    id_query_.bind(1, static_cast<int64_t>(middle));
    SUBJREC_ASSIGN(const bool row, id_query_.step(who));
    bool less = false;
    bool same = !row;
    if (row) {
      const auto there = id_of(id_query_.value(0));
      less = there.has_value() && there.value() < id;
      same = there.has_value() && there.value() == id;
    }
    id_query_.reset();
    if (same) {
      return not_as_stored(
          who, name_, "works",
          "row n = " + std::to_string(middle) + (row ? " is not found by its id" : " is missing"));
    }
    if (less) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  if (begin > 0) SUBJREC_TRY(check_work(who, model, begin - 1, monitor));
  return begin < model.n_works ? check_work(who, model, begin, monitor) : Status();
}

Status Integrity::check_no_hash(std::string_view who, const StoredModel& model, const IdView& id,
                                Monitor& monitor) {
  if (hashes_.empty() && has_packed_rows(model.config)) {
    PackedRows rows(db_, name_);
    rows.set_who(who);
    SUBJREC_ASSIGN(auto hashes, read_work_hashes(&rows, model.n_works,
                                                 model.config.find("digest")->second, monitor));
    if (hashes) hashes_ = std::move(*hashes);
  }
  const uint64_t hash = hash_id(id);
  for (size_t n = 0; n < hashes_.size(); ++n) {
    if (hashes_[n].id != hash) continue;
    return not_as_stored(who, name_, "works",
                         "row n = " + std::to_string(n) + " is not found by its id");
  }
  return {};
}

Status Integrity::check_works(std::string_view who, const StoredModel& model, Monitor& monitor) {
  SUBJREC_TRY(
      check_rows(db_, who, name_, "works", model.config, model.n_works, 0, model.n_works, monitor));
  works_are_checked();
  return {};
}

void Integrity::works_are_checked() {
  checked_works_.assign(checked_works_.size(), true);
  knows_works_ = true;
}

}  // namespace subjrec
