#include "core/model/encoders.h"
#include "core/model/least_squares.h"
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

/// The matrix by works and by columns, vectors of both, the model, and calibration: packed
/// subjects, and in every thread the scores of a work and what its row is solved with.
uint64_t bytes(const TrainData& data, const TrainOptions& o) {
  const TrainingSize s(data, o);
  const uint64_t matrix = 16 * s.entries() + 16 * (s.works + s.columns());
  const uint64_t vectors = 4 * round_up(s.dim, 16) * (s.works + s.columns());
  const uint64_t calibration =
      4 * s.dim * s.subjects +
      s.threads * (4 * s.subjects + LeastSquaresSolver::scores_without_bytes(s.longest, s.dim));
  return matrix + vectors + 4 * s.dim * s.features + s.model() + calibration;
}

}  // namespace

constinit const Algorithm kIals = {
    .model = {.name = "ials",
              .works_are_encoded = true,
              .weighs_subjects = true,
              .encoder = least_squares_encoder},
    .options = kOptions,
    .choose_options = choose_options,
    .bytes = bytes,
    .weights = "each is the weight of its entry, beside unobserved_weight",
    .make_trainer = make_ials_trainer,
};

}  // namespace subjrec
