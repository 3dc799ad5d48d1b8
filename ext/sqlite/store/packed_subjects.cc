#include "sqlite/store/packed_subjects.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/aligned.h"
#include "core/base/number_text.h"
#include "sqlite/bindings/interrupt_monitor.h"
#include "sqlite/store/checksums.h"

namespace subjrec {
namespace {

constexpr uint32_t kKindShift = 30;  // of an id's length, below its kind
constexpr uint32_t kLength = (uint32_t{1} << kKindShift) - 1;

template <class T>
std::string_view bytes_of(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

/// The lengths and kinds of all ids, and then their bytes: of an integer eight.
std::string packed_ids(const IdTable& ids) {
  std::vector<uint32_t> lengths;
  std::string bytes;
  for (size_t i = 0; i < ids.size(); ++i) {
    const IdView id = ids[i];
    const bool whole = id.kind == IdKind::kInteger;
    const size_t length = whole ? sizeof id.integer : id.bytes.size();
    lengths.push_back(static_cast<uint32_t>(length) | static_cast<uint32_t>(id.kind) << kKindShift);
    if (whole) bytes.append(reinterpret_cast<const char*>(&id.integer), sizeof id.integer);
    bytes.append(id.bytes);
  }
  return std::string(bytes_of(std::span<const uint32_t>(lengths))) + bytes;
}

bool unpack_ids(std::string_view packed, size_t n, IdTable* ids) {
  if (packed.size() < n * sizeof(uint32_t)) return false;
  std::string_view bytes = packed.substr(n * sizeof(uint32_t));
  ids->reserve(n, bytes.size());
  for (size_t i = 0; i < n; ++i) {
    uint32_t word = 0;
    std::memcpy(&word, packed.data() + i * sizeof word, sizeof word);
    const size_t length = word & kLength;
    IdView id{static_cast<IdKind>(word >> kKindShift), 0, bytes.substr(0, length)};
    if (id.kind > IdKind::kBlob || id.bytes.size() != length) return false;
    bytes.remove_prefix(length);
    if (id.kind == IdKind::kInteger) {
      if (length != sizeof id.integer) return false;
      std::memcpy(&id.integer, id.bytes.data(), length);
      id.bytes = {};
    }
    if (!ids->append(id) && ids->intern(id) != i) return false;
  }
  return bytes.empty();
}

/// Room for n values that are about to be written.
void make_room(size_t n, std::vector<float>* values) {
  values->reserve(n);
  advise_huge_pages(values->data(), n * sizeof(float));
  values->resize(n);
}

class StoredWeightRows : public WeightRows {
 public:
  StoredWeightRows(std::shared_ptr<PackedRows> rows, const StoredModel& stored)
      : rows_(std::move(rows)),
        stored_(stored),
        checked_(stored.weight_rows / checksum_rows(n_rows()) + 1) {}

  bool knows_features() const override { return stored_.weight_rows > stored_.subjects.size(); }

  Status row(size_t n, Row* out) const override {
    auto at = found_.find(n);
    if (at == found_.end()) {
      SUBJREC_TRY(check(n));
      Found found;
      SUBJREC_TRY(read(n, &found));
      at = found_.emplace(n, std::move(found)).first;
    }
    *out = {at->second.subjects, at->second.weights};
    return {};
  }

 private:
  struct Found {
    std::vector<uint32_t> subjects;
    std::vector<float> weights;
  };

  /// Those of the projection of "composed" come behind.
  size_t n_rows() const {
    int64_t dim = 0;
    const auto at = stored_.config.find("work_vector_dim");
    if (at != stored_.config.end()) (void)read_number(at->second, &dim);
    return stored_.weight_rows + static_cast<size_t>(std::max<int64_t>(dim, 0));
  }

  Status check(size_t n) const {
    const size_t rows = checksum_rows(n_rows());
    if (checked_[n / rows]) return {};
    SqliteMonitor monitor(rows_->db(), SqliteMonitor::First::kLater);
    SUBJREC_TRY(check_rows(rows_->db(), rows_->who(), rows_->name(), "weights", stored_.config,
                           n_rows(), n / rows * rows, std::min(n_rows(), (n / rows + 1) * rows),
                           monitor));
    checked_[n / rows] = true;
    return {};
  }

  Status read(size_t n, Found* found) const {
    SUBJREC_ASSIGN(Statement query,
                   Statement::prepare(rows_->db(), rows_->who(),
                                      "SELECT subjects, weights FROM " +
                                          shadow(rows_->name(), "weights") + " WHERE n = ?1"));
    SUBJREC_ASSIGN(const bool row, query.bind(1, static_cast<int64_t>(n)).step(rows_->who()));
    const std::string shown = "row n = " + std::to_string(n);
    if (!row) return corrupt(rows_->who(), rows_->name(), "weights", shown + " is missing");
    SUBJREC_TRY(read_positions(rows_->who(), rows_->name(), "weights", shown, query.blob(0),
                               stored_.subjects.size(), &found->subjects));
    found->weights.resize(found->subjects.size());
    return read_floats(rows_->who(), rows_->name(), "weights", shown, query.blob(1),
                       found->weights);
  }

  std::shared_ptr<PackedRows> rows_;
  const StoredModel& stored_;
  mutable std::vector<bool> checked_;  // by checksum
  mutable std::unordered_map<size_t, Found> found_;
};

}  // namespace

Status write_packed_subjects(PackedWriter* out, const Model& model, const IdTable& subjects,
                             std::span<const uint32_t> works) {
  SUBJREC_TRY(out->add(PackedPart::kSubjectIds, 0, packed_ids(subjects)));
  SUBJREC_TRY(out->add(PackedPart::kSubjectEmbeddings, 0, bytes_of(std::span(model.subjects))));
  const auto weight_rows =
      static_cast<uint32_t>(model.weights.offsets.empty() ? 0 : model.weights.n_rows);
  std::string numbers(bytes_of(std::span(&weight_rows, 1)));
  numbers += bytes_of(works);
  numbers += bytes_of(std::span(model.subject_bias));
  return out->add(PackedPart::kSubjectNumbers, 0, numbers);
}

Status read_packed_ids(PackedRows* rows, StoredModel* stored) {
  SUBJREC_ASSIGN(const std::string_view ids,
                 rows->read(PackedPart::kSubjectIds, 0, stored->config.find("digest")->second));
  const bool good = unpack_ids(ids, stored->n_subjects, &stored->subjects);
  return good ? Status() : rows->damaged(PackedPart::kSubjectIds, 0);
}

Status read_packed_subjects(PackedRows* rows, StoredModel* stored, Monitor& monitor) {
  const std::string& digest = stored->config.find("digest")->second;
  Model& model = stored->model;
  const size_t n = stored->n_subjects;
  SUBJREC_TRY(read_packed_ids(rows, stored));
  SUBJREC_ASSIGN(const std::string_view numbers,
                 rows->read(PackedPart::kSubjectNumbers, 0, digest));
  const bool biased = numbers.size() == (2 * n + 1) * sizeof(uint32_t);
  if (!biased && numbers.size() != (n + 1) * sizeof(uint32_t)) {
    return rows->damaged(PackedPart::kSubjectNumbers, 0);
  }
  std::vector<uint32_t> works(n + 1);
  std::memcpy(works.data(), numbers.data(), works.size() * sizeof(uint32_t));
  stored->weight_rows = works[0];
  stored->subject_works.assign(works.begin() + 1, works.end());
  if (biased) {
    model.subject_bias.resize(n);
    std::memcpy(model.subject_bias.data(), numbers.data() + works.size() * sizeof(uint32_t),
                n * sizeof(float));
  }
  if (stored->weight_rows != 0 && stored->weight_rows != n &&
      stored->weight_rows != n + stored->n_features) {
    return rows->damaged(PackedPart::kSubjectNumbers, 0);
  }
  if (monitor.stop()) return Status::interrupted();

  SUBJREC_ASSIGN(const uint64_t bytes, rows->size(PackedPart::kSubjectEmbeddings, 0));
  if (bytes != uint64_t{n} * model.dim * sizeof(float)) {
    return rows->damaged(PackedPart::kSubjectEmbeddings, 0);
  }
  make_room(n * model.dim, &model.subjects);
  return rows->read_into(
      PackedPart::kSubjectEmbeddings, 0, digest,
      {reinterpret_cast<char*>(model.subjects.data()), n * model.dim * sizeof(float)}, monitor);
}

Result<std::shared_ptr<const WeightRows>> stored_weight_rows(std::shared_ptr<PackedRows> rows,
                                                             const StoredModel& stored) {
  if (stored.weight_rows == 0) return std::shared_ptr<const WeightRows>();
  return std::shared_ptr<const WeightRows>(
      std::make_shared<StoredWeightRows>(std::move(rows), stored));
}

}  // namespace subjrec
