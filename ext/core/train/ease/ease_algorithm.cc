#include <algorithm>
#include <iterator>
#include <vector>

#include "core/linalg/columns.h"
#include "core/model/encoders.h"
#include "core/train/ease/ease_trainer.h"
#include "core/train/memory.h"

namespace subjrec {
namespace {

constexpr std::string_view kOptions[] = {"embedding_dim",     "regularization", "feature_weight",
                                         "min_feature_works", "max_columns",    "max_weights",
                                         "neighborhood",      "work_features",  "work_text",
                                         "tokenizer",         "stop_words",     "max_word_share"};

constexpr int kLeast[] = {2, 3, 4, 6, 8, 12, 16};  // works with a feature

void choose_options(const TrainData& /*data*/, TrainOptions* options) {
  using T = TrainOptions;
  options->choose("embedding_dim", &T::embedding_dim, 64);
  options->choose("epochs", &T::epochs, 1);
  options->choose("regularization", &T::regularization, 10.0);
  options->choose("min_feature_works", &T::min_feature_works, 8);
}

/// The Gramian and the columns of its inverse, or of neighbourhoods the sparse Gramian (in pieces
/// and joined); then sparse weights and the factors of the scores.
uint64_t bytes(const TrainData& data, const TrainOptions& o) {
  const TrainingSize s(data, o);
  const uint64_t c = count_ease_columns(data, o.min_feature_works);
  const bool whole = c <= static_cast<uint64_t>(o.max_columns);
  const uint64_t width = s.dim + 16;
  const uint64_t matrix = 16 * s.entries();
  const uint64_t in_a_row = s.entries() / std::max<uint64_t>(s.works, 1) + 1;
  const uint64_t local = 16 * std::min(2 * in_a_row * s.entries(), c * c);
  const uint64_t inverse = whole ? 4 * c * c + 4 * c * (s.subjects + 1536) : local;
  const uint64_t most = whole ? static_cast<uint64_t>(o.max_weights) * c
                              : static_cast<uint64_t>(o.neighborhood) * s.subjects;
  const uint64_t kept = std::min(most, c * s.subjects) * 8;
  const uint64_t dense = whole ? 4 * c * s.subjects : local;
  const uint64_t factors = 2 * kept + 4 * width * (2 * s.works + 2 * c) + 8 * width * s.subjects;
  return matrix + std::max({inverse, dense + kept, factors + s.model()});
}

}  // namespace

size_t count_ease_columns(const TrainData& data, int min_feature_works) {
  return data.interactions.n_subjects +
         count_frequent_columns(column_counts(data.work_features), min_feature_works);
}

int quick_min_feature_works(const TrainData& data, size_t most) {
  const std::vector<int> counts = column_counts(data.work_features);
  const auto* least = std::find_if(std::begin(kLeast), std::end(kLeast), [&](int works) {
    return data.interactions.n_subjects + count_frequent_columns(counts, works) <= most;
  });
  return least == std::end(kLeast) ? 0 : *least;
}

constinit const Algorithm kEase = {
    .model = {.name = "ease",
              .score = ModelKind::Score::kItemWeights,
              .stored_weights = ModelKind::StoredWeights::kItemWeights,
              .works_are_encoded = true,
              .weighs_subjects = true,
              .encoder = item_weights_encoder},
    .options = kOptions,
    .choose_options = choose_options,
    .bytes = bytes,
    .memory_advice =
        "give it fewer features, or use {\"algorithm\": \"composed\"}, which grows with the data "
        "alone",
    .weights = "they are the entries of the matrix",
    .make_trainer = make_ease_trainer,
};

}  // namespace subjrec
