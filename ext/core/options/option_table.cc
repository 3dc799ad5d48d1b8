#include "core/options/option_table.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/base/number_text.h"
#include "core/base/one_line.h"

namespace subjrec::option_detail {
namespace {

constexpr size_t kLongestTypo = 64;  // what is longer is no misspelling

/// Edits that turn `a` into `b`: insert, delete, replace, swap of neighbours.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> d(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      d[i][j] = std::min(
          {d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

/// Lower case, without what separates words: "n-Factors" and "n_factors" are the same spelling.
std::string plain_spelling(std::string_view key) {
  std::string plain;
  for (const char c : key) {
    if (c == '_' || c == '-' || c == ' ') continue;
    plain += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  return plain;
}

Result<OptionValue> read_element(std::string_view who, simdjson::dom::element element) {
  OptionValue value;
  using Type = simdjson::dom::element_type;
  switch (element.type()) {
    case Type::INT64:
      value.kind = OptionValue::Kind::kNumber;
      value.whole = true;
      value.integer = element.get_int64().value_unsafe();
      value.number = static_cast<double>(value.integer);
      break;
    case Type::UINT64:
      value.kind = OptionValue::Kind::kNumber;
      value.number = static_cast<double>(element.get_uint64().value_unsafe());
      break;
    case Type::DOUBLE:
      value.kind = OptionValue::Kind::kNumber;
      value.number = element.get_double().value_unsafe();
      // json_object() and JavaScript write 20.0 for 20.
      value.whole = std::floor(value.number) == value.number && std::fabs(value.number) < 1e15;
      if (value.whole) value.integer = static_cast<int64_t>(value.number);
      break;
    case Type::BOOL:
      value.kind = OptionValue::Kind::kBool;
      value.boolean = element.get_bool().value_unsafe();
      break;
    case Type::STRING:
      value.kind = OptionValue::Kind::kString;
      value.text = std::string(element.get_string().value_unsafe());
      return value;
    case Type::NULL_VALUE:
      value.kind = OptionValue::Kind::kNull;
      break;
    default:
      value.kind = OptionValue::Kind::kRaw;
      break;
  }
  (void)who;
  value.text = simdjson::minify(element);
  return value;
}

}  // namespace

Result<std::vector<std::pair<std::string, OptionValue>>> read_json(std::string_view who,
                                                                   std::string_view json) {
  std::vector<std::pair<std::string, OptionValue>> pairs;
  if (json.empty()) return pairs;
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(json);
  simdjson::dom::element root;
  if (const auto error = parser.parse(padded).get(root)) {
    return Status(Code::kInvalid, std::string(who) + ": the options are not JSON (" +
                                      simdjson::error_message(error) +
                                      "); write them as json_object('epochs', 20, ...)");
  }
  simdjson::dom::object object;
  if (root.get(object) != simdjson::SUCCESS) {
    return Status(Code::kInvalid, std::string(who) +
                                      ": the options must be one JSON object, like "
                                      "{\"epochs\": 20}, got " +
                                      simdjson::minify(root));
  }
  for (const auto field : object) {
    SUBJREC_ASSIGN(OptionValue value, read_element(who, field.value));
    pairs.emplace_back(std::string(field.key), std::move(value));
  }
  return pairs;
}

OptionValue read_word(std::string_view text) {
  OptionValue value;
  value.text = std::string(text);
  if (text.size() >= 2 && (text.front() == '\'' || text.front() == '"') &&
      text.back() == text.front()) {
    const char quote = text.front();
    value.kind = OptionValue::Kind::kString;
    value.text.clear();
    for (size_t i = 1; i + 1 < text.size(); ++i) {
      value.text += text[i];
      if (text[i] == quote && i + 2 < text.size() && text[i + 1] == quote) ++i;
    }
    return value;
  }
  if (text == "true" || text == "false") {
    value.kind = OptionValue::Kind::kBool;
    value.boolean = text == "true";
    return value;
  }
  const char* end = text.data() + text.size();
  if (std::from_chars(text.data(), end, value.integer).ptr == end && !text.empty()) {
    value.kind = OptionValue::Kind::kNumber;
    value.whole = true;
    value.number = static_cast<double>(value.integer);
    return value;
  }
  if (read_number(text, &value.number)) {
    value.kind = OptionValue::Kind::kNumber;
    return value;
  }
  value.kind = OptionValue::Kind::kString;
  return value;
}

Status unknown(std::string_view who, std::string_view key,
               const std::vector<std::string_view>& names,
               const std::vector<OptionAlias>& aliases) {
  const std::string plain = plain_spelling(key);
  std::string_view nearest;
  for (const OptionAlias& alias : aliases) {
    if (plain_spelling(alias.spelling) == plain) nearest = alias.name;
  }
  size_t best = std::max<size_t>(2, plain.size() / 3) + 1;
  if (nearest.empty() && plain.size() <= kLongestTypo) {
    for (const std::string_view name : names) {
      const size_t distance = edit_distance(plain, plain_spelling(name));
      if (distance < best) {
        best = distance;
        nearest = name;
      }
    }
  }
  std::string text = std::string(who) + ": unknown option \"" + one_line(key, kLongestTypo) + "\"";
  if (!nearest.empty()) {
    return {Code::kInvalid, text + "; did you mean \"" + std::string(nearest) + "\"?"};
  }
  text += "; the options are ";
  for (const std::string_view name : names) {
    if (name != names.front()) text += ", ";
    text += name;
  }
  return {Code::kInvalid, text};
}

Status wrong(std::string_view who, std::string_view key, std::string_view wanted,
             const OptionValue& got) {
  const bool quoted = got.kind == OptionValue::Kind::kString;
  return {Code::kInvalid, std::string(who) + ": option \"" + std::string(key) + "\" must be " +
                              std::string(wanted) + ", got " +
                              (quoted ? json_string(got.text) : got.text)};
}

Status check_utf8(std::string_view who, std::string_view key, std::string_view text) {
  if (simdjson::validate_utf8(text.data(), text.size())) return {};
  return {Code::kInvalid, std::string(who) + ": option \"" + std::string(key) +
                              "\" must be a text in UTF-8, got bytes that are not"};
}

std::string number_text(double value) { return shortest_text(value); }

namespace {

/// 100000 and not 1e+05.
std::string bound_text(double bound) {
  const bool whole = std::floor(bound) == bound && std::fabs(bound) < 1e15;
  return whole ? std::to_string(static_cast<int64_t>(bound)) : number_text(bound);
}

}  // namespace

std::string range_text(double least, double most, bool open, bool whole) {
  const std::string kind = whole ? "a whole number " : "a number ";
  const std::string low = bound_text(least);
  if (least <= -9e15 && most >= 9e15) return whole ? "a whole number" : "a number";
  if (most >= 9e15) return kind + (open ? "above " : "of at least ") + low;
  if (open) return kind + "above " + low + " and up to " + bound_text(most);
  return kind + "from " + low + " to " + bound_text(most);
}

std::string choices_text(const std::vector<std::string_view>& choices) {
  std::string text = choices.size() > 1 ? "one of " : "";
  for (const std::string_view choice : choices) {
    if (choice != choices.front()) text += ", ";
    text += json_string(choice);
  }
  return text;
}

}  // namespace subjrec::option_detail
