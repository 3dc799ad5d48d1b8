#include "core/ingest/catalogue.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <utility>

#include "core/base/json_writer.h"
#include "core/base/number_text.h"
#include "core/data/id_table.h"
#include "core/data/shard.h"
#include "core/ingest/packed_text.h"

namespace subjrec {
namespace {

std::string json_array(std::span<const Text> texts) {
  JsonWriter json;
  for (const Text text : texts) json.add_element(json_string(text));
  return json.array();
}

}  // namespace

Status GroupedRows::pull() {
  SUBJREC_ASSIGN(pending_, rows_.next(&pending_key_, &pending_value_));
  return {};
}

Result<bool> GroupedRows::next(std::string_view* key, std::vector<std::string_view>* values) {
  if (!std::exchange(started_, true)) SUBJREC_TRY(pull());
  if (!pending_) return false;
  key_ = pending_key_;
  bytes_.clear();
  ends_.clear();
  do {
    bytes_.append(pending_value_);
    ends_.push_back(bytes_.size());
    SUBJREC_TRY(pull());
  } while (pending_ && pending_key_ == key_);
  *key = key_;
  values->clear();
  size_t start = 0;
  for (const size_t end : ends_) {
    values->push_back(std::string_view(bytes_).substr(start, end - start));
    start = end;
  }
  return true;
}

/// Ids with label and type. A mention that says nothing new is dropped at once, as long as the
/// ids seen last are remembered.
class Catalogue::Entries {
 public:
  explicit Entries(size_t memory) : rows_(memory), groups_(&rows_) {}

  Status add(Text id, Text label, Text type) {
    const unsigned says = (label.data() != nullptr ? 1u : 0u) | (type.data() != nullptr ? 2u : 0u);
    auto known = seen_.find(id);
    if (known != seen_.end() && (says & ~known->second) == 0) return {};
    if (known == seen_.end()) {
      if (seen_.size() >= kRemembered) forget();
      auto* copy = static_cast<char*>(arena_.allocate(id.size(), 1));
      std::memcpy(copy, id.data(), id.size());
      known = seen_.emplace(Text(copy, id.size()), 0u).first;
    }
    known->second |= says;
    row_.clear();
    put(&row_, label);
    put(&row_, type);
    return rows_.add(id, row_);
  }

  Status finish() {
    forget();
    return rows_.finish();
  }

  Result<bool> next(CatalogueEntry* entry) {
    *entry = {};
    SUBJREC_ASSIGN(const bool more, groups_.next(&entry->id, &values_));
    if (!more) return false;
    for (std::string_view value : values_) {
      keep_first(&entry->label, take(&value));
      keep_first(&entry->type, take(&value));
    }
    return true;
  }

 private:
  static constexpr size_t kRemembered = 200000;

  void forget() {
    seen_.clear();
    arena_.release();
  }

