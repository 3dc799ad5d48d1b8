// MARC 21 bibliographic records as JSON ("MARC-in-JSON", what yaz-marcdump -o json writes).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/ingest/element_reader.h"
#include "core/ingest/record.h"

namespace subjrec {

/// Reads of each record
///
///   001, or else the first 035 $a        the id
///   245 $a $b $n $p; 246                 title and alternative titles, without ISBD punctuation
///   600, 610, 611, 630, 647-651, 653     headings: the name (of several $a in a 653, each), and
///                                        $v $x $y $z as further concepts
///   $0 of these                          the heading's id, and the concept's if it is the only one
///   100, 110, 111, 700, 710, 711         contributors
///   655                                  genres
///   260 or 264 $c; 008/35-37; leader/06  date, language, work type
///
/// What has no $0 has no id but its label.
class MarcReader {
 public:
  Text read_id(const simdjson::dom::object& work, ElementReader* in);
  /// Reads all but the id.
  void read(const simdjson::dom::object& work, ElementReader* in, WorkRecord* record);
  bool saw_fields() const { return saw_fields_; }

 private:
  using Element = ElementReader::Element;
  using Object = ElementReader::Object;
  struct Subfield {
    char code;
    std::string_view value;
  };

  template <class F>
  void each_field(const Object& work, F f);
  void read_subfields(const Element& field);
  std::string joined(std::string_view codes) const;
  std::string_view first(char code) const;
  Text keep(std::string_view key, std::string value);
  Text authority_id();
  void read_heading(std::string_view tag);
  void read_uncontrolled();
  void add_part(std::string_view label, std::string_view type);
  void finish_heading(const Concept& heading);
  void read_field(std::string_view tag, const Element& field, WorkRecord* record);
  void read_leader(const Object& work, WorkRecord* record);

  ElementReader* in_ = nullptr;
  bool saw_fields_ = false;
  // Scratch of one field, and of one record.
  std::vector<Subfield> subfields_;
  std::vector<Concept> parts_;
  std::vector<Subject> subjects_;
  std::vector<Concept> contributors_, genres_, languages_;
  std::vector<Text> titles_;
};

}  // namespace subjrec
