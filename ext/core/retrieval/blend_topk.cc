#include "core/retrieval/blend_topk.h"

#include <algorithm>
#include <cmath>

#include "core/model/row_products.h"
#include "core/retrieval/select_top_k.h"

namespace subjrec {
namespace {

constexpr size_t kListsWithoutIndex = 16;
constexpr size_t kLeastShare = 8;  // of lists so long every subject is scored
/// Subjects of which item weights say less than this, and nobody else says anything, are many, and
/// get little by it.
constexpr float kLittle = 0.01f;

double norm(std::span<const float> vector) {
  double square = 0;
  for (const float x : vector) square += double{x} * double{x};
  return std::sqrt(square);
}

/// Scores of the subjects of `boosts` and their positions, without those of `exclude`.
void score_voiced(const Model& model, std::span<const float> query, std::span<const float> bias,
                  std::span<const uint32_t> exclude, BlendTopKScratch* scratch) {
  scratch->rows.clear();
  scratch->voiced.clear();
  scratch->left_out.assign(exclude.begin(), exclude.end());
  auto excluded = exclude.begin();
  for (const Boost& b : scratch->boosts.boosts) {
    excluded = std::lower_bound(excluded, exclude.end(), b.subject);
    if (excluded != exclude.end() && *excluded == b.subject) continue;
    scratch->left_out.push_back(b.subject);
    scratch->voiced.push_back({b.subject, b.value});
    scratch->rows.push_back(model.subjects.data() + size_t{b.subject} * model.dim);
  }
  std::inplace_merge(scratch->left_out.begin(),
                     scratch->left_out.begin() + static_cast<ptrdiff_t>(exclude.size()),
                     scratch->left_out.end());
  scratch->sums.resize(scratch->rows.size());
  row_products(query.data(), query.size(), scratch->rows.data(), scratch->rows.size(),
               scratch->sums.data());
  for (size_t i = 0; i < scratch->voiced.size(); ++i) {
    ScoredItem& item = scratch->voiced[i];
    const float sum = scratch->sums[i] + bias[item.item];
    item.score = sum + item.score;
  }
}

}  // namespace

Status BlendTopK::score_all(const Blend& blend, const BlendedWork& work, size_t n, size_t k,
                            std::span<const uint32_t> exclude, Monitor& monitor,
                            BlendTopKScratch* scratch, std::vector<ScoredItem>* out) {
  scratch->scores.resize(n);
  SUBJREC_TRY(blend.scores(work, &scratch->boosts, scratch->scores, monitor));
  select_top_k(scratch->scores, k, exclude, out);
  return {};
}

Status BlendTopK::top_k(const Model& model, const Blend& blend, const BlendedWork& work, size_t k,
                        std::span<const uint32_t> exclude, Monitor& monitor,
                        BlendTopKScratch* scratch, std::vector<ScoredItem>* out) {
  const size_t n = model.n_subjects();
  const bool cold = work.subjects.empty();
  Index& index = indexes_[cold ? 1 : 0];
  if (k >= n / kLeastShare || index.lists++ < kListsWithoutIndex) {
    return score_all(blend, work, n, k, exclude, monitor, scratch, out);
  }
  const std::vector<float> query = blend.query(work);
  if (!index.index) {
    index.bias.assign(blend.bias(cold).begin(), blend.bias(cold).end());
    SUBJREC_ASSIGN(index.index,
                   TopKIndex::build(model.subjects, model.dim, index.bias, norm(query), monitor));
  }
  blend.boosts(work, &scratch->boosts, &scratch->boosts.boosts, kLittle);
  SUBJREC_TRY(scratch->boosts.neighbors.status);
  score_voiced(model, query, index.bias, exclude, scratch);
  TopKIndex::Additions additions{.others = scratch->voiced};
  const std::span<const float> ease = scratch->boosts.scores;
  if (!ease.empty()) {
    const BlendCoefficients& c = blend.coefficients(cold);
    const double most = c.has_ease + std::max(0.0, c.ease * double{log_share(kLittle)});
    additions.most = static_cast<float>(std::max(0.0, most * (1 + 1e-6)));
    additions.more = [&blend, ease, cold](uint32_t subject, float score) {
      if (!(ease[subject] > 0)) return score;
      return score + blend.value(cold, {.subject = subject, .ease = ease[subject]});
    };
  }
  return index.index->top_k(query, k, scratch->left_out, additions, monitor, &scratch->topk, out);
}

}  // namespace subjrec
