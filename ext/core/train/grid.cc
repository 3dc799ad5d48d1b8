#include "core/train/grid.h"

#include <simdjson.h>

#include "core/base/json_writer.h"

namespace subjrec {
namespace {

constexpr size_t kMostRuns = 10000;
constexpr std::string_view kWanted =
    "a JSON object of options with arrays of values, like {\"embedding_dim\": [8, 16], \"epochs\": "
    "20}, or an array of such objects";

Status wrong(std::string_view who, const std::string& got) {
  return {Code::kInvalid,
          std::string(who) + ": the grid must be " + std::string(kWanted) + "; " + got};
}

Status too_many(std::string_view who) {
  return {Code::kInvalid, std::string(who) + ": the grid asks for more than " +
                              std::to_string(kMostRuns) + " runs; give fewer values"};
}

/// The values of one key: those of an array, or the one there is.
std::vector<std::string> values_of(simdjson::dom::element element) {
  simdjson::dom::array array;
  if (element.get(array) != simdjson::SUCCESS) return {simdjson::minify(element)};
  std::vector<std::string> values;
  for (const auto value : array) values.push_back(simdjson::minify(value));
  return values;
}

/// Appends the runs of one grid.
Status add_combinations(std::string_view who, simdjson::dom::object object,
                        std::vector<std::string>* all) {
  std::vector<std::string> runs{""};
  if (all->size() >= kMostRuns) return too_many(who);
  for (const auto field : object) {
    const std::vector<std::string> values = values_of(field.value);
    if (values.empty()) {
      return {Code::kInvalid, std::string(who) + ": option \"" + std::string(field.key) +
                                  "\" of the grid has an array without values"};
    }
    if (all->size() + runs.size() * values.size() > kMostRuns) return too_many(who);
    std::vector<std::string> longer;
    for (const std::string& run : runs) {
      for (const std::string& value : values) {
        longer.push_back(JsonWriter().add_members(run).add_raw(field.key, value).members());
      }
    }
    runs = std::move(longer);
  }
  for (const std::string& run : runs) all->push_back("{" + run + "}");
  return {};
}

}  // namespace

Result<std::vector<std::string>> read_grid(std::string_view who, std::string_view json) {
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(json);
  simdjson::dom::element root;
  if (const auto error = parser.parse(padded).get(root)) {
    return wrong(who, std::string("it is not JSON: ") + simdjson::error_message(error));
  }
  std::vector<std::string> runs;
  simdjson::dom::array grids;
  simdjson::dom::object object;
  if (root.get(grids) != simdjson::SUCCESS) {
    if (root.get(object) != simdjson::SUCCESS) return wrong(who, "got " + simdjson::minify(root));
    SUBJREC_TRY(add_combinations(who, object, &runs));
    return runs;
  }
  for (const auto grid : grids) {
    if (grid.get(object) != simdjson::SUCCESS) {
      return wrong(who, "got an array with " + simdjson::minify(grid) + " in it");
    }
    SUBJREC_TRY(add_combinations(who, object, &runs));
  }
  if (runs.empty()) return wrong(who, "got an empty array");
  return runs;
}

}  // namespace subjrec
