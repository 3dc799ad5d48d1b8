#include <algorithm>

#include "core/base/status.h"
#include "core/model/item_weights.h"
#include "core/retrieval/diversify.h"
#include "core/retrieval/equal_labels.h"
#include "core/retrieval/select_top_k.h"
#include "sqlite/store/model_handle.h"

namespace subjrec {
namespace {

/// Whether it scores the subjects of a work of which nothing is known, each by its own.
bool prefers_subjects(const Model& model) {
  if (!model.blend) return !model.subject_bias.empty();
  return model.blend->cold.scale != 0 || model.blend->cold.popularity != 0;
}

}  // namespace

double ServedModel::probability(float score, bool cold) const {
  return (cold ? cold_curve : curve).probability(double{score});
}

Status ServedModel::top_k(const WorkRow& work, ListRequest request, Monitor& monitor,
                          TopKScratch* scratch, RecommendationList* list) {
  if (indexed()) {
    SUBJREC_TRY(best_for(work.embedding, widened(request), monitor, scratch, list));
  } else {
    SUBJREC_TRY(best_by_scores(work, widened(request), monitor, list));
  }
  cut(request, list);
  return {};
}

/// A discount takes subjects out of the order of their probabilities: then all have to be seen.
ListRequest ServedModel::widened(ListRequest request) const {
  if (request.diversity > 0) request.k = diversity_pool(request.k);
  if (request.threshold > 0 && request.popularity > 0) request.k = stored.subjects.size();
  return request;
}

void ServedModel::cut(const ListRequest& request, RecommendationList* list) const {
  std::vector<size_t> kept;
  std::vector<ScoredItem> folded;  // of a diverse list: of subjects of one label the best
  const bool cold = request.carried.empty();
  const size_t most = request.diversity > 0 ? diversity_pool(request.k) : request.k;
  for (size_t i = 0; i < list->hits.size() && kept.size() < most; ++i) {
    if (request.threshold > 0 && !(probability(list->raw_score(i), cold) >= request.threshold)) {
      continue;
    }
    if (request.diversity > 0 && stored.model.labels &&
        repeats_label(*stored.model.labels, list->hits[i].item, folded, request.carried)) {
      continue;
    }
    if (request.diversity > 0) folded.push_back(list->hits[i]);
    kept.push_back(i);
  }
  const auto keep = [list](const std::vector<size_t>& positions) {
    for (size_t i = 0; i < positions.size(); ++i) {
      list->hits[i] = list->hits[positions[i]];
      if (!list->raw_scores.empty()) list->raw_scores[i] = list->raw_scores[positions[i]];
    }
    list->hits.resize(positions.size());
    if (!list->raw_scores.empty()) list->raw_scores.resize(positions.size());
  };
  if (kept.size() < list->hits.size()) keep(kept);
  if (request.diversity > 0) {
    keep(diversify(stored.model.subjects, stored.model.dim, list->hits, request.carried, request.k,
                   request.diversity));
  }
}

Result<std::vector<float>> ServedModel::all_scores(const WorkRow& work, Monitor& monitor) const {
  std::vector<float> scores(stored.subjects.size());
  if (blend) {
    thread_local BoostScratch scratch;
    SUBJREC_TRY(blend->scores(work.asked(), &scratch, scores, monitor));
  } else {
    score_by_weights(stored.model, work.carried(), work.features, scores.data());
  }
  return scores;
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

Status ServedModel::best_by_scores(const WorkRow& work, ListRequest request, Monitor& monitor,
                                   RecommendationList* list) {
  if (!blend || !stored.model.blend || request.candidates || request.popularity != 0) {
    SUBJREC_ASSIGN(std::vector<float> scores, all_scores(work, monitor));
    return best_of(std::move(scores), std::move(request), monitor, list);
  }
  thread_local BlendTopKScratch scratch;
  list->raw_scores.clear();
  return blend_lists.top_k(stored.model, *blend, work.asked(), request.k, request.exclude, monitor,
                           &scratch, &list->hits);
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
  return discounts.find(stored.model, stored.subject_works, stored.n_works_counted, popularity,
                        work_norm, monitor);
}

std::vector<float> ServedModel::shift(double popularity) const {
  if (popularity == 0) return {};
  return logit_adjustment(stored.model, stored.subject_works, stored.n_works_counted, popularity);
}

Result<float> ServedModel::score(const WorkRow& work, uint32_t subject) const {
  if (blend) {
    BoostScratch scratch;
    const float score = blend->score(work.asked(), subject, &scratch);
    SUBJREC_TRY(scratch.neighbors.status);
    return score;
  }
  if (!weighted()) return subjects.score(work.embedding, subject);
  std::vector<float> scores(stored.subjects.size());
  score_by_weights(stored.model, work.carried(), work.features, scores.data());
  return scores[subject];
}

Status ServedModel::rank(const WorkRow& work, Ranking* ranking, Monitor& monitor, size_t first,
                         double least) const {
  if (indexed()) {
    ranking->start(subjects, work.embedding, {}, first);
    return {};
  }
  SUBJREC_ASSIGN(const std::vector<float> scores, all_scores(work, monitor));
  ranking->start(scores, least);
  return {};
}

Status ServedModel::suggest(const SubjectRow& carried, std::span<const WeightedFeature> features,
                            std::span<const float> prior, ListRequest request, Monitor& monitor,
                            RecommendationList* list) {
  const bool unknown = carried.empty() && features.empty() && prior.empty();
  if (unknown && !prefers_subjects(stored.model) && request.popularity == 0) {
    return commonest(request, monitor, list);
  }
  if (weighted()) {
    std::vector<float> scores(stored.subjects.size());
    SUBJREC_TRY(fold_in->scores(carried, features, scores, monitor));
    SUBJREC_TRY(best_of(std::move(scores), widened(request), monitor, list));
    cut(request, list);
    return {};
  }
  SUBJREC_ASSIGN(const std::vector<float> vector,
                 fold_in->vector(carried, features, monitor, prior));
  if (blend) {
    const WorkRow work{WorkNeighbors::kNone,
                       vector,
                       {carried.begin(), carried.end()},
                       {features.begin(), features.end()},
                       {carried.weights.begin(), carried.weights.end()}};
    SUBJREC_TRY(best_by_scores(work, widened(request), monitor, list));
    cut(request, list);
    return {};
  }
  TopKScratch scratch;
  SUBJREC_TRY(best_for(vector, widened(request), monitor, &scratch, list));
  cut(request, list);
  return {};
}

/// Of a work of which nothing is known all scores are equal: those on most works come first.
Status ServedModel::commonest(const ListRequest& request, Monitor& monitor,
                              RecommendationList* list) {
  const std::vector<float> counts(stored.subject_works.begin(), stored.subject_works.end());
  SUBJREC_TRY(best_of(counts, widened(request), monitor, list));
  for (ScoredItem& hit : list->hits) hit.score = 0;
  cut(request, list);
  return {};
}

std::span<const float> ServedModel::subject(uint32_t position) const {
  const size_t dim = stored.model.dim;
  return {stored.model.subjects.data() + position * dim, dim};
}

}  // namespace subjrec
