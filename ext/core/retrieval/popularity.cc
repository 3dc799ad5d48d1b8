#include "core/retrieval/popularity.h"

#include <algorithm>

#include "core/base/portable_math.h"

namespace subjrec {
namespace {

constexpr size_t kKept = 8;

}  // namespace

std::vector<float> logit_adjustment(const Model& model, std::span<const int64_t> subject_works,
                                    size_t n_works, double popularity) {
  const double slope = model.probability_slope > 0 ? model.probability_slope : 1;
  const double works = static_cast<double>(std::max<size_t>(n_works, 1));
  std::vector<float> shift(subject_works.size());
  for (size_t s = 0; s < shift.size(); ++s) {
    const double prior = static_cast<double>(std::max<int64_t>(subject_works[s], 1)) / works;
    shift[s] = static_cast<float>(-popularity * portable_log(prior) / slope);
  }
  return shift;
}

Result<std::shared_ptr<const AdjustedSubjects>> LogitAdjustmentCache::find(
    const Model& model, std::span<const int64_t> subject_works, size_t n_works, double popularity,
    double typical_query_norm, Monitor& monitor) {
  if (const auto at = known_.find(popularity); at != known_.end()) return at->second;
  auto made = std::make_shared<AdjustedSubjects>();
  made->shift = logit_adjustment(model, subject_works, n_works, popularity);
  made->bias = made->shift;
  for (size_t s = 0; s < model.subject_bias.size(); ++s) made->bias[s] += model.subject_bias[s];
  SUBJREC_ASSIGN(made->index, TopKIndex::build(model.subjects, model.dim, made->bias,
                                               typical_query_norm, monitor));
  if (known_.size() == kKept) known_.clear();
  return known_.emplace(popularity, std::move(made)).first->second;
}

}  // namespace subjrec
