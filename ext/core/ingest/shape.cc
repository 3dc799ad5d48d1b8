#include "core/ingest/shape.h"

#include <simdjson.h>

#include <algorithm>

namespace subjrec {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

struct NamedShape {
  std::string_view name;
  Shape::Reader reader;
  bool label_as_id;
  bool text_lines;
  std::string_view mapping;
};

constexpr NamedShape kShapes[] = {
    {"wellcome", Shape::Reader::kWellcome, false, false, ""},
    {"marc", Shape::Reader::kMarc, true, false, ""},
    {"annif", Shape::Reader::kMapped, true, true,
     R"({"work_id": "$.document_id", "title": ["$.metadata.title", "$.text"],
         "subject_id": "$.subjects[*].uri", "label": "$.subjects[*].label"})"},
    {"openalex", Shape::Reader::kMapped, false, false,
     R"({"work_id": "$.id", "title": ["$.title", "$.display_name"], "work_type": "$.type",
         "production_date": ["$.publication_date", "$.publication_year"],
         "subject_id": "$.concepts[*].id", "label": "$.concepts[*].display_name",
         "features": {
           "contributor": {"id": "$.authorships[*].author.id",
                           "label": "$.authorships[*].author.display_name"},
           "language": "$.language"}})"},
    {"datacite", Shape::Reader::kMapped, true, false,
     R"({"work_id": ["$.id", "$.attributes.doi", "$.doi"],
         "title": ["$.attributes.titles[0].title", "$.titles[0].title"],
         "alternative_titles": ["$.attributes.titles[*].title", "$.titles[*].title"],
         "work_type": ["$.attributes.types.resourceTypeGeneral", "$.types.resourceTypeGeneral"],
         "production_date": ["$.attributes.publicationYear", "$.publicationYear"],
         "subject_id": ["$.attributes.subjects[*].valueUri", "$.subjects[*].valueUri"],
         "label": ["$.attributes.subjects[*].subject", "$.subjects[*].subject"],
         "type": ["$.attributes.subjects[*].subjectScheme", "$.subjects[*].subjectScheme"],
         "features": {
           "contributor": ["$.attributes.creators[*].name", "$.creators[*].name"],
           "language": ["$.attributes.language", "$.language"]}})"},
    {"openlibrary", Shape::Reader::kMapped, true, false,
     R"({"work_id": "$.key", "title": "$.title", "production_date": "$.first_publish_date",
         "label": ["$.subjects[*]", "$.subject_places[*]", "$.subject_people[*]",
                   "$.subject_times[*]"],
         "features": {"contributor": "$.authors[*].author.key"}})"},
};

// What dumps of authorities, Wellcome's concepts, Skosmos and SKOS in JSON-LD call these things.
// Where there are several languages, English comes first.
constexpr std::string_view kVocabulary =
    R"({"subject_id": ["$.id", "$['@id']", "$.uri", "$.subject_id"],
        "label": ["$.label", "$.prefLabel.en", "$.prefLabel[*]", "$.prefLabel[*]['@value']",
                  "$.prefLabel[*].value", "$['skos:prefLabel'][*]",
                  "$['skos:prefLabel'][*]['@value']", "$.display_name", "$.name"],
        "alternative_label": ["$.altLabel[*]", "$.altLabel[*]['@value']", "$.altLabel[*].value",
                              "$.altLabel.en[*]", "$['skos:altLabel'][*]",
                              "$['skos:altLabel'][*]['@value']", "$.alternative_label[*]",
                              "$.alternative_labels[*]", "$.alternativeLabels[*]"],
        "type": ["$.type", "$['@type']"],
        "broader": ["$.broader[*]", "$['skos:broader'][*]"],
        "narrower": ["$.narrower[*]", "$['skos:narrower'][*]"]})";

Status wrong(std::string_view key, std::string_view wanted, const element& got) {
  return {Code::kInvalid, "option \"shape\": \"" + std::string(key) + "\" must be " +
                              std::string(wanted) + ", got " + simdjson::minify(got)};
}

/// One path, or an array of them.
Result<std::vector<JsonPath>> read_paths(std::string_view key, const element& value) {
  std::vector<JsonPath> paths;
  const auto add = [&](const element& item) -> Status {
    std::string_view text;
    if (item.get(text) != simdjson::SUCCESS) {
      return wrong(key, "a JSON path like \"$.concepts[*].id\", or an array of them", item);
    }
    SUBJREC_ASSIGN(JsonPath path, JsonPath::parse(key, text));
    paths.push_back(std::move(path));
    return {};
  };
  array list;
  if (value.get(list) != simdjson::SUCCESS) {
    SUBJREC_TRY(add(value));
  } else {
    for (const element item : list) SUBJREC_TRY(add(item));
  }
  return paths;
}

