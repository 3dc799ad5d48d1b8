#include <algorithm>
#include <string>

#include "core/model/encoders.h"
#include "core/train/composed/composed_network.h"
#include "core/train/composed/composed_trainer.h"
#include "core/train/memory.h"

namespace subjrec {
namespace {

constexpr std::string_view kOptions[] = {"embedding_dim",
                                         "batch_size",
                                         "learning_rate",
                                         "beta1",
                                         "beta2",
                                         "epsilon",
                                         "init_stddev",
                                         "loss",
                                         "negatives",
                                         "dropout",
                                         "feature_dropout",
                                         "bare",
                                         "min_feature_works",
                                         "regularization",
                                         "warmup_steps",
                                         "gradient_samples",
                                         "shards",
                                         "rounds",
                                         "work_embeddings",
                                         "work_features",
                                         "work_text",
                                         "tokenizer",
                                         "stop_words",
                                         "max_word_share",
                                         "subject_features",
                                         "work_vectors",
                                         "subject_vectors"};

/// Works x subjects, of the subjects that training sees.
double cells(const TrainData& data) {
  const Interactions& y = data.interactions;
  const size_t subjects = y.n_subjects - data.unseen_subjects.size();
  return static_cast<double>(y.n_works) * static_cast<double>(subjects);
}

/// A small catalogue takes small batches, or it has too few steps; a huge one fewer epochs and
/// larger steps from a smaller start, as it has steps enough. The fewer pairs, the more is learned
/// by heart unless embeddings are kept small. Beyond a billion cells the loss is sampled.
void choose_options(const TrainData& data, TrainOptions* options) {
  using T = TrainOptions;
  const Interactions& y = data.interactions;
  const bool huge = is_huge(data);
  int batch = static_cast<int>(std::clamp<size_t>(y.n_works / 32, 32, 1024));
  // As many steps as one machine takes, in each of the shards.
  if (options->shards > 0) batch = std::max(32, batch / options->shards);
  options->choose("embedding_dim", &T::embedding_dim, huge ? 64 : 192);
  options->choose("epochs", &T::epochs, huge ? 6 : 16);
  options->choose("batch_size", &T::batch_size, batch);
  if (cells(data) > 1e9) options->choose("loss", &T::loss, std::string("sampled_softmax"));
  if (huge) options->choose("negatives", &T::negatives, 1024);
  options->choose("learning_rate", &T::learning_rate, huge ? 0.015 : 0.01);
  const double pairs = static_cast<double>(std::max<size_t>(y.nnz(), 1));
  options->choose("regularization", &T::regularization, std::min(0.3, 10000 / pairs));
  options->choose("init_stddev", &T::init_stddev, huge ? 0.01 : 0.1);
}

/// Inputs and subjects with two moments, packed subjects (in training, and where it is evaluated),
/// scores of a block in every thread of both, a copy of either side in the model (whose works are
/// embedded as they are stored, unless they have prior vectors), and what a batch holds of its
/// longest work.
uint64_t bytes(const TrainData& data, const TrainOptions& o) {
  const TrainingSize s(data, o);
  const uint64_t stride = composed_stride(s.dim);
  const uint64_t parameters =
      stride * s.subjects + composed_input_stride(s.dim) * s.columns();  // of a copy
  const uint64_t scores = s.threads * s.subjects * (24 * 4 + 16 * 4 + 12);
  // With shards: the parameters of before, all rows of one shard at the worst, and sums of doubles.
  const uint64_t copies = o.shards > 0 ? 4 : 0;
  return 4 * (3 * parameters * (1 + copies) + 2 * stride * s.subjects) + scores +
         4 * s.dim * (s.columns() + s.subjects + (data.work_vectors.empty() ? 0 : s.works)) +
         32 * s.longest;
}

}  // namespace

bool is_huge(const TrainData& data) { return cells(data) > 1e10; }

constinit const Algorithm kComposed = {
    .model = {.name = "composed",
              .stored_weights = ModelKind::StoredWeights::kWorkProjection,
              .works_are_encoded = true,
              .works_are_composed = true,
              .encoder = composed_encoder},
    .options = kOptions,
    .choose_options = choose_options,
    .bytes = bytes,
    .weights = "the subject that an example hides is drawn in proportion to them",
    .make_trainer = make_composed_trainer,
};

}  // namespace subjrec
