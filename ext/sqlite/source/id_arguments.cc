#include "sqlite/source/id_arguments.h"

#include <algorithm>

#include "core/base/status.h"
#include "core/options/json_list.h"
#include "sqlite/bindings/value.h"

namespace subjrec {

Status known_ids(std::string_view who, std::string_view what, size_t at, sqlite3_value* value,
                 const IdTable& ids, std::vector<uint32_t>* out) {
  const std::string argument = "argument " + std::to_string(at + 1);
  const std::string where = std::string(who) + ": " + argument + " (" + std::string(what) +
                            ") must be a JSON array of ids, like '[\"a2x\", \"k9d\"]'";
  if (value == nullptr || sqlite3_value_type(value) != SQLITE_TEXT) {
    return {Code::kInvalid, where + ", got " + (value == nullptr ? "nothing" : shown(value))};
  }
  IdTable given;
  if (const Status status = read_id_list(text_of(value), &given); !status.ok()) {
    return {Code::kInvalid, where + ": " + status.message()};
  }
  for (size_t i = 0; i < given.size(); ++i) {
    if (const auto found = ids.find(given[i])) out->push_back(*found);
  }
  if (out->empty() && given.size() > 0) {
    return {Code::kNotFound, std::string(who) + ": the model knows none of the " +
                                 std::string(what) + " in " + argument + ", like " +
                                 id_text(given[0])};
  }
  std::sort(out->begin(), out->end());
  out->erase(std::unique(out->begin(), out->end()), out->end());  // twins
  return {};
}

Status known_features(std::string_view who, size_t at, sqlite3_value* value, const IdTable& ids,
                      std::vector<WeightedFeature>* out) {
  std::vector<uint32_t> known;
  SUBJREC_TRY(known_ids(who, "features", at, value, ids, &known));
  for (const uint32_t f : known) out->push_back({f, 1.0f});
  return {};
}

}  // namespace subjrec