/// The paths to the parts of a list, as they were given.
struct PartPaths {
  std::vector<JsonPath> id, label, type, weight;
};

/// Cuts paths that lead from the record into a list and its parts.
Result<std::vector<ListPaths>> join_parts(std::string_view key, const PartPaths& parts) {
  std::vector<ListPaths> lists;
  for (size_t i = 0; i < std::max(parts.id.size(), parts.label.size()); ++i) {
    ListPaths list;
    const JsonPath& first = i < parts.id.size() ? parts.id[i] : parts.label[i];
    const size_t length = first.length_of_list();
    const auto cut = first.steps.begin() + static_cast<ptrdiff_t>(length);
    list.list.steps.assign(first.steps.begin(), cut);
    for (const auto& [paths, part] : {std::pair(&parts.id, &list.id),
                                      {&parts.label, &list.label},
                                      {&parts.type, &list.type},
                                      {&parts.weight, &list.weight}}) {
      if (i >= paths->size()) continue;
      const JsonPath& path = (*paths)[i];
      const bool fits = path.length_of_list() == length &&
                        std::equal(first.steps.begin(), cut, path.steps.begin());
      if (!fits) {
        return Status(Code::kInvalid, "option \"shape\": the paths of \"" + std::string(key) +
                                          "\" must go through the same list, but " + first.text() +
                                          " and " + path.text() + " do not");
      }
      part->emplace();
      (*part)->steps.assign(path.steps.begin() + static_cast<ptrdiff_t>(length), path.steps.end());
    }
    lists.push_back(std::move(list));
  }
  return lists;
}

Status read_features(const element& value, Shape* shape) {
  object kinds;
  if (value.get(kinds) != simdjson::SUCCESS) {
    return wrong("features", "an object like {\"language\": \"$.language\"}", value);
  }
  for (const auto& kind : kinds) {
    PartPaths parts;
    object both;
    if (kind.value.get(both) != simdjson::SUCCESS) {
      SUBJREC_ASSIGN(parts.id, read_paths(kind.key, kind.value));
    } else {
      for (const auto& member : both) {
        if (member.key != "id" && member.key != "label") {
          return wrong(kind.key, "a path, or {\"id\": path, \"label\": path}", kind.value);
        }
        SUBJREC_ASSIGN((member.key == "id" ? parts.id : parts.label),
                       read_paths(member.key, member.value));
      }
    }
    SUBJREC_ASSIGN(const auto lists, join_parts(kind.key, parts));
    for (const ListPaths& list : lists) shape->features.push_back({std::string(kind.key), list});
  }
  return {};
}

/// The members of the option "shape", as long as `parser` lives.
Result<object> read_members(std::string_view json, simdjson::dom::parser* parser) {
  object members;
  const auto error = parser->parse(simdjson::padded_string(json)).get(members);
  if (error == simdjson::SUCCESS) return members;
  return Status(Code::kInvalid, std::string("option \"shape\" is not a JSON object: ") +
                                    simdjson::error_message(error));
}

Status read_vocabulary_mapping(std::string_view json, Shape* shape) {
  simdjson::dom::parser parser;
  SUBJREC_ASSIGN(const object members, read_members(json, &parser));
  PartPaths broader, narrower;
  const std::pair<std::string_view, std::vector<JsonPath>*> fields[] = {
      {"subject_id", &shape->work_id}, {"label", &shape->title},
      {"type", &shape->work_type},     {"alternative_label", &shape->alternative_titles},
      {"broader", &broader.id},        {"narrower", &narrower.id},
  };
  for (const auto& member : members) {
    const auto field = std::find_if(std::begin(fields), std::end(fields),
                                    [&](const auto& known) { return known.first == member.key; });
    if (field == std::end(fields)) {
      return {Code::kInvalid, "option \"shape\": \"" + std::string(member.key) +
                                  "\" is not known; the shape of a vocabulary has subject_id, "
                                  "label, type, alternative_label, broader, narrower"};
    }
    SUBJREC_ASSIGN(*field->second, read_paths(member.key, member.value));
  }
  if (shape->work_id.empty()) {
    return {Code::kInvalid, "option \"shape\" of a vocabulary must have a \"subject_id\", got " +
                                std::string(json)};
  }
  SUBJREC_ASSIGN(shape->subjects, join_parts("broader", broader));
  SUBJREC_ASSIGN(const auto below, join_parts("narrower", narrower));
  for (const ListPaths& list : below) shape->features.push_back({"narrower", list});
  return {};
}

