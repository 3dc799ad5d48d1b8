#include "core/options/json_list.h"

#include <simdjson.h>

namespace subjrec {
namespace {

std::string shown(std::string_view got) {
  constexpr size_t kShown = 60;
  return std::string(got.substr(0, kShown)) + (got.size() > kShown ? "..." : "");
}

Status not_an_array(std::string_view wanted, std::string_view got) {
  return {Code::kInvalid, "wanted a JSON array of " + std::string(wanted) + ", got " + shown(got)};
}

}  // namespace

Status read_number_list(std::string_view json, std::vector<float>* out) {
  out->clear();
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(json);
  simdjson::dom::array array;
  if (parser.parse(padded).get(array) != simdjson::SUCCESS) return not_an_array("numbers", json);
  for (const auto element : array) {
    double number = 0;
    if (element.get(number) != simdjson::SUCCESS) return not_an_array("numbers", json);
    out->push_back(static_cast<float>(number));
  }
  return {};
}

Status read_number_object(std::string_view json, std::vector<std::pair<std::string, double>>* out) {
  const auto wrong = [&] {
    return Status(Code::kInvalid, "wanted a JSON object of numbers, got " + shown(json));
  };
  out->clear();
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(json);
  simdjson::dom::object object;
  if (parser.parse(padded).get(object) != simdjson::SUCCESS) return wrong();
  for (const auto [key, value] : object) {
    double number = 0;
    if (value.get(number) != simdjson::SUCCESS) return wrong();
    out->emplace_back(key, number);
  }
  return {};
}

Status read_id_list(std::string_view json, IdTable* out) {
  *out = IdTable();
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(json);
  simdjson::dom::array array;
  if (parser.parse(padded).get(array) != simdjson::SUCCESS) return not_an_array("ids", json);
  for (const auto element : array) {
    int64_t integer = 0;
    std::string_view text;
    if (element.get(integer) == simdjson::SUCCESS) {
      out->intern({IdKind::kInteger, integer, {}});
    } else if (element.get(text) == simdjson::SUCCESS) {
      out->intern({IdKind::kText, 0, text});
    } else {
      return not_an_array("ids", json);
    }
  }
  return {};
}

}  // namespace subjrec
