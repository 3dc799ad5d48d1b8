// Parts of a parsed JSON record as texts and ids, with what is malformed counted.
#pragma once

#include <simdjson.h>

#include <charconv>
#include <string>
#include <string_view>

#include "core/ingest/json_repair.h"
#include "core/ingest/record.h"

namespace subjrec {

/// What the readers of all shapes share. Of a key that an object repeats, the last counts, as
/// JSON's other readers have it (ECMA-404 leaves it open; Python's, JavaScript's and SQLite's do
/// so).
class ElementReader {
 public:
  using Element = simdjson::dom::element;
  using Object = simdjson::dom::object;
  using Array = simdjson::dom::array;

  /// To be called for each record. `repaired` is one whose damage was made good, see
  /// json_repair.h; whether a damaged part was used is in spoiled().
  void begin(uint64_t line, RecordBatch* batch, SnapshotCounts* counts, bool repaired) {
    line_ = line;
    batch_ = batch;
    counts_ = counts;
    repaired_ = repaired;
    spoiled_ = false;
  }
  bool spoiled() const { return spoiled_; }
  RecordBatch* batch() const { return batch_; }
  SnapshotCounts* counts() const { return counts_; }

  /// Subjects and features without an id are taken by their label.
  void set_label_as_id(bool label_as_id) { label_as_id_ = label_as_id; }
  bool label_as_id() const { return label_as_id_; }

  /// The member named `key`; false where there is none, or null.
  static bool find(const Object& object, std::string_view key, Element* value) {
    bool found = false;
    for (auto field = object.begin(); field != object.end(); ++field) {
      if (field.key_length() != key.size() || field.key() != key) continue;
      *value = field.value();
      found = true;
    }
    return found && !value->is_null();
  }

  /// The part named `key` as a T; false, and counted where that is odd, if it is not there.
  template <class T>
  bool part(const Object& object, std::string_view key, T* value) {
    Element element;
    return find(object, key, &element) && as(element, key, value);
  }

  template <class T>
  bool as(const Element& element, std::string_view key, T* value) {
    if (element.get(*value) == simdjson::SUCCESS) return true;
    odd(key, std::string("is ") + kind_of(element));
    return false;
  }

  Text text(const Object& object, std::string_view key) {
    std::string_view value;
    return part(object, key, &value) ? keep(key, value) : Text();
  }

  /// A text of the record, which is to live as long as the batch.
  Text keep(std::string_view key, std::string_view value) {
    if (damaged(value)) odd(key, "has a bad escape");
    return batch_->keep(value);
  }

  /// A text, or a whole number, as an id; none where it is empty or damaged.
  Text id(const Element& element, std::string_view key) {
    char digits[24];
    std::string_view value;
    if (int64_t number = 0; element.get(number) == simdjson::SUCCESS) {
      value = {digits,
               static_cast<size_t>(std::to_chars(digits, digits + 24, number).ptr - digits)};
    } else if (uint64_t large = 0; element.get(large) == simdjson::SUCCESS) {
      value = {digits, static_cast<size_t>(std::to_chars(digits, digits + 24, large).ptr - digits)};
    } else if (!as(element, key, &value)) {
      return {};
    }
    if (damaged(value)) {
      odd(key, "has a bad escape");
      return {};
    }
    return value.empty() ? Text() : batch_->keep(value);
  }
  Text id(const Object& object) {
    Element element;
    return find(object, "id", &element) ? id(element, "id") : Text();
  }

  /// An {id, label, type}.
  Concept read_concept(const Object& object) {
    return named({id(object), text(object, "label"), text(object, "type")});
  }
  Concept named(Concept item) const {
    if (label_as_id_ && item.id.data() == nullptr && !item.label.empty()) item.id = item.label;
    return item;
  }

  /// Calls f(element) for every element of the array named `key`.
  template <class F>
  void each_element(const Object& object, std::string_view key, F f) {
    Array array;
    if (!part(object, key, &array)) return;
    for (const Element element : array) f(element);
  }
  /// Calls f(object) for every object of the array named `key`.
  template <class F>
  void each(const Object& object, std::string_view key, F f) {
    each_element(object, key, [&](const Element& element) {
      Object item;
      if (as(element, key, &item)) f(item);
    });
  }

  /// Counts a part that is not what it should be. `what` is "is a number".
  void odd(std::string_view key, std::string_view what) {
    ++counts_->malformed_fields;
    if (!batch_->first_odd.empty()) return;
    batch_->first_odd = "line " + std::to_string(line_) + ": \"";
    batch_->first_odd.append(key).append("\" ").append(what);
  }

  static const char* kind_of(const Element& element) {
    switch (element.type()) {
      case simdjson::dom::element_type::ARRAY:
        return "an array";
      case simdjson::dom::element_type::OBJECT:
        return "an object";
      case simdjson::dom::element_type::STRING:
        return "a text";
      case simdjson::dom::element_type::BOOL:
        return "true or false";
      case simdjson::dom::element_type::NULL_VALUE:
        return "null";
      default:
        return "a number";
    }
  }

 private:
  bool damaged(std::string_view value) {
    const bool damaged = repaired_ && value.find(kReplacement) != std::string_view::npos;
    spoiled_ |= damaged;
    return damaged;
  }

  uint64_t line_ = 0;
  RecordBatch* batch_ = nullptr;
  SnapshotCounts* counts_ = nullptr;
  bool repaired_ = false;
  bool spoiled_ = false;
  bool label_as_id_ = false;
};

}  // namespace subjrec
