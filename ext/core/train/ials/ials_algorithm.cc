#include "core/model/encoders.h"
#include "core/train/ials/ials_trainer.h"
#include "core/train/memory.h"

namespace subjrec {
namespace {

constexpr std::string_view kOptions[] = {
    "embedding_dim",  "init_stddev",       "regularization", "regularization_exponent",
    "feature_weight", "unobserved_weight", "work_features",  "work_text",
    "tokenizer",      "stop_words",        "max_word_share"};

void choose_options(const TrainData& /*data*/, TrainOptions* options) {
  using T = TrainOptions;
  options->choose("embedding_dim", &T::embedding_dim, 128);
  options->choose("epochs", &T::epochs, 16);
  options->choose("init_stddev", &T::init_stddev, 0.1);
  options->choose("regularization", &T::regularization, 0.4);
  options->choose("feature_weight", &T::feature_weight, 0.3);
}

/// The matrix by works and by columns, vectors of both, and the model.
uint64_t bytes(const TrainData& data, const TrainOptions& o) {
  const TrainingSize s(data, o);
  const uint64_t matrix = 16 * s.entries() + 16 * (s.works + s.columns());
  const uint64_t vectors = 4 * round_up(s.dim, 16) * (s.works + s.columns());
  return matrix + vectors + 4 * s.dim * s.features + s.model();
}

}  // namespace

constinit const Algorithm kIals = {
    .model = {.name = "ials", .encoder = least_squares_encoder},
    .options = kOptions,
    .choose_options = choose_options,
    .bytes = bytes,
    .make_trainer = make_ials_trainer,
};

}  // namespace subjrec
