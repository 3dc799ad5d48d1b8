#include <string>
#include <utility>

#include "core/train/distributed/protocol.h"
#include "core/train/resolve_options.h"

namespace subjrec {
namespace {

constexpr double kMostShards = 65536;

Status read_shards(std::string_view who, const OptionValue& value, uint32_t* shards) {
  if (value.kind != OptionValue::Kind::kNumber || !value.whole || value.integer < 1 ||
      static_cast<double>(value.integer) > kMostShards) {
    return option_detail::wrong(who, "shards",
                                option_detail::range_text(1, kMostShards, false, true), value);
  }
  *shards = static_cast<uint32_t>(value.integer);
  return {};
}

/// What cannot be had over shards, with the reason.
Status check_algorithm(const TrainOptions& o) {
  const bool notebook = o.recipe == "notebook" && o.algorithm == "auto";
  if (o.algorithm == "bce" || notebook) {
    return {
        Code::kInvalid,
        "the algorithm \"bce\" has parameters of its own for each work and moves all of them in "
        "every batch, so it is not trained over shards; wanted \"composed\", \"ease\", \"ials\" or "
        "\"auto\""};
  }
  if (o.algorithm != "auto" && o.algorithm != "composed" && o.algorithm != "ease" &&
      o.algorithm != "ials") {
    return {
        Code::kInvalid,
        "the algorithm \"" + o.algorithm +
            "\" is not trained over shards; wanted \"composed\", \"ease\", \"ials\" or \"auto\""};
  }
  return {};
}

Status check_side_options(const TrainOptions& o) {
  if (o.validation > 0) {
    return {Code::kInvalid,
            "option \"validation\" is not for a training over shards; hold rows out beforehand and "
            "ask subjrec_evaluate afterwards"};
  }
  if (!o.same_as.empty()) {
    return {Code::kInvalid,
            "option \"same_as\" is not for a training over shards; fold the twins in the source, "
            "with a SELECT that joins their table"};
  }
  for (const auto& [name, source] : {std::pair("subject_features", &o.subject_features),
                                     std::pair("work_vectors", &o.work_vectors),
                                     std::pair("subject_vectors", &o.subject_vectors)}) {
    if (source->empty()) continue;
    return {Code::kInvalid, "option \"" + std::string(name) +
                                "\" is not for a training over shards, all of which would change "
                                "what it is mapped by; wanted \"work_features\" or none"};
  }
  if (!o.work_text.empty()) {
    return {Code::kInvalid,
            "option \"work_text\" is not for a training over shards, where common words are not "
            "known to one shard; give words as \"work_features\""};
  }
  return {};
}

}  // namespace

Result<DistributedState> begin_run(std::string_view who, std::string_view json) {
  DistributedState state;
  SUBJREC_ASSIGN(const auto pairs, option_detail::read_json(who, json));
  OptionNames seen;
  for (const auto& [key, value] : pairs) {
    if (!seen.insert(key).second) {
      return Status(Code::kInvalid, std::string(who) + ": option \"" + key + "\" is given twice");
    }
    if (key == "shards") {
      SUBJREC_TRY(read_shards(who, value, &state.shards));
    } else {
      SUBJREC_TRY(train_option_table().set(who, key, value, &state.options));
    }
  }
  const auto said = [&](const Status& status) {
    return status.ok() ? status : Status(status.code(), std::string(who) + ": " + status.message());
  };
  if (state.shards == 0) {
    return Status(Code::kInvalid, std::string(who) +
                                      ": option \"shards\" is missing: wanted how many shards "
                                      "there are, like {\"shards\": 4}");
  }
  SUBJREC_TRY(said(check_algorithm(state.options)));
  SUBJREC_TRY(said(check_options(state.options)));
  SUBJREC_TRY(said(check_side_options(state.options)));
  return state;
}

}  // namespace subjrec
