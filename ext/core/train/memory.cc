#include "core/train/memory.h"

#include <algorithm>
#include <string>

#include "core/base/parallel.h"
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
  const Score score = find_algorithm(options.algorithm)->model.score;
  const bool embeds = score != Score::kBias && score != Score::kVotes;
  const uint64_t weights = data.interactions.weighted() ? 4 * s.pairs : 0;
  return (embeds ? s.model() : 0) + 4 * s.entries() + weights;
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
