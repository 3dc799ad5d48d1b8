#include <cmath>

#include "core/model/item_weights.h"
#include "core/retrieval/select_top_k.h"
#include "sqlite/store/model_handle.h"

namespace subjrec {

double ServedModel::probability(float score) const {
  const double logit =
      stored.model.probability_slope * double{score} + stored.model.probability_intercept;
  return 1 / (1 + std::exp(-logit));
}

Status ServedModel::top_k(const WorkRow& work, ListRequest request, Monitor& monitor,
                          TopKScratch* scratch, RecommendationList* list) {
  if (!weighted()) return best_for(work.embedding, std::move(request), monitor, scratch, list);
  std::vector<float> scores(stored.subjects.size());
  score_by_weights(stored.model, work.subjects, work.features, scores.data());
  return best_of(std::move(scores), std::move(request), monitor, list);
}

Status ServedModel::best_for(std::span<const float> query, ListRequest request, Monitor& monitor,
                             TopKScratch* scratch, RecommendationList* list) {
  SUBJREC_ASSIGN(const auto discount, discounted(request.popularity, monitor));
  const TopKIndex& index = discount ? discount->index : subjects;
  if (request.candidates) {
    SUBJREC_TRY(
        index.top_k_among(query, request.k, *request.candidates, monitor, scratch, &list->hits));
  } else {
    SUBJREC_TRY(index.top_k(query, request.k, request.exclude, monitor, scratch, &list->hits));
  }
  list->raw_scores.clear();
  for (size_t i = 0; discount && i < list->hits.size(); ++i) {
    list->raw_scores.push_back(subjects.score(query, list->hits[i].item));
  }
  return {};
}

Status ServedModel::best_of(std::vector<float> scores, ListRequest request, Monitor& monitor,
                            RecommendationList* list) {
  SUBJREC_ASSIGN(const auto discount, discounted(request.popularity, monitor));
  std::vector<float> sums;
  for (size_t s = 0; discount && s < scores.size(); ++s) {
    sums.push_back(scores[s] + discount->bias[s]);
  }
  const std::vector<float>& ranked = discount ? sums : scores;
  if (request.candidates) {
    select_top_k_among(ranked, request.k, *request.candidates, &list->hits);
  } else {
    select_top_k(ranked, request.k, request.exclude, &list->hits);
  }
  list->raw_scores.clear();
  for (size_t i = 0; discount && i < list->hits.size(); ++i) {
    list->raw_scores.push_back(scores[list->hits[i].item]);
  }
  return {};
}

Result<std::shared_ptr<const AdjustedSubjects>> ServedModel::discounted(double popularity,
                                                                        Monitor& monitor) {
  if (popularity == 0) return std::shared_ptr<const AdjustedSubjects>();
  return discounts.find(stored.model, stored.subject_works, stored.n_works, popularity, work_norm,
                        monitor);
}

std::vector<float> ServedModel::shift(double popularity) const {
  if (popularity == 0) return {};
  return logit_adjustment(stored.model, stored.subject_works, stored.n_works, popularity);
}

float ServedModel::score(const WorkRow& work, uint32_t subject) const {
  if (!weighted()) return subjects.score(work.embedding, subject);
  std::vector<float> scores(stored.subjects.size());
  score_by_weights(stored.model, work.subjects, work.features, scores.data());
  return scores[subject];
}

void ServedModel::rank(const WorkRow& work, Ranking* ranking, size_t first) const {
  if (!weighted()) return ranking->start(subjects, work.embedding, {}, first);
  std::vector<float> scores(stored.subjects.size());
  score_by_weights(stored.model, work.subjects, work.features, scores.data());
  ranking->start(scores);
}

Status ServedModel::suggest(std::span<const uint32_t> carried,
                            std::span<const WeightedFeature> features, std::span<const float> prior,
                            ListRequest request, Monitor& monitor, RecommendationList* list) {
  if (weighted() && !(carried.empty() && features.empty() && request.popularity == 0)) {
    std::vector<float> scores(stored.subjects.size());
    SUBJREC_TRY(fold_in->scores(carried, features, scores, monitor));
    return best_of(std::move(scores), std::move(request), monitor, list);
  }
  const bool unknown = carried.empty() && features.empty() && prior.empty();
  if (unknown && stored.model.subject_bias.empty() && request.popularity == 0) {
    return commonest(std::move(request), monitor, list);
  }
  SUBJREC_ASSIGN(const std::vector<float> vector,
                 fold_in->vector(carried, features, monitor, prior));
  TopKScratch scratch;
  return best_for(vector, std::move(request), monitor, &scratch, list);
}

/// Of a work of which nothing is known all scores are equal: those on most works come first.
Status ServedModel::commonest(ListRequest request, Monitor& monitor, RecommendationList* list) {
  const std::vector<float> counts(stored.subject_works.begin(), stored.subject_works.end());
  SUBJREC_TRY(best_of(counts, std::move(request), monitor, list));
  for (ScoredItem& hit : list->hits) hit.score = 0;
  return {};
}

std::span<const float> ServedModel::subject(uint32_t position) const {
  const size_t dim = stored.model.dim;
  return {stored.model.subjects.data() + position * dim, dim};
}

}  // namespace subjrec
