#include "sqlite/source/id_arguments.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "core/base/number_text.h"
#include "core/base/status.h"
#include "core/options/json_list.h"
#include "sqlite/bindings/value.h"

namespace subjrec {

namespace {

Status knows_none(const Arguments& arguments, size_t at, const std::string& like) {
  return {Code::kNotFound, std::string(arguments.who()) + ": the model knows none of the " +
                               arguments.name(at) + " in argument " + std::to_string(at + 1) +
                               ", like " + like};
}

/// The position of what an object's key says: a text, or a whole number.
std::optional<uint32_t> position_of(const std::string& key, const IdTable& ids) {
  const auto text = ids.find({IdKind::kText, 0, key});
  int64_t number = 0;
  if (text || !read_number(key, &number)) return text;
  return ids.find({IdKind::kInteger, number, {}});
}

}  // namespace

Status known_ids(const Arguments& arguments, size_t at, const IdTable& ids,
                 std::vector<uint32_t>* out) {
  constexpr const char* kWanted = "a JSON array of ids, like '[\"a2x\", \"k9d\"]'";
  SUBJREC_ASSIGN(const std::string json, arguments.text(at, kWanted));
  IdTable given;
  if (const Status status = read_id_list(json, &given); !status.ok()) {
    return {Code::kInvalid, arguments.named(at) + " must be " + kWanted + ": " + status.message()};
  }
  for (size_t i = 0; i < given.size(); ++i) {
    if (const auto found = ids.find(given[i])) out->push_back(*found);
  }
  if (out->empty() && given.size() > 0) {
    return knows_none(arguments, at, id_text(given[0]));
  }
  std::sort(out->begin(), out->end());
  out->erase(std::unique(out->begin(), out->end()), out->end());  // twins
  return {};
}

Status known_weighted_ids(const Arguments& arguments, size_t at, const IdTable& ids,
                          GivenSubjects* out) {
  const std::string_view text = text_of(arguments[at]);
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (!arguments.is(at, SQLITE_TEXT) || first == std::string_view::npos || text[first] != '{') {
    return known_ids(arguments, at, ids, &out->positions);
  }
  std::vector<std::pair<std::string, double>> given;
  if (const Status status = read_number_object(text, &given); !status.ok()) {
    return {Code::kInvalid, arguments.named(at) +
                                " must be a JSON array of ids, or an object of ids and weights, "
                                "like '{\"a2x\": 2, \"k9d\": 0.5}': " +
                                status.message()};
  }
  std::vector<std::pair<uint32_t, float>> found;
  size_t known = 0;
  for (const auto& [key, weight] : given) {
    if (!is_weight(weight)) {
      return {Code::kInvalid, arguments.named(at) + " has a weight of " + shortest_text(weight) +
                                  "; wanted one from 0.000000001 to 10000, or 0 for none"};
    }
    const auto position = position_of(key, ids);
    known += position ? 1 : 0;
    if (position && weight > 0) found.emplace_back(*position, static_cast<float>(weight));
  }
  if (known == 0 && !given.empty()) return knows_none(arguments, at, "'" + given[0].first + "'");
  std::sort(found.begin(), found.end());
  for (const auto& [position, weight] : found) {
    if (!out->positions.empty() && out->positions.back() == position) {
      out->weights.back() = weight;  // twins: the greatest comes last
      continue;
    }
    out->positions.push_back(position);
    out->weights.push_back(weight);
  }
  return {};
}

Status known_features(const Arguments& arguments, size_t at, const IdTable& ids,
                      std::vector<WeightedFeature>* out) {
  std::vector<uint32_t> known;
  SUBJREC_TRY(known_ids(arguments, at, ids, &known));
  for (const uint32_t f : known) out->push_back({f, 1.0f});
  return {};
}

}  // namespace subjrec
