#include <algorithm>

#include "core/linalg/columns.h"
#include "core/model/encoders.h"
#include "core/train/ease/ease_trainer.h"
#include "core/train/memory.h"

namespace subjrec {
namespace {

constexpr std::string_view kOptions[] = {"embedding_dim",     "regularization", "feature_weight",
                                         "min_feature_works", "max_columns",    "max_weights",
                                         "work_features",     "work_text",      "tokenizer",
                                         "stop_words",        "max_word_share"};

void choose_options(const TrainData& /*data*/, TrainOptions* options) {
  using T = TrainOptions;
  options->choose("embedding_dim", &T::embedding_dim, 64);
  options->choose("epochs", &T::epochs, 1);
  options->choose("regularization", &T::regularization, 10.0);
  options->choose("min_feature_works", &T::min_feature_works, 8);
}

/// The Gramian and the columns of its inverse; then sparse weights and the factors of the scores.
uint64_t bytes(const TrainData& data, const TrainOptions& o) {
  const TrainingSize s(data, o);
  const uint64_t features =
      count_frequent_columns(column_counts(data.work_features), o.min_feature_works);
  // More columns than that are refused by the trainer, in its own words.
  const uint64_t c = std::min(s.subjects + features, static_cast<uint64_t>(o.max_columns));
  const uint64_t subjects = std::min(s.subjects, c);
  const uint64_t width = s.dim + 16;
  const uint64_t matrix = 16 * s.entries();
  const uint64_t inverse = 4 * c * c + 4 * c * (subjects + 1536);  // works to calibrate by
  const uint64_t kept = std::min(static_cast<uint64_t>(o.max_weights) * c, c * subjects) * 8;
  const uint64_t factors = 2 * kept + 4 * width * (2 * s.works + 2 * c) + 8 * width * subjects;
  return matrix + std::max({inverse, 4 * c * subjects + kept, factors + s.model()});
}

}  // namespace

constinit const Algorithm kEase = {
    .model = {.name = "ease",
              .score = ModelKind::Score::kItemWeights,
              .stored_weights = ModelKind::StoredWeights::kItemWeights,
              .works_are_encoded = true,
              .encoder = item_weights_encoder},
    .options = kOptions,
    .choose_options = choose_options,
    .bytes = bytes,
    .memory_advice =
        "give it fewer features, or use {\"algorithm\": \"composed\"}, which grows with the data "
        "alone",
    .make_trainer = make_ease_trainer,
};

}  // namespace subjrec
