#include "core/train/memory.h"

#include <algorithm>
#include <string>

#include "core/base/parallel.h"
#include "core/model/inverted_works.h"
#include "core/train/algorithm.h"

namespace subjrec {
namespace {

constexpr uint64_t kMega = 1'000'000;

uint64_t longest_row(const TrainData& data) {
  const Interactions& y = data.interactions;
  const std::vector<uint64_t>& features = data.work_features.offsets;
  uint64_t longest = 0;
  for (size_t w = 0; w + 1 < y.offsets.size(); ++w) {
    uint64_t row = y.offsets[w + 1] - y.offsets[w];
    if (w + 1 < features.size()) row += features[w + 1] - features[w];
    longest = std::max(longest, row);
  }
  return longest;
}

/// What rec_packed has: postings and numbers of terms, scales, hashes and subjects of works, and of
/// subjects what a first list needs.
uint64_t packed_bytes(const TrainData& data, const TrainingSize& s, bool embeds) {
  constexpr uint64_t kHash = 16;
  const Interactions& y = data.interactions;
  const std::vector<uint32_t> counts = y.subject_counts();
  const std::vector<float> idf = inverse_frequencies({y.n_works, y.n_subjects, y.n_works, counts});
  uint64_t postings = 0;
  for (size_t t = 0; t < counts.size(); ++t) postings += idf[t] > 0 ? counts[t] + uint64_t{1} : 0;
  const uint64_t of_works = (kHash + 2 * 4) * s.works + 4 * s.pairs;
  const uint64_t of_subjects = 4 * s.columns() + 4 * s.subjects * (2 + (embeds ? 1 + s.dim : 0));
  return 4 * postings + of_works + of_subjects;
}

std::string megabytes(uint64_t bytes) {
  return std::to_string((bytes + kMega - 1) / kMega) + " MB";
}

std::string advice(const Algorithm& algorithm, const TrainOptions& o) {
  if (algorithm.memory_advice != nullptr) return algorithm.memory_advice;
  return "lower \"embedding_dim\" (now " + std::to_string(o.embedding_dim) +
         "), or train on fewer works";
}

}  // namespace

TrainingSize::TrainingSize(const TrainData& data, const TrainOptions& options)
    : works(data.interactions.n_works),
      subjects(data.interactions.n_subjects),
      pairs(data.interactions.nnz()),
      features(data.work_features.n_columns),
      feature_pairs(data.work_features.columns.size()),
      longest(longest_row(data)),
      dim(static_cast<uint64_t>(options.embedding_dim)),
      threads(static_cast<uint64_t>(resolve_threads(options.threads))) {}

uint64_t training_bytes(const TrainData& data, const TrainOptions& options) {
  const TrainingSize s(data, options);
  uint64_t bytes = find_algorithm(options.algorithm)->bytes(data, options);
  // What is held out and what is left, the best model so far, and the one that is evaluated.
  if (data.interactions.weighted()) bytes += 4 * s.pairs * (options.validation > 0 ? 3 : 1);
  if (options.validation > 0) bytes += 8 * s.entries() + 16 * s.works + 2 * s.model();
  return bytes;
}

uint64_t stored_bytes(const TrainData& data, const TrainOptions& options) {
  using Score = ModelKind::Score;
  const TrainingSize s(data, options);
  const ModelKind& kind = find_algorithm(options.algorithm)->model;
  const bool embeds = kind.score != Score::kBias && kind.score != Score::kVotes;
  uint64_t bytes = 4 * s.entries();
  if (kind.weighs_subjects && data.interactions.weighted()) bytes += 4 * s.pairs;
  if (embeds) bytes += s.model();
  if (options.work_embeddings == "computed") bytes -= 4 * s.dim * s.works;
  if (kind.works_are_composed) bytes += 4 * s.dim * s.columns();
  const bool packs = kind.score == Score::kVotes || kind.score == Score::kBlend;
  return bytes + (packs ? packed_bytes(data, s, embeds) : 0);
}

Status check_memory(const TrainData& data, const TrainOptions& options, uint64_t available) {
  const bool given = options.memory_limit > 0;
  const uint64_t limit = given ? static_cast<uint64_t>(options.memory_limit) * kMega : available;
  const uint64_t needed = training_bytes(data, options);
  if (needed <= limit) return {};
  return {Code::kInvalid,
          "this training, with \"" + options.algorithm + "\", needs about " + megabytes(needed) +
              " of memory, and " + (given ? "option \"memory_limit\" allows " : "there are ") +
              megabytes(limit) + "; " + advice(*find_algorithm(options.algorithm), options) +
              (given ? ", or raise the limit"
                     : ", or say with option \"memory_limit\" how many MB it may take")};
}

}  // namespace subjrec
