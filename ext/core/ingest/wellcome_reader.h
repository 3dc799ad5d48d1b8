// Works in the shape of Wellcome Collection's catalogue.
#pragma once

#include <vector>

#include "core/ingest/element_reader.h"
#include "core/ingest/record.h"

namespace subjrec {

/// Reads the parts of Wellcome's works that subjrec has a use for:
///
///   id, title, alternativeTitles[], workType {id, label}, production[].dates[].label,
///   subjects[] {id, label, type, concepts[] {id, label, type}},
///   contributors[].agent, genres[].concepts[], languages[] {id, label, type}
///
/// Only the id is needed. A part that is missing or null is empty; one of another type than this is
/// counted in malformed_fields and read as missing. A subject that is a plain text is a heading and
/// its one concept, whose id it is.
class WellcomeReader {
 public:
  /// Reads all but the id.
  void read(const simdjson::dom::object& work, ElementReader* in, WorkRecord* record);
  bool saw_subjects() const { return saw_subjects_; }

 private:
  using Element = ElementReader::Element;
  using Object = ElementReader::Object;

  void add_concepts(const Object& object, std::string_view key, uint64_t* without_id);
  std::span<const Concept> take_concepts();
  Subject read_subject(const Object& object);
  std::span<const Subject> read_subjects(const Object& work);
  void read_features(const Object& work, WorkRecord* record);
  std::span<const Text> read_alternative_titles(const Object& work);
  Text read_production_date(const Object& work);

  ElementReader* in_ = nullptr;
  bool saw_subjects_ = false;  // in any work
  // Scratch of one record.
  std::vector<Text> texts_;
  std::vector<Concept> concepts_;
  std::vector<Subject> subjects_;
};

}  // namespace subjrec
