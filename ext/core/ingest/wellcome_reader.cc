#include "core/ingest/wellcome_reader.h"

namespace subjrec {

void WellcomeReader::add_concepts(const Object& object, std::string_view key,
                                  uint64_t* without_id) {
  in_->each(object, key, [&](const Object& item) {
    concepts_.push_back(in_->read_concept(item));
    if (concepts_.back().id.data() == nullptr) ++*without_id;
  });
}

std::span<const Concept> WellcomeReader::take_concepts() {
  const auto kept = in_->batch()->keep(concepts_);
  concepts_.clear();
  return kept;
}

Subject WellcomeReader::read_subject(const Object& object) {
  Subject subject;
  subject.heading = in_->read_concept(object);
  if (subject.heading.id.data() == nullptr) ++in_->counts()->headings_without_id;
  add_concepts(object, "concepts", &in_->counts()->concepts_without_id);
  subject.concepts = take_concepts();
  return subject;
}

std::span<const Subject> WellcomeReader::read_subjects(const Object& work) {
  subjects_.clear();
  Element list;
  if (!ElementReader::find(work, "subjects", &list)) return {};
  saw_subjects_ = true;
  in_->each_element(work, "subjects", [&](const Element& item) {
    if (std::string_view name; item.get(name) == simdjson::SUCCESS) {
      const Text id = in_->id(item, "subjects");
      if (id.data() == nullptr) return;
      concepts_.push_back({id, id, {}});
      subjects_.push_back({concepts_.back(), take_concepts()});
      return;
    }
    Object object;
    if (in_->as(item, "subjects", &object)) subjects_.push_back(read_subject(object));
  });
  return in_->batch()->keep(subjects_);
}

void WellcomeReader::read_features(const Object& work, WorkRecord* record) {
  uint64_t* without_id = &in_->counts()->features_without_id;
  if (Object type; in_->part(work, "workType", &type)) {
    record->work_type = in_->read_concept(type);
    if (record->work_type.id.data() == nullptr) ++*without_id;
  }
  in_->each(work, "contributors", [&](const Object& contributor) {
    Object agent;
    if (!in_->part(contributor, "agent", &agent)) return;
    concepts_.push_back(in_->read_concept(agent));
    if (concepts_.back().id.data() == nullptr) ++*without_id;
  });
  record->contributors = take_concepts();
  in_->each(work, "genres",
            [&](const Object& genre) { add_concepts(genre, "concepts", without_id); });
  record->genres = take_concepts();
  add_concepts(work, "languages", without_id);
  record->languages = take_concepts();
}

std::span<const Text> WellcomeReader::read_alternative_titles(const Object& work) {
  texts_.clear();
  in_->each_element(work, "alternativeTitles", [&](const Element& element) {
    std::string_view value;
    if (in_->as(element, "alternativeTitles", &value)) {
      texts_.push_back(in_->keep("alternativeTitles", value));
    }
  });
  return in_->batch()->keep(texts_);
}

Text WellcomeReader::read_production_date(const Object& work) {
  Text found;
  in_->each(work, "production", [&](const Object& event) {
    in_->each(event, "dates", [&](const Object& date) {
      if (found.data() == nullptr) found = in_->text(date, "label");
    });
  });
  return found;
}

void WellcomeReader::read(const Object& work, ElementReader* in, WorkRecord* record) {
  in_ = in;
  record->title = in->text(work, "title");
  record->alternative_titles = read_alternative_titles(work);
  record->production_date = read_production_date(work);
  record->subjects = read_subjects(work);
  read_features(work, record);
}

}  // namespace subjrec
