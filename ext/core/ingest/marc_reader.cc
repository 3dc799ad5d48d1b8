#include "core/ingest/marc_reader.h"

#include <cctype>

namespace subjrec {
namespace {

/// The main part of a heading, in the order in which it is printed.
constexpr std::string_view kNameCodes = "abcdfghjklmnopqrstu";

struct WorkType {
  char code;
  std::string_view label;
};
constexpr WorkType kWorkTypes[] = {  // leader/06
    {'a', "Language material"},
    {'c', "Notated music"},
    {'d', "Manuscript notated music"},
    {'e', "Cartographic material"},
    {'f', "Manuscript map"},
    {'g', "Projected medium"},
    {'i', "Sound recording"},
    {'j', "Musical recording"},
    {'k', "Graphic"},
    {'m', "Computer file"},
    {'o', "Kit"},
    {'p', "Mixed materials"},
    {'r', "Object"},
    {'t', "Manuscript language material"}};

struct HeadingType {
  std::string_view tag;
  std::string_view type;
};
constexpr HeadingType kHeadingTypes[] = {
    {"600", "Person"},  {"610", "Organisation"}, {"611", "Meeting"}, {"630", "Work"},
    {"647", "Meeting"}, {"648", "Period"},       {"650", "Concept"}, {"651", "Place"}};

std::string_view heading_type(std::string_view tag) {
  for (const HeadingType& known : kHeadingTypes) {
    if (known.tag == tag) return known.type;
  }
  return {};
}

bool ends_in_abbreviation(std::string_view text) {
  text.remove_suffix(1);
  const size_t space = text.find_last_of(' ');
  const std::string_view word = space == std::string_view::npos ? text : text.substr(space + 1);
  if (word.size() <= 2 || word.find('.') != std::string_view::npos) return true;
  for (const std::string_view known : {"etc", "Inc", "Ltd", "Bros", "Dept", "dept"}) {
    if (word == known) return true;
  }
  return false;
}

/// Without the punctuation that ISBD puts at the end of a part: "Bees." "Whales :" "Ann," .
std::string_view without_punctuation(std::string_view text) {
  while (!text.empty()) {
    const char last = text.back();
    const bool stop = last == '.' && !ends_in_abbreviation(text);
    if (!stop && std::string_view(" ,;:/=").find(last) == std::string_view::npos) break;
    text.remove_suffix(1);
  }
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

}  // namespace

/// Calls f(tag, content) for every field.
template <class F>
void MarcReader::each_field(const Object& work, F f) {
  in_->each(work, "fields", [&](const Object& field) {
    for (const auto& member : field) f(member.key, member.value);
  });
}

void MarcReader::read_subfields(const Element& field) {
  subfields_.clear();
  Object object;
  if (!in_->as(field, "fields", &object)) return;
  in_->each(object, "subfields", [&](const Object& subfield) {
    for (const auto& member : subfield) {
      std::string_view value;
      if (member.key.size() != 1 || !in_->as(member.value, "subfields", &value)) continue;
      subfields_.push_back({member.key[0], value});
    }
  });
}

std::string MarcReader::joined(std::string_view codes) const {
  std::string text;
  for (const Subfield& subfield : subfields_) {
    if (codes.find(subfield.code) == std::string_view::npos) continue;
    text.append(text.empty() ? "" : " ").append(subfield.value);
  }
  return text;
}

std::string_view MarcReader::first(char code) const {
  for (const Subfield& subfield : subfields_) {
    if (subfield.code == code) return subfield.value;
  }
  return {};
}

Text MarcReader::keep(std::string_view key, std::string value) {
  const std::string_view text = without_punctuation(value);
  return text.empty() ? Text() : in_->keep(key, text);
}

/// $0 of the field: "(DE-588)4128022-2", "(uri) http://id.loc.gov/..." or the address alone.
Text MarcReader::authority_id() {
  std::string_view id = first('0');
  if (id.empty()) id = first('1');
  if (id.substr(0, 6) == "(uri) ") id.remove_prefix(6);
  return id.empty() ? Text() : in_->keep("0", id);
}

Text MarcReader::read_id(const Object& work, ElementReader* in) {
  in_ = in;
  Text control_number;
  Text system_number;
  Element fields;
  if (!ElementReader::find(work, "fields", &fields)) return {};
  saw_fields_ = true;
  each_field(work, [&](std::string_view tag, const Element& field) {
    if (tag == "001" && control_number.data() == nullptr) {
      std::string_view value;
      if (!in_->as(field, "001", &value)) return;
      while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
      while (!value.empty() && value.back() == ' ') value.remove_suffix(1);
      if (!value.empty()) control_number = in_->keep("001", value);
    } else if (tag == "035" && system_number.data() == nullptr) {
      read_subfields(field);
      if (!first('a').empty()) system_number = in_->keep("035", first('a'));
    }
  });
  return control_number.data() != nullptr ? control_number : system_number;
}

void MarcReader::add_part(std::string_view label, std::string_view type) {
  const Text text = keep("6xx", std::string(label));
  if (text.data() != nullptr) parts_.push_back({{}, text, type});
}

void MarcReader::finish_heading(const Concept& heading) {
  Subject subject{in_->named(heading), {}};
  if (subject.heading.id.data() == nullptr) ++in_->counts()->headings_without_id;
  if (parts_.size() == 1) parts_[0].id = heading.id;
  for (Concept& part : parts_) {
    part = in_->named(part);
    if (part.id.data() == nullptr) ++in_->counts()->concepts_without_id;
  }
  subject.concepts = in_->batch()->keep(parts_);
  subjects_.push_back(subject);
}

void MarcReader::read_heading(std::string_view tag) {
  parts_.clear();
  add_part(joined(kNameCodes), heading_type(tag));
  for (const Subfield& subfield : subfields_) {
    switch (subfield.code) {
      case 'x':
        add_part(subfield.value, "Concept");
        break;
      case 'y':
        add_part(subfield.value, "Period");
        break;
      case 'z':
        add_part(subfield.value, "Place");
        break;
      case 'v':
        add_part(subfield.value, "Genre");
        break;
      default:
        break;
    }
  }
  if (parts_.empty()) return;
  std::string label;
  for (const Concept& part : parts_) label.append(label.empty() ? "" : " -- ").append(part.label);
  finish_heading({authority_id(), in_->keep("6xx", label), parts_[0].type});
}

/// 653: index terms of nobody's vocabulary, each in a subfield.
void MarcReader::read_uncontrolled() {
  for (const Subfield& subfield : subfields_) {
    if (subfield.code != 'a') continue;
    parts_.clear();
    add_part(subfield.value, "Concept");
    if (!parts_.empty()) finish_heading(Concept(parts_[0]));
  }
}

void MarcReader::read_field(std::string_view tag, const Element& field, WorkRecord* record) {
  if (tag == "008") {
    std::string_view fixed;
    if (!in_->as(field, "008", &fixed) || fixed.size() < 38) return;
    const std::string_view code = fixed.substr(35, 3);
    if (std::isalpha(static_cast<unsigned char>(code[0])) == 0) return;
    const Text language = in_->keep("008", code);
    languages_.push_back({language, language, {}});
    return;
  }
  const bool creator =
      tag == "100" || tag == "110" || tag == "111" || tag == "700" || tag == "710" || tag == "711";
  const bool subject = !heading_type(tag).empty();
  const bool date = tag == "260" || tag == "264";
  if (!creator && !subject && !date && tag != "245" && tag != "246" && tag != "653" &&
      tag != "655") {
    return;
  }
  read_subfields(field);
  if (tag == "245") {
    record->title = keep("245", joined("abnp"));
  } else if (tag == "246") {
    const Text title = keep("246", joined("abnp"));
    if (title.data() != nullptr) titles_.push_back(title);
  } else if (date) {
    if (record->production_date.data() == nullptr)
      record->production_date = keep("264", joined("c"));
  } else if (tag == "653") {
    read_uncontrolled();
  } else if (subject) {
    read_heading(tag);
  } else {
    Concept item{authority_id(), keep(tag, joined(creator ? "abcdq" : "a")), {}};
    item = in_->named(item);
    if (item.id.data() == nullptr) ++in_->counts()->features_without_id;
    (creator ? contributors_ : genres_).push_back(item);
  }
}

void MarcReader::read_leader(const Object& work, WorkRecord* record) {
  const Text leader = in_->text(work, "leader");
  if (leader.size() < 7) return;
  for (const WorkType& type : kWorkTypes) {
    if (type.code == leader[6]) record->work_type = {leader.substr(6, 1), type.label, {}};
  }
}

void MarcReader::read(const Object& work, ElementReader* in, WorkRecord* record) {
  in_ = in;
  subjects_.clear();
  contributors_.clear();
  genres_.clear();
  languages_.clear();
  titles_.clear();
  read_leader(work, record);
  each_field(work,
             [&](std::string_view tag, const Element& field) { read_field(tag, field, record); });
  record->subjects = in->batch()->keep(subjects_);
  record->contributors = in->batch()->keep(contributors_);
  record->genres = in->batch()->keep(genres_);
  record->languages = in->batch()->keep(languages_);
  record->alternative_titles = in->batch()->keep(titles_);
}

}  // namespace subjrec
