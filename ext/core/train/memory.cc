#include "core/train/memory.h"

#include <algorithm>
#include <string>

#include "core/base/parallel.h"
#include "core/linalg/columns.h"

namespace subjrec {
namespace {

constexpr uint64_t kMega = 1'000'000;

/// Sizes in 64 bits, since their products go far.
struct Size {
  Size(const TrainData& data, const TrainOptions& options)
      : works(data.interactions.n_works),
        subjects(data.interactions.n_subjects),
        pairs(data.interactions.nnz()),
        features(options.algorithm == "ease"
                     ? count_frequent_columns(column_counts(data.work_features),
                                              options.min_feature_works)
                     : data.work_features.n_columns),
        feature_pairs(data.work_features.columns.size()),
        dim(static_cast<uint64_t>(options.embedding_dim)),
        threads(static_cast<uint64_t>(resolve_threads(options.threads))) {}

  uint64_t columns() const { return subjects + features; }
  uint64_t entries() const { return pairs + feature_pairs; }
  /// Embeddings of works and subjects, as they are stored.
  uint64_t model() const { return 4 * dim * (works + subjects); }

  uint64_t works, subjects, pairs, features, feature_pairs, dim, threads;
};

uint64_t round_up(uint64_t n, uint64_t to) { return (n + to - 1) / to * to; }

/// A row has its values and Adam's two moments; a batch has vectors and gradients.
uint64_t bce_bytes(const Size& s, const TrainOptions& o) {
  const uint64_t rows = (4 * round_up(3 * s.dim, 4) + 8) * (s.works + s.subjects);
  const uint64_t batch = std::min<uint64_t>(static_cast<uint64_t>(o.batch_size), s.works);
  return rows + 8 * s.dim * (batch + s.subjects) + s.model();
}

/// Inputs and subjects with two moments, packed subjects (in training, and where it is judged),
/// scores of a block in every thread of both, and a copy of either side in the model.
uint64_t composed_bytes(const Size& s, const TrainOptions&) {
  const uint64_t stride = round_up(s.dim + 1, 16);
  const uint64_t rows = s.subjects + s.columns();
  const uint64_t scores = s.threads * s.subjects * (24 * 4 + 16 * 4 + 12);
  return 4 * stride * (3 * rows + 2 * s.subjects) + scores + 4 * s.dim * s.columns() + s.model();
}

/// The matrix by works and by columns, vectors of both, and the model.
uint64_t ials_bytes(const Size& s, const TrainOptions&) {
  const uint64_t matrix = 16 * s.entries() + 16 * (s.works + s.columns());
  const uint64_t vectors = 4 * round_up(s.dim, 16) * (s.works + s.columns());
  return matrix + vectors + 4 * s.dim * s.features + s.model();
}

/// The Gramian and the columns of its inverse; then sparse weights and the factors of the scores.
uint64_t ease_bytes(const Size& s, const TrainOptions& o) {
  // More columns than that are refused by the trainer, in its own words.
  const uint64_t c = std::min(s.columns(), static_cast<uint64_t>(o.max_columns));
  const uint64_t subjects = std::min(s.subjects, c);
  const uint64_t width = s.dim + 16;
  const uint64_t matrix = 16 * s.entries();
  const uint64_t inverse = 4 * c * c + 4 * c * subjects;
  const uint64_t kept = std::min(static_cast<uint64_t>(o.max_weights) * c, c * subjects) * 8;
  const uint64_t factors = 2 * kept + 4 * width * (2 * s.works + 2 * c) + 8 * width * subjects;
  return matrix + std::max({inverse, 4 * c * subjects + kept, factors + s.model()});
}

std::string megabytes(uint64_t bytes) {
  return std::to_string((bytes + kMega - 1) / kMega) + " MB";
}

std::string advice(const Size& s, const TrainOptions& o) {
  if (o.algorithm == "ease") {
    return "give it fewer features, or use {\"algorithm\": \"composed\"}, which grows with the "
           "data "
           "alone";
  }
  return "lower \"embedding_dim\" (now " + std::to_string(s.dim) + "), or train on fewer works";
}

}  // namespace

uint64_t training_bytes(const TrainData& data, const TrainOptions& options) {
  const Size s(data, options);
  uint64_t bytes = 0;
  if (options.algorithm == "bce") bytes = bce_bytes(s, options);
  if (options.algorithm == "composed") bytes = composed_bytes(s, options);
  if (options.algorithm == "ials") bytes = ials_bytes(s, options);
  if (options.algorithm == "ease") bytes = ease_bytes(s, options);
  // What is held out and what is left, the best model so far, and the one that is judged.
  if (options.validation > 0) bytes += 8 * s.entries() + 16 * s.works + 2 * s.model();
  return bytes;
}

Status check_memory(const TrainData& data, const TrainOptions& options, uint64_t available) {
  const bool given = options.memory_limit > 0;
  const uint64_t limit = given ? static_cast<uint64_t>(options.memory_limit) * kMega : available;
  const uint64_t needed = training_bytes(data, options);
  if (needed <= limit) return {};
  return {Code::kInvalid,
          "subjrec_train: this training, with \"" + options.algorithm + "\", needs about " +
              megabytes(needed) + " of memory, and " +
              (given ? "option \"memory_limit\" allows " : "there are ") + megabytes(limit) + "; " +
              advice(Size(data, options), options) +
              (given ? ", or raise the limit"
                     : ", or say with option \"memory_limit\" how many MB it may take")};
}

}  // namespace subjrec
