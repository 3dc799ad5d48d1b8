#include "core/train/resolve_algorithm.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/linalg/columns.h"

namespace subjrec {
namespace {

constexpr size_t kFewWorks = 50'000;
constexpr size_t kFewColumns = 12'000;             // ten seconds by two threads
constexpr int kLeast[] = {2, 3, 4, 6, 8, 12, 16};  // works with a feature
constexpr const char* kOfComposed[] = {"batch_size",        "beta1",           "beta2",
                                       "dropout",           "embedding_dim",   "epochs",
                                       "epsilon",           "feature_dropout", "init_stddev",
                                       "gradient_samples",  "learning_rate",   "loss",
                                       "negatives",         "patience",        "regularization",
                                       "subject_features",  "subject_vectors", "validation",
                                       "validation_metric", "warmup_steps",    "work_vectors"};

}  // namespace

void resolve_algorithm(const TrainData& data, const TrainOptions& said, TrainOptions* options) {
  if (said.algorithm != "auto" || options->algorithm != "composed") return;
  const auto is_said = [&](const char* name) { return said.given.count(name) != 0; };
  if (data.work_features.empty() || data.interactions.n_works >= kFewWorks) return;
  if (std::any_of(std::begin(kOfComposed), std::end(kOfComposed), is_said)) return;

  TrainOptions ease = said;
  ease.algorithm = "ease";
  const Interactions& y = data.interactions;
  resolve_options(y.n_works, y.n_subjects, y.nnz(), &ease);
  const size_t most = std::min(kFewColumns, static_cast<size_t>(ease.max_columns));
  const std::vector<int> counts = column_counts(data.work_features);
  const auto fits = [&](int least) {
    return y.n_subjects + count_frequent_columns(counts, least) <= most;
  };
  if (!is_said("min_feature_works")) {
    const auto* least = std::find_if(std::begin(kLeast), std::end(kLeast), fits);
    if (least == std::end(kLeast)) return;
    ease.min_feature_works = *least;
  } else if (!fits(ease.min_feature_works)) {
    return;
  }
  *options = std::move(ease);
}

}  // namespace subjrec