  RunSorter rows_;
  GroupedRows groups_;
  Arena arena_;
  std::unordered_map<Text, unsigned> seen_;
  std::string row_;
  std::vector<std::string_view> values_;
};

Catalogue::Catalogue(const Settings& settings)
    : settings_(settings),
      subjects_(std::make_unique<Entries>(settings.memory / 8)),
      features_(std::make_unique<Entries>(settings.memory / 8)),
      works_(settings.memory / 8 * 6),
      work_groups_(&works_) {}
Catalogue::~Catalogue() = default;

Status Catalogue::add_subject(const Concept& subject, Text weight) {
  if (subject.id.data() == nullptr) return {};
  put(&subject_ids_, subject.id);
  if (settings_.weights) put(&subject_ids_, weight.data() == nullptr ? Text("1") : weight);
  return subjects_->add(subject.id, subject.label, subject.type);
}

Status Catalogue::add_feature(std::string_view kind, const Concept& item) {
  if (item.id.data() == nullptr) return {};
  feature_id_.assign(kind).append(":").append(item.id);
  put(&feature_ids_, feature_id_);
  return features_->add(feature_id_, item.label, kind);
}

bool Catalogue::is_mine(Text id) const {
  if (settings_.shards == 1) return true;
  return shard_of(hash_id({IdKind::kText, 0, id}), settings_.shards) == settings_.shard;
}

Status Catalogue::add_work(const WorkRecord& work) {
  subject_ids_.clear();
  for (const Subject& subject : work.subjects) {
    if (settings_.level != SubjectLevel::kConcept) {
      SUBJREC_TRY(add_subject(subject.heading, subject.weight));
    }
    if (settings_.level != SubjectLevel::kHeading) {
      for (const Concept& part : subject.concepts) {
        SUBJREC_TRY(add_subject(part, subject.weight));
      }
    }
  }
  feature_ids_.clear();
  if (settings_.features) {
    for (const Concept& agent : work.contributors) SUBJREC_TRY(add_feature("contributor", agent));
    for (const Concept& genre : work.genres) SUBJREC_TRY(add_feature("genre", genre));
    for (const Concept& language : work.languages) SUBJREC_TRY(add_feature("language", language));
    SUBJREC_TRY(add_feature("work_type", work.work_type));
    for (const Feature& feature : work.features) {
      SUBJREC_TRY(add_feature(feature.kind, feature.item));
    }
  }
  if (!is_mine(work.id)) {
    ++of_other_shards_;
    return {};
  }
  row_.clear();
  put(&row_, work.title);
  put(&row_, work.work_type.label.data() != nullptr ? work.work_type.label : work.work_type.id);
  put(&row_, work.production_date);
  if (work.alternative_titles.empty()) {
    put(&row_, Text());
  } else {
    put(&row_, json_array(work.alternative_titles));
  }
  put(&row_, subject_ids_);
  put(&row_, feature_ids_);
  bytes_ += work.id.size() + row_.size();
  return works_.add(work.id, row_);
}

Status Catalogue::add(const RecordBatch& batch) {
  for (const WorkRecord& work : batch.works) SUBJREC_TRY(add_work(work));
  return {};
}

Status Catalogue::finish() {
  SUBJREC_TRY(subjects_->finish());
  SUBJREC_TRY(features_->finish());
  return works_.finish();
}

Result<bool> Catalogue::next_subject(CatalogueEntry* entry) { return subjects_->next(entry); }
Result<bool> Catalogue::next_feature(CatalogueEntry* entry) { return features_->next(entry); }

/// Makes of the packed pairs of id and weight the work's distinct subjects.
void Catalogue::take_weighted(CatalogueWork* work) {
  weighted_.clear();
  for (size_t i = 0; i + 1 < work->subjects.size(); i += 2) {
    double value = 0;
    read_number(work->subjects[i + 1], &value);
    weighted_.push_back({work->subjects[i], work->subjects[i + 1], value});
  }
  std::sort(weighted_.begin(), weighted_.end(), [](const auto& a, const auto& b) {
    return a.id != b.id ? a.id < b.id : a.value > b.value;
  });
  work->subjects.clear();
  for (const WeightedSubject& subject : weighted_) {
    if (!work->subjects.empty() && work->subjects.back() == subject.id) continue;
    work->subjects.push_back(subject.id);
    work->weights.push_back(subject.weight);
  }
}

Result<bool> Catalogue::next_work(CatalogueWork* work) {
  work->title = work->work_type = work->production_date = work->alternative_titles = {};
  work->subjects.clear();
  work->weights.clear();
  work->features.clear();
  SUBJREC_ASSIGN(const bool more, work_groups_.next(&work->id, &values_));
  if (!more) return false;
  for (std::string_view value : values_) {
    keep_first(&work->title, take(&value));
    keep_first(&work->work_type, take(&value));
    keep_first(&work->production_date, take(&value));
    keep_first(&work->alternative_titles, take(&value));
    take_all(take(&value), &work->subjects);
    take_all(take(&value), &work->features);
  }
  if (settings_.weights) {
    take_weighted(work);
  } else {
    sort_distinct(&work->subjects);
  }
  sort_distinct(&work->features);
  return true;
}

}  // namespace subjrec
