#include "core/ingest/mapped_reader.h"

#include <cmath>

#include "core/base/digest.h"
#include "core/base/number_text.h"

namespace subjrec {
namespace {

using Element = ElementReader::Element;
using Steps = std::span<const JsonPath::Step>;

/// Calls f(element) for everything that the steps lead to. Where every element of an array is
/// asked for and there is one value instead, that is meant: many writers drop the array around one.
template <class F>
void walk(const Element& at, Steps steps, const F& f) {
  if (steps.empty()) {
    if (!at.is_null()) f(at);
    return;
  }
  const JsonPath::Step& step = steps[0];
  const Steps rest = steps.subspan(1);
  ElementReader::Array array;
  if (step.kind == JsonPath::Step::Kind::kName) {
    ElementReader::Object object;
    Element value;
    if (at.get(object) == simdjson::SUCCESS && ElementReader::find(object, step.name, &value)) {
      walk(value, rest, f);
    }
  } else if (at.get(array) != simdjson::SUCCESS) {
    if (step.kind == JsonPath::Step::Kind::kEvery) walk(at, rest, f);
  } else if (step.kind == JsonPath::Step::Kind::kIndex) {
    Element value;
    if (array.at(step.index).get(value) == simdjson::SUCCESS) walk(value, rest, f);
  } else {
    for (const Element value : array) walk(value, rest, f);
  }
}

template <class F>
void walk(const Element& work, const JsonPath& path, const F& f) {
  walk(work, Steps(path.steps), f);
}

bool is_nested(const Element& value) { return value.is_object() || value.is_array(); }

}  // namespace

Text text_id(ElementReader* in, Text text) {
  if (text.data() == nullptr) return {};
  Digest digest;
  digest.add(text);
  return in->batch()->keep(digest.hex());
}

MappedReader::MappedReader(const Shape* shape) : shape_(*shape) {
  subjects_seen_.resize(shape_.subjects.size());
}

/// What the first of the paths that leads to a text or a whole number leads to. Of several paths
/// another may lead into what this one leads to: a list or an object is odd only of a single one.
Text MappedReader::first_text(const Element& work, const std::vector<JsonPath>& paths,
                              std::string_view key) {
  Text found;
  for (const JsonPath& path : paths) {
    walk(work, path, [&](const Element& value) {
      if (paths.size() > 1 && is_nested(value)) return;
      if (found.data() == nullptr) found = in_->id(value, key);
    });
    if (found.data() != nullptr) break;
  }
  return found;
}

Text MappedReader::read_id(const Element& work, ElementReader* in) {
  in_ = in;
  Text id = first_text(work, shape_.work_id, shape_.names.id);
  if (id.data() == nullptr && shape_.text_lines)
    id = text_id(in, first_text(work, shape_.title, shape_.names.title));
  id_seen_ |= id.data() != nullptr;
  return id;
}

Text MappedReader::part(const Element& item, const std::optional<JsonPath>& path,
                        std::string_view key, bool is_id) {
  Text found;
  if (!path) return found;
  walk(item, path->steps, [&](const Element& value) {
    if (found.data() != nullptr) return;
    std::string_view text;
    found =
        is_id || value.get(text) != simdjson::SUCCESS ? in_->id(value, key) : in_->keep(key, text);
  });
  return found;
}

/// The subject that a vocabulary's record names as broader or narrower: by its id, or by an object
/// that has it.
Text MappedReader::reference(const Element& item, const std::optional<JsonPath>& path) {
  Object object;
  Element id;
  if (path->steps.empty() && item.get(object) == simdjson::SUCCESS) {
    for (const std::string_view member : {"id", "@id", "uri"}) {
      if (ElementReader::find(object, member, &id)) return in_->id(id, shape_.names.subject_id);
    }
    return {};
  }
  return part(item, path, shape_.names.subject_id, true);
}

/// The parts of an item; one that is a text and no object is its own id and label.
Concept MappedReader::item(const Element& item, const ListPaths& paths) {
  const bool whole =
      (!paths.id || paths.id->steps.empty()) && (!paths.label || paths.label->steps.empty());
  if (item.is_string() && !whole) {
    const Text text = in_->id(item, shape_.names.subject_id);
    return {text, text, {}};
  }
  Concept found{shape_.vocabulary ? reference(item, paths.id)
                                  : part(item, paths.id, shape_.names.subject_id, true),
                part(item, paths.label, "label", false), part(item, paths.type, "type", false)};
  if (!paths.label) found.label = found.id;
  return in_->named(found);
}

/// A number of 0 or more, or a text that is one; anything else is odd, and read as missing.
Text MappedReader::weight(const Element& item, const ListPaths& paths) {
  Text found;
  if (!paths.weight) return found;
  walk(item, paths.weight->steps, [&](const Element& value) {
    if (found.data() != nullptr) return;
    double number = 0;
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS) {
      if (!read_number(text, &number)) return in_->odd("weight", "is a text, and no number");
    } else if (!in_->as(value, "weight", &number)) {
      return;
    }
    if (!std::isfinite(number) || number < 0) {
      return in_->odd("weight", "is " + shortest_text(number) + ", wanted 0 or more");
    }
    found = in_->batch()->keep(shortest_text(number));
  });
  weight_seen_ |= found.data() != nullptr;
  return found;
}

