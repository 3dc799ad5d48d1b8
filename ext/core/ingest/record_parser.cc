#include "core/ingest/record_parser.h"

#include <simdjson.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/ingest/json_repair.h"
#include "core/ingest/mapped_reader.h"
#include "core/ingest/marc_reader.h"
#include "core/ingest/wellcome_reader.h"

namespace subjrec {

static_assert(RecordSplitter::kPadding >= simdjson::SIMDJSON_PADDING);

struct RecordParser::Impl {
  using Element = simdjson::dom::element;
  using Object = simdjson::dom::object;
  using Kind = SkippedLine::Kind;

  explicit Impl(Settings how) : settings(std::move(how)), mapped(&settings.shape) {
    in.set_label_as_id(settings.label_as_id || settings.shape.label_as_id);
  }

  void skip(const Record& record, Kind kind, const std::string& what) {
    ++counts->records;
    ++(kind == Kind::kNotJson     ? counts->lines_not_json
       : kind == Kind::kNotUtf8   ? counts->lines_not_utf8
       : kind == Kind::kTruncated ? counts->lines_truncated
       : kind == Kind::kNotAWork  ? counts->lines_not_a_work
                                  : counts->works_without_id);
    batch->skipped.push_back({kind, record.number, record.offset,
                              "line " + std::to_string(record.number) + ", from byte " +
                                  std::to_string(record.offset) + " on, " + what});
  }

  Text read_id(const Element& element, const Object& work) {
    switch (settings.shape.reader) {
      case Shape::Reader::kMarc:
        return marc.read_id(work, &in);
      case Shape::Reader::kMapped:
        return mapped.read_id(element, &in);
      default: {
        const Text id = in.id(work);
        id_seen |= id.data() != nullptr;
        return id;
      }
    }
  }

  void read(const Element& element, const Object& work, WorkRecord* record) {
    switch (settings.shape.reader) {
      case Shape::Reader::kMarc:
        marc.read(work, &in, record);
        break;
      case Shape::Reader::kMapped:
        mapped.read(element, &in, record);
        break;
      default:
        wellcome.read(work, &in, record);
    }
  }

  /// Why there is no id, for a message.
  std::string without_id(const Object& work) const {
    Element id;
    if (settings.shape.reader != Shape::Reader::kWellcome) {
      return "is a record without an id, in the shape \"" + settings.shape.name + "\"";
    }
    std::string_view text;
    const bool there = ElementReader::find(work, "id", &id);
    if (!there || (id.get(text) == simdjson::SUCCESS && text.empty())) {
      return "is an object without an id";
    }
    if (id.get(text) == simdjson::SUCCESS) return "has an id with a bad escape or number";
    return "has an id that is neither a text nor a whole number: " + simdjson::minify(id);
  }

  void read_object(const Record& record, const Element& element, bool repaired, bool not_utf8) {
    Object object;
    if (element.get(object) != simdjson::SUCCESS) {
      skip(record, Kind::kNotAWork, "is JSON, but not an object");
      return;
    }
    if (members.empty()) {
      for (const auto& member : object) members.emplace_back(member.key);
    }
    in.begin(record.number, batch, counts, repaired);
    WorkRecord work;
    work.line = record.number;
    work.id = read_id(element, object);
    if (work.id.data() == nullptr) {
      skip(record, Kind::kWithoutId, without_id(object));
      return;
    }
    read(element, object, &work);
    if (not_utf8 && in.spoiled()) {
      skip(record, Kind::kNotUtf8, "is not UTF-8");
      return;
    }
    ++counts->records;
    ++counts->works_read;
    batch->works.push_back(work);
  }

  void read_text_line(const Record& record);

