#include "core/ingest/record_parser.h"

#include <simdjson.h>

#include <charconv>
#include <string>

namespace subjrec {

static_assert(LineSplitter::kPadding >= simdjson::SIMDJSON_PADDING);

struct RecordParser::Impl {
  using Element = simdjson::dom::element;
  using Object = simdjson::dom::object;
  using Array = simdjson::dom::array;

  simdjson::dom::parser parser;
  RecordBatch* batch = nullptr;
  SnapshotCounts* counts = nullptr;
  // Scratch of one record.
  std::vector<Text> texts;
  std::vector<Concept> concepts;
  std::vector<Subject> subjects;

  /// The part named `key` as a T; false, and counted where that is odd, if it is not there.
  template <class T>
  bool part(const Object& object, std::string_view key, T* value) {
    Element element;
    if (object.at_key(key).get(element) != simdjson::SUCCESS || element.is_null()) return false;
    return as(element, value);
  }

  template <class T>
  bool as(const Element& element, T* value) {
    if (element.get(*value) == simdjson::SUCCESS) return true;
    ++counts->malformed_fields;
    return false;
  }

  Text text(const Object& object, std::string_view key) {
    std::string_view value;
    return part(object, key, &value) ? batch->keep(value) : Text();
  }

  Text id(const Object& object) {
    Element element;
    if (object.at_key("id").get(element) != simdjson::SUCCESS || element.is_null()) return {};
    if (int64_t number = 0; element.get(number) == simdjson::SUCCESS) {
      char digits[24];
      const char* end = std::to_chars(digits, digits + sizeof digits, number).ptr;
      return batch->keep(Text(digits, static_cast<size_t>(end - digits)));
    }
    std::string_view value;
    return as(element, &value) && !value.empty() ? batch->keep(value) : Text();
  }

  Concept read_concept(const Object& object) {
    return {id(object), text(object, "label"), text(object, "type")};
  }

  /// Calls f(object) for every object of the array named `key`.
  template <class F>
  void each(const Object& object, std::string_view key, F f) {
    Array array;
    if (!part(object, key, &array)) return;
    for (const Element element : array) {
      Object item;
      if (as(element, &item)) f(item);
    }
  }

  void add_concepts(const Object& object, std::string_view key, uint64_t* without_id) {
    each(object, key, [&](const Object& item) {
      concepts.push_back(read_concept(item));
      if (concepts.back().id.data() == nullptr) ++*without_id;
    });
  }

  std::span<const Concept> take_concepts() {
    const auto kept = batch->keep(concepts);
    concepts.clear();
    return kept;
  }

  std::span<const Subject> read_subjects(const Object& work) {
    subjects.clear();
    each(work, "subjects", [&](const Object& item) {
      Subject subject;
      subject.heading = read_concept(item);
      if (subject.heading.id.data() == nullptr) ++counts->headings_without_id;
      add_concepts(item, "concepts", &counts->concepts_without_id);
      subject.concepts = take_concepts();
      subjects.push_back(subject);
    });
    return batch->keep(subjects);
  }

  void read_features(const Object& work, WorkRecord* record) {
    uint64_t* without_id = &counts->features_without_id;
    if (Object type; part(work, "workType", &type)) {
      record->work_type = read_concept(type);
      if (record->work_type.id.data() == nullptr) ++*without_id;
    }
    each(work, "contributors", [&](const Object& contributor) {
      Object agent;
      if (!part(contributor, "agent", &agent)) return;
      concepts.push_back(read_concept(agent));
      if (concepts.back().id.data() == nullptr) ++*without_id;
    });
    record->contributors = take_concepts();
    each(work, "genres", [&](const Object& genre) { add_concepts(genre, "concepts", without_id); });
    record->genres = take_concepts();
    add_concepts(work, "languages", without_id);
    record->languages = take_concepts();
  }

  std::span<const Text> read_alternative_titles(const Object& work) {
    texts.clear();
    Array array;
    if (!part(work, "alternativeTitles", &array)) return {};
    for (const Element element : array) {
      std::string_view value;
      if (as(element, &value)) texts.push_back(batch->keep(value));
    }
    return batch->keep(texts);
  }

  Text read_production_date(const Object& work) {
    Text found;
    each(work, "production", [&](const Object& event) {
      each(event, "dates", [&](const Object& date) {
        if (found.data() == nullptr) found = text(date, "label");
      });
    });
    return found;
  }

  void read_work(const Line& line, Text work_id, const Object& work) {
    WorkRecord record;
    record.line = line.number;
    record.id = work_id;
    record.title = text(work, "title");
    record.alternative_titles = read_alternative_titles(work);
    record.production_date = read_production_date(work);
    record.subjects = read_subjects(work);
    read_features(work, &record);
    batch->works.push_back(record);
    ++counts->works_read;
  }

  void skip(const Line& line, SkippedLine::Kind kind, const std::string& what) {
    using Kind = SkippedLine::Kind;
    ++(kind == Kind::kNotJson     ? counts->lines_not_json
       : kind == Kind::kNotUtf8   ? counts->lines_not_utf8
       : kind == Kind::kTruncated ? counts->lines_truncated
       : kind == Kind::kNotAWork  ? counts->lines_not_a_work
                                  : counts->works_without_id);
    batch->skipped.push_back({kind, line.number, line.offset,
                              "line " + std::to_string(line.number) + ", from byte " +
                                  std::to_string(line.offset) + " on, " + what});
  }
};

RecordParser::RecordParser() : impl_(std::make_unique<Impl>()) {}
RecordParser::~RecordParser() = default;

Status RecordParser::parse(const Line& line, RecordBatch* batch, SnapshotCounts* counts) {
  using Kind = SkippedLine::Kind;
  Impl& self = *impl_;
  self.batch = batch;
  self.counts = counts;
  ++counts->lines;
  if (line.text.find_first_not_of(" \t\r") == Text::npos) {
    ++counts->blank_lines;
    return {};
  }
  Impl::Element element;
  const auto error = self.parser.parse(line.text.data(), line.text.size(), false).get(element);
  if (error == simdjson::MEMALLOC) return {Code::kNoMemory, "out of memory"};
  if (error != simdjson::SUCCESS) {
    if (!line.ended) {
      self.skip(line, Kind::kTruncated, "is cut off: the file ends inside it");
    } else if (error == simdjson::UTF8_ERROR) {
      self.skip(line, Kind::kNotUtf8, "is not UTF-8");
    } else {
      self.skip(line, Kind::kNotJson,
                std::string("is not JSON: ") + simdjson::error_message(error));
    }
    return {};
  }
  Impl::Object work;
  if (element.get(work) != simdjson::SUCCESS) {
    self.skip(line, Kind::kNotAWork, "is JSON, but not an object");
    return {};
  }
  const Text id = self.id(work);
  if (id.data() == nullptr) {
    self.skip(line, Kind::kWithoutId, "is an object without an id");
    return {};
  }
  self.read_work(line, id, work);
  return {};
}

}  // namespace subjrec
