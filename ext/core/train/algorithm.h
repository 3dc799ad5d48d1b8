// The registry of training algorithms: one descriptor each, which is all that the rest of the
// project knows of an algorithm. A new one is a folder beside bce/ and one line in algorithm.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "core/model/model_kind.h"
#include "core/train/trainer.h"

namespace subjrec {

struct Algorithm {
  /// How its models are served; also its name, as option "algorithm" and rec_config say it.
  ModelKind model;

  /// The options that it reads beside those of every training (recipe, algorithm, epochs, seed,
  /// threads, validation, validation_metric, patience, memory_limit, progress, same_as). Others are
  /// refused.
  std::span<const std::string_view> options;
  /// An algorithm that is trained as a part of this one: its options are read as well. Or null.
  const Algorithm* part = nullptr;

  /// Chooses the options that were not given, for this data (TrainOptions::choose); or null.
  void (*choose_options)(const TrainData& data, TrainOptions* options) = nullptr;

  /// Bytes at the peak of training and storing, beyond `data` itself (core/train/memory.h).
  uint64_t (*bytes)(const TrainData& data, const TrainOptions& options) = nullptr;
  /// What to do where memory does not suffice; null: lower embedding_dim or train on fewer works.
  const char* memory_advice = nullptr;

  /// What it does with weights of pairs, for a summary.
  const char* weights = nullptr;

  /// `data` has interactions; `options` has been through resolve_options().
  Result<std::unique_ptr<Trainer>> (*make_trainer)(const TrainData& data,
                                                   const TrainOptions& options) = nullptr;

  std::string_view name() const { return model.name; }
  bool reads(std::string_view option) const;
};

/// All of them, in the order of the reference page.
std::span<const Algorithm* const> algorithms();

/// Null where there is none of that name.
const Algorithm* find_algorithm(std::string_view name);

/// The kind of a stored model: an algorithm's, or kLoadedModel; null where there is none.
const ModelKind* find_model_kind(std::string_view name);

}  // namespace subjrec
