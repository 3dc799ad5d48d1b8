#include "core/train/algorithm.h"

#include <algorithm>
#include <string>

#include "core/train/bce/bce_trainer.h"
#include "core/train/blend/blend_trainer.h"
#include "core/train/composed/composed_trainer.h"
#include "core/train/ease/ease_trainer.h"
#include "core/train/ials/ials_trainer.h"
#include "core/train/neighbours/neighbours_trainer.h"
#include "core/train/popularity/popularity_trainer.h"

namespace subjrec {
namespace {

constexpr const Algorithm* kAlgorithms[] = {
    &kBce, &kComposed, &kIals, &kEase, &kNeighbours, &kBlend, &kPopularity,
};

constexpr std::string_view kOfEveryTraining[] = {
    "recipe",   "algorithm",    "epochs",   "seed",   "threads", "validation", "validation_metric",
    "patience", "memory_limit", "progress", "same_as"};

template <class Names>
bool contains(const Names& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

}  // namespace

bool Algorithm::reads(std::string_view option) const {
  return contains(options, option) || contains(kOfEveryTraining, option) ||
         (part != nullptr && part->reads(option));
}

std::span<const Algorithm* const> algorithms() { return kAlgorithms; }

const Algorithm* find_algorithm(std::string_view name) {
  for (const Algorithm* algorithm : kAlgorithms) {
    if (algorithm->name() == name) return algorithm;
  }
  return nullptr;
}

const ModelKind* find_model_kind(std::string_view name) {
  if (name == kLoadedModel.name) return &kLoadedModel;
  const Algorithm* algorithm = find_algorithm(name);
  return algorithm == nullptr ? nullptr : &algorithm->model;
}

Result<std::unique_ptr<Trainer>> make_trainer(const TrainData& data, const TrainOptions& options) {
  if (data.interactions.nnz() == 0) {
    return Status(Code::kInvalid,
                  "the source has no interactions; wanted at least one row with a work "
                  "and a subject");
  }
  const Algorithm* algorithm = find_algorithm(options.algorithm);
  if (algorithm != nullptr) return algorithm->make_trainer(data, options);
  return Status(Code::kInvalid, "unknown algorithm \"" + options.algorithm + "\"");
}

}  // namespace subjrec
