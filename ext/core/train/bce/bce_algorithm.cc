#include <algorithm>

#include "core/model/encoders.h"
#include "core/train/bce/bce_trainer.h"
#include "core/train/memory.h"

namespace subjrec {
namespace {

constexpr std::string_view kOptions[] = {
    "embedding_dim", "batch_size",     "learning_rate",    "beta1",        "beta2",
    "epsilon",       "init_stddev",    "work_features",    "work_text",    "tokenizer",
    "stop_words",    "max_word_share", "subject_features", "work_vectors", "subject_vectors"};

/// A row, of works, subjects, features, or dimensions of vectors, has its values and Adam's two
/// moments; a batch has vectors and gradients.
uint64_t bytes(const TrainData& data, const TrainOptions& o) {
  const TrainingSize s(data, o);
  const uint64_t shared = s.features + data.subject_features.n_columns + data.work_vectors.dim +
                          data.subject_vectors.dim;
  const uint64_t rows = (4 * round_up(3 * s.dim, 4) + 8) * (s.works + s.subjects + shared);
  const uint64_t batch = std::min<uint64_t>(static_cast<uint64_t>(o.batch_size), s.works);
  return rows + 8 * s.dim * (batch + s.subjects + shared) + s.model();
}

}  // namespace

constinit const Algorithm kBce = {
    .model = {.name = "bce",
              .stored_weights = ModelKind::StoredWeights::kWorkProjection,
              .features_are_added = true,
              .weighs_subjects = true,
              .encoder = most_probable_encoder},
    .options = kOptions,
    .bytes = bytes,
    .weights = "each is the weight of its pair's term of the loss",
    .make_trainer = make_bce_trainer,
};

}  // namespace subjrec
