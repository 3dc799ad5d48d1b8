#include "core/ingest/vocabulary.h"

#include "core/ingest/packed_text.h"

namespace subjrec {
namespace {

constexpr Text kDescribed = "described";

void erase(std::vector<Text>* texts, Text text) {
  texts->erase(std::remove(texts->begin(), texts->end(), text), texts->end());
}

}  // namespace

Vocabulary::Vocabulary(size_t memory) : rows_(memory), groups_(&rows_) {}

/// With the labels and ids in labels_ and broader_.
Status Vocabulary::add_row(Text id, bool described, Text label, Text type) {
  row_.clear();
  put(&row_, described ? kDescribed : Text());
  put(&row_, label);
  put(&row_, type);
  put(&row_, labels_);
  put(&row_, broader_);
  bytes_ += id.size() + row_.size();
  return rows_.add(id, row_);
}

Status Vocabulary::add(const RecordBatch& batch) {
  for (const WorkRecord& record : batch.works) {
    labels_.clear();
    broader_.clear();
    for (const Text label : record.alternative_titles) put(&labels_, label);
    for (const Subject& broader : record.subjects) {
      if (broader.heading.id.data() != nullptr) put(&broader_, broader.heading.id);
    }
    SUBJREC_TRY(add_row(record.id, true, record.title, record.work_type.label));
    labels_.clear();
    broader_.clear();
    put(&broader_, record.id);
    for (const Feature& narrower : record.features) {
      if (narrower.item.id.data() == nullptr) continue;
      SUBJREC_TRY(add_row(narrower.item.id, false, {}, {}));
    }
  }
  return {};
}

Result<bool> Vocabulary::next(VocabularySubject* subject) {
  *subject = {};
  SUBJREC_ASSIGN(const bool more, groups_.next(&subject->id, &values_));
  if (!more) return false;
  for (std::string_view value : values_) {
    subject->described |= take(&value).data() != nullptr;
    keep_first(&subject->label, take(&value));
    keep_first(&subject->type, take(&value));
    take_all(take(&value), &subject->labels);
    take_all(take(&value), &subject->broader);
  }
  sort_distinct(&subject->labels);
  sort_distinct(&subject->broader);
  if (subject->label.data() != nullptr) erase(&subject->labels, subject->label);
  erase(&subject->broader, subject->id);
  return true;
}

}  // namespace subjrec