  Settings settings;
  simdjson::dom::parser parser;
  RecordBatch* batch = nullptr;
  SnapshotCounts* counts = nullptr;
  ElementReader in;
  WellcomeReader wellcome;
  MarcReader marc;
  MappedReader mapped;
  bool id_seen = false;
  std::vector<std::string> members;  // of the first object
};

RecordParser::RecordParser(Settings settings)
    : impl_(std::make_unique<Impl>(std::move(settings))) {}
RecordParser::~RecordParser() = default;

/// Annif's TSV: a text, a tab, and ids in angle brackets. The text is all that tells works apart.
void RecordParser::Impl::read_text_line(const Record& record) {
  const size_t tab = record.text.find('\t');
  if (tab == std::string_view::npos || tab == 0) {
    skip(record, Kind::kNotAWork, "has no text and tab before its subjects");
    return;
  }
  if (!simdjson::validate_utf8(record.text.data(), record.text.size())) {
    skip(record, Kind::kNotUtf8, "is not UTF-8");
    return;
  }
  WorkRecord work;
  work.line = record.number;
  in.begin(record.number, batch, counts, false);
  work.title = batch->keep(record.text.substr(0, tab));
  work.id = text_id(&in, work.title);
  std::vector<Subject> subjects;
  std::string_view rest = record.text.substr(tab + 1);
  while (!rest.empty()) {
    const size_t end = std::min(rest.find_first_of(" \t\r"), rest.size());
    std::string_view id = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), end + 1));
    if (id.size() > 2 && id.front() == '<' && id.back() == '>') id = id.substr(1, id.size() - 2);
    if (id.empty()) continue;
    const std::vector<Concept> one{{batch->keep(id), {}, {}}};
    subjects.push_back({one[0], batch->keep(one)});
  }
  work.subjects = batch->keep(subjects);
  ++counts->records;
  ++counts->works_read;
  batch->works.push_back(work);
}

Result<bool> RecordParser::parse(const Record& record, RecordBatch* batch, SnapshotCounts* counts) {
  using Kind = SkippedLine::Kind;
  using State = Record::State;
  Impl& self = *impl_;
  self.batch = batch;
  self.counts = counts;
  if (record.state == State::kCutOff) {
    self.skip(record, Kind::kTruncated,
              record.text.empty() ? "the array or page of the records is cut off: the file ends "
                                    "inside it"
                                  : "is cut off: the file ends inside it");
    return true;
  }
  if (self.settings.shape.text_lines && record.text[0] != '{') {
    self.read_text_line(record);
    return true;
  }
  Impl::Element element;
  const char* text = record.text.data();
  auto error = self.parser.parse(text, record.text.size(), false).get(element);
  if (error == simdjson::MEMALLOC) return Status(Code::kNoMemory, "out of memory");
  if (error != simdjson::SUCCESS && record.state == State::kGuess) return false;
  RepairedJson repaired;
  const auto first_error = error;
  if (error != simdjson::SUCCESS && record.state == State::kWhole) {
    repaired = repair_json(record.text);
    error = self.parser.parse(repaired.text).get(element);
    if (error == simdjson::MEMALLOC) return Status(Code::kNoMemory, "out of memory");
  }
  if (error != simdjson::SUCCESS) {
    if (first_error == simdjson::UTF8_ERROR) {
      self.skip(record, Kind::kNotUtf8, "is not UTF-8");
    } else {
      self.skip(record, Kind::kNotJson,
                std::string("is not JSON: ") + simdjson::error_message(first_error));
    }
    return true;
  }
  self.read_object(record, element, first_error != simdjson::SUCCESS, repaired.not_utf8);
  return true;
}

Status RecordParser::check_shape() const {
  const Impl& self = *impl_;
  if (self.members.empty()) return {};
  std::string missing;
  switch (self.settings.shape.reader) {
    case Shape::Reader::kMarc:
      if (!self.marc.saw_fields()) missing = "the member \"fields\"";
      break;
    case Shape::Reader::kMapped:
      missing = self.mapped.unused();
      break;
    default:
      if (!self.id_seen) {
        missing = "an id that can be used";
      } else if (!self.wellcome.saw_subjects()) {
        missing = "the member \"subjects\"";
      }
  }
  if (missing.empty()) return {};
  std::string list;
  for (size_t i = 0; i < std::min<size_t>(self.members.size(), 24); ++i) {
    list += (i == 0 ? "" : ", ") + self.members[i];
  }
  const std::string_view guess =
      self.settings.shape.vocabulary ? std::string_view() : guess_shape(self.members);
  std::string hint =
      "name their shape, or give the paths to their parts, with the option \"shape\"";
  if (!guess.empty() && guess != self.settings.shape.name) {
    hint = "they look like {\"shape\": \"" + std::string(guess) +
           "\"}; or give the paths to their "
           "parts with that option";
  }
  return {Code::kInvalid, "no record has " + missing + ", as the shape \"" +
                              self.settings.shape.name + "\" wants; the first has the members " +
                              list + ": " + hint};
}

}  // namespace subjrec
