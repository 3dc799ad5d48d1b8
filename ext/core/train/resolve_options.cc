#include "core/train/resolve_options.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "core/train/algorithm.h"
#include "core/train/bce/bce_trainer.h"
#include "core/train/blend/blend_trainer.h"
#include "core/train/composed/composed_trainer.h"
#include "core/train/ease/ease_trainer.h"

namespace subjrec {
namespace {

constexpr size_t kFewWorks = 50'000;

/// Read by "ease", but said with many epochs in mind.
constexpr std::string_view kOfManyEpochs[] = {"embedding_dim",  "epochs",     "patience",
                                              "regularization", "validation", "validation_metric"};

bool speaks_against_ease(const TrainOptions& options) {
  const auto against = [](const std::string& name) {
    return !kEase.reads(name) || std::find(std::begin(kOfManyEpochs), std::end(kOfManyEpochs),
                                           name) != std::end(kOfManyEpochs);
  };
  return std::any_of(options.given.begin(), options.given.end(), against);
}

/// Whether "auto" is "ease"; `least` is then the min_feature_works that it takes.
bool is_ease(const TrainData& data, const TrainOptions& options, int* least) {
  if (data.work_features.empty() || data.interactions.n_works >= kFewWorks) return false;
  if (speaks_against_ease(options)) return false;
  const size_t most = std::min(kQuickColumns, static_cast<size_t>(options.max_columns));
  if (!options.is_given("min_feature_works")) {
    *least = quick_min_feature_works(data, most);
    return *least > 0;
  }
  *least = options.min_feature_works;
  return count_ease_columns(data, *least) <= most;
}

std::string quoted_names(const std::vector<std::string_view>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += "\"" + std::string(names[i]) + "\"";
  }
  return text;
}

/// An empty source is as good as none.
bool is_empty_text(const OptionSpec<TrainOptions>& spec, const TrainOptions& options) {
  const auto* field = std::get_if<std::string TrainOptions::*>(&spec.field);
  return field != nullptr && (options.*(*field)).empty();
}

/// What the algorithm may turn out to be; none where there is none of that name.
std::vector<const Algorithm*> possible_algorithms(const TrainOptions& options) {
  if (options.algorithm != "auto") {
    const Algorithm* named = find_algorithm(options.algorithm);
    return named == nullptr ? std::vector<const Algorithm*>() : std::vector{named};
  }
  if (options.recipe == "notebook") return {&kBce};
  return {&kBlend};
}

}  // namespace

OptionNames options_that_are_read(const TrainOptions& options) {
  const std::vector<const Algorithm*> readers = possible_algorithms(options);
  OptionNames read;
  for (const std::string& name : options.given) {
    const auto reads = [&](const Algorithm* algorithm) { return algorithm->reads(name); };
    if (readers.empty() || std::any_of(readers.begin(), readers.end(), reads)) read.insert(name);
  }
  return read;
}

Status check_options(const TrainOptions& options) {
  const OptionNames read = options_that_are_read(options);
  for (const OptionSpec<TrainOptions>& spec : train_option_table().specs()) {
    if (!options.is_given(spec.name) || is_empty_text(spec, options)) continue;
    if (read.count(std::string(spec.name)) != 0) continue;
    std::vector<std::string_view> readers;
    for (const Algorithm* algorithm : algorithms()) {
      if (algorithm->reads(spec.name)) readers.push_back(algorithm->name());
    }
    const std::vector<const Algorithm*> possible = possible_algorithms(options);
    return {Code::kInvalid, "option \"" + std::string(spec.name) + "\" is for the algorithm " +
                                quoted_names(readers) + ", got \"" +
                                (options.algorithm == "auto" && options.recipe != "notebook"
                                     ? "auto"
                                     : std::string(possible.front()->name())) +
                                "\""};
  }
  if (!options.subject_labels.empty() && options.work_text.empty()) {
    return {
        Code::kInvalid,
        "option \"subject_labels\" needs \"work_text\", the texts of works in which the words of "
        "the labels are looked for"};
  }
  return {};
}

void resolve_options(const TrainData& data, TrainOptions* options) {
  const bool automatic = options->algorithm == "auto";
  if (options->recipe == "notebook") {
    // The fields' own defaults are the tutorial's values, and it stops nothing early.
    options->choose("patience", &TrainOptions::patience, 0);
    if (automatic) options->algorithm = kBce.name();
    return;
  }
  if (automatic) {
    options->algorithm = kBlend.name();
    options->automatic = true;
  }
  const Algorithm* algorithm = find_algorithm(options->algorithm);
  if (algorithm != nullptr && algorithm->choose_options != nullptr) {
    algorithm->choose_options(data, options);
  }
}

void resolve_options_over_shards(const TrainData& data, TrainOptions* options) {
  int least = 0;
  const bool ease = options->algorithm == "auto" && is_ease(data, *options, &least);
  if (options->algorithm == "auto") options->algorithm = ease ? kEase.name() : kComposed.name();
  resolve_options(data, options);
  if (ease) options->min_feature_works = least;
}

}  // namespace subjrec
