#include "sqlite/source/id_arguments.h"

#include <algorithm>

#include "core/base/status.h"
#include "core/options/json_list.h"

namespace subjrec {

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
    return {Code::kNotFound, std::string(arguments.who()) + ": the model knows none of the " +
                                 arguments.name(at) + " in argument " + std::to_string(at + 1) +
                                 ", like " + id_text(given[0])};
  }
  std::sort(out->begin(), out->end());
  out->erase(std::unique(out->begin(), out->end()), out->end());  // twins
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
