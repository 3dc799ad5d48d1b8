// Works in a shape that is given by JSON paths.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/ingest/element_reader.h"
#include "core/ingest/record.h"
#include "core/ingest/shape.h"

namespace subjrec {

/// The id of a work that has nothing but its text: a digest of it. None where there is no text.
Text text_id(ElementReader* in, Text text);

class MappedReader {
 public:
  explicit MappedReader(const Shape* shape);

  Text read_id(const simdjson::dom::element& work, ElementReader* in);
  /// Reads all but the id.
  void read(const simdjson::dom::element& work, ElementReader* in, WorkRecord* record);

  /// The paths to id, title, subjects and weights that led to nothing in any record, as a list.
  std::string unused() const;

 private:
  using Element = ElementReader::Element;
  using Object = ElementReader::Object;
  using Steps = std::span<const JsonPath::Step>;

  Text first_text(const Element& work, const std::vector<JsonPath>& paths, std::string_view key);
  Text part(const Element& item, const std::optional<JsonPath>& path, std::string_view key,
            bool is_id);
  Concept item(const Element& item, const ListPaths& paths);
  Text weight(const Element& item, const ListPaths& paths);
  Text reference(const Element& item, const std::optional<JsonPath>& path);
  template <class F>
  void each_item(const Element& work, const ListPaths& paths, uint64_t* without_id, F f);
  void read_subjects(const Element& work, WorkRecord* record);
  void read_features(const Element& work, WorkRecord* record);

  const Shape& shape_;
  ElementReader* in_ = nullptr;
  bool id_seen_ = false, title_seen_ = false, weight_seen_ = false;
  std::vector<bool> subjects_seen_;
  // Scratch of one record.
  std::vector<Text> texts_;
  std::vector<Subject> subjects_;
  std::vector<Concept> concepts_;
  std::vector<Feature> features_;
};

}  // namespace subjrec