Status read_mapping(std::string_view json, Shape* shape) {
  simdjson::dom::parser parser;
  SUBJREC_ASSIGN(const object members, read_members(json, &parser));
  PartPaths subjects;
  const std::pair<std::string_view, std::vector<JsonPath>*> fields[] = {
      {"work_id", &shape->work_id},
      {"title", &shape->title},
      {"alternative_titles", &shape->alternative_titles},
      {"work_type", &shape->work_type},
      {"production_date", &shape->production_date},
      {"subject_id", &subjects.id},
      {"label", &subjects.label},
      {"type", &subjects.type},
      {"weight", &subjects.weight},
  };
  for (const auto& member : members) {
    const auto field = std::find_if(std::begin(fields), std::end(fields),
                                    [&](const auto& known) { return known.first == member.key; });
    if (field != std::end(fields)) {
      SUBJREC_ASSIGN(*field->second, read_paths(member.key, member.value));
    } else if (member.key == "features") {
      SUBJREC_TRY(read_features(member.value, shape));
    } else {
      return {
          Code::kInvalid,
          "option \"shape\": \"" + std::string(member.key) +
              "\" is not known; a shape has work_id, title, alternative_titles, work_type, "
              "production_date, subject_id, label, type, weight, features; that of a vocabulary, "
              "with {\"kind\": \"vocabulary\"}, has other members"};
    }
  }
  if (shape->work_id.empty() || (subjects.id.empty() && subjects.label.empty())) {
    return {Code::kInvalid,
            "option \"shape\" must have a \"work_id\" and a \"subject_id\" or a \"label\", got " +
                std::string(json)};
  }
  shape->label_as_id |= subjects.id.empty();
  shape->weighted = !subjects.weight.empty();
  SUBJREC_ASSIGN(shape->subjects, join_parts("subject_id", subjects));
  return {};
}

}  // namespace

const std::vector<std::string_view>& shape_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const NamedShape& shape : kShapes) all.push_back(shape.name);
    return all;
  }();
  return names;
}

Result<Shape> read_shape(std::string_view text) {
  Shape shape;
  if (!text.empty() && text.front() == '{') {
    shape.name = "mapped";
    shape.reader = Shape::Reader::kMapped;
    SUBJREC_TRY(read_mapping(text, &shape));
    return shape;
  }
  std::string names;
  for (const NamedShape& known : kShapes) {
    names += (names.empty() ? "\"" : ", \"") + std::string(known.name) + "\"";
    if (known.name != text) continue;
    shape.name = known.name;
    shape.reader = known.reader;
    shape.label_as_id = known.label_as_id;
    shape.text_lines = known.text_lines;
    if (!known.mapping.empty()) SUBJREC_TRY(read_mapping(known.mapping, &shape));
    return shape;
  }
  return Status(Code::kInvalid, "option \"shape\" must be one of " + names +
                                    ", or an object of JSON paths, got \"" + std::string(text) +
                                    "\"");
}

Result<Shape> read_vocabulary_shape(std::string_view text) {
  Shape shape;
  shape.name = text.empty() ? "vocabulary" : "mapped";
  shape.reader = Shape::Reader::kMapped;
  shape.vocabulary = true;
  shape.names = {"subject_id", "label", "alternative_label", "type", "broader"};
  if (!text.empty() && text.front() != '{') {
    return Status(Code::kInvalid,
                  "option \"shape\" of a vocabulary must be an object of JSON paths, like "
                  "{\"subject_id\": \"$.id\", \"label\": \"$.name\"}, got \"" +
                      std::string(text) + "\"");
  }
  SUBJREC_TRY(read_vocabulary_mapping(text.empty() ? kVocabulary : text, &shape));
  return shape;
}

std::string_view guess_shape(const std::vector<std::string>& members) {
  const auto has = [&](std::string_view name) {
    return std::find(members.begin(), members.end(), name) != members.end();
  };
  if (has("leader") || has("fields")) return "marc";
  if (has("attributes") || has("doi")) return has("concepts") ? "openalex" : "datacite";
  if (has("concepts") || has("authorships")) return "openalex";
  if (has("text")) return "annif";
  if (has("key")) return "openlibrary";
  if (has("id") && has("subjects")) return "wellcome";
  return "";
}

}  // namespace subjrec
