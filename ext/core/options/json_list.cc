#include "core/options/json_list.h"

#include <simdjson.h>

namespace subjrec {
namespace {

Status not_an_array(std::string_view wanted, std::string_view got) {
  constexpr size_t kShown = 60;
  return {Code::kInvalid, "wanted a JSON array of " + std::string(wanted) + ", got " +
                              std::string(got.substr(0, kShown)) +
                              (got.size() > kShown ? "..." : "")};
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