/// Calls f(concept, item) for every item that has an id, or anything at all that can be one.
template <class F>
void MappedReader::each_item(const Element& work, const ListPaths& paths, uint64_t* without_id,
                             F f) {
  walk(work, paths.list, [&](const Element& value) {
    const Concept found = item(value, paths);
    const bool nothing = found.id.data() == nullptr && found.label.data() == nullptr;
    if (found.id.data() == nullptr) ++*without_id;
    if (!nothing) f(found, value);
  });
}

void MappedReader::read_subjects(const Element& work, WorkRecord* record) {
  subjects_.clear();
  for (size_t i = 0; i < shape_.subjects.size(); ++i) {
    uint64_t without_id = 0;
    const ListPaths& paths = shape_.subjects[i];
    each_item(work, paths, &without_id, [&](const Concept& subject, const Element& item) {
      subjects_seen_[i] = true;
      concepts_.assign(1, subject);
      subjects_.push_back({subject, in_->batch()->keep(concepts_), weight(item, paths)});
    });
    in_->counts()->concepts_without_id += without_id;
    in_->counts()->headings_without_id += without_id;
  }
  record->subjects = in_->batch()->keep(subjects_);
}

void MappedReader::read_features(const Element& work, WorkRecord* record) {
  features_.clear();
  for (const FeaturePaths& feature : shape_.features) {
    each_item(work, feature.items, &in_->counts()->features_without_id,
              [&](const Concept& item, const Element&) {
                features_.push_back({feature.kind, item});
              });
  }
  record->features = in_->batch()->keep(features_);
}

void MappedReader::read(const Element& work, ElementReader* in, WorkRecord* record) {
  in_ = in;
  record->title = first_text(work, shape_.title, shape_.names.title);
  title_seen_ |= record->title.data() != nullptr;
  record->work_type.label = first_text(work, shape_.work_type, shape_.names.type);
  record->production_date = first_text(work, shape_.production_date, "production_date");
  texts_.clear();
  for (const JsonPath& path : shape_.alternative_titles) {
    walk(work, path, [&](const Element& value) {
      if (shape_.alternative_titles.size() > 1 && is_nested(value)) return;
      const Text text = in_->id(value, shape_.names.alternative_titles);
      if (text.data() != nullptr && text != record->title) texts_.push_back(text);
    });
  }
  record->alternative_titles = in_->batch()->keep(texts_);
  read_subjects(work, record);
  read_features(work, record);
}

std::string MappedReader::unused() const {
  std::string list;
  const auto add = [&](const JsonPath& path) {
    list += (list.empty() ? "" : " or ") + path.text();
  };
  if (!id_seen_) {
    for (const JsonPath& path : shape_.work_id) add(path);
    return list;
  }
  const auto add_part = [&](const ListPaths& paths, const JsonPath& rest) {
    JsonPath whole = paths.list;
    whole.steps.insert(whole.steps.end(), rest.steps.begin(), rest.steps.end());
    add(whole);
  };
  bool subjects = false;
  for (const bool seen : subjects_seen_) subjects |= seen;
  if (!subjects && !shape_.vocabulary) {
    for (const ListPaths& paths : shape_.subjects) {
      add_part(paths, paths.id ? *paths.id : *paths.label);
    }
    return list;
  }
  if (shape_.weighted && !weight_seen_) {
    for (const ListPaths& paths : shape_.subjects) {
      if (paths.weight) add_part(paths, *paths.weight);
    }
    return list;
  }
  if (!title_seen_) {
    for (const JsonPath& path : shape_.title) add(path);
  }
  return list;
}

}  // namespace subjrec
