#include "core/model/blend.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/base/portable_math.h"
#include "core/model/item_weights.h"
#include "core/model/row_products.h"
#include "core/model/work_rows.h"

namespace subjrec {
namespace {

constexpr double kFloor = 0.01;  // of shares, before their logarithm is taken
constexpr uint32_t kEnd = ~uint32_t{0};

/// From log shares: 0 of a subject that is as common as the mean.
std::vector<float> above_mean(std::vector<float> popularity) {
  const auto mean = static_cast<float>(portable_log(static_cast<double>(popularity.size())));
  for (float& x : popularity) x += mean;
  return popularity;
}

/// A subject without an embedding is one that training has not seen.
std::vector<bool> find_unseen(const Model& model) {
  std::vector<bool> unseen;
  for (size_t s = 0; s < model.n_subjects(); ++s) {
    const float* row = model.subjects.data() + s * model.dim;
    unseen.push_back(std::all_of(row, row + model.dim, [](float x) { return x == 0; }));
  }
  return unseen;
}

}  // namespace

float log_share(float share) {
  return static_cast<float>(portable_log(1 + double{share} / kFloor));
}

std::vector<float> log_commonness(const Interactions& works) {
  return above_mean(works.log_popularity());
}

Result<Blend> Blend::build(const Model& model, const TrainData& catalogue, Monitor& monitor) {
  SUBJREC_ASSIGN(WorkNeighbors neighbors,
                 WorkNeighbors::build(catalogue, model.feature_weight, model.neighbors, monitor));
  SUBJREC_ASSIGN(Blend blend, over(model, std::move(neighbors), nullptr, monitor));
  blend.catalogue_ = &catalogue;
  return blend;
}

Result<Blend> Blend::over(const Model& model, WorkNeighbors neighbors,
                          std::shared_ptr<const WeightRows> weights, Monitor& monitor) {
  Blend blend;
  blend.model_ = &model;
  blend.weights_ = std::move(weights);
  blend.neighbors_ = std::make_shared<const WorkNeighbors>(std::move(neighbors));
  if (!model.blend) return blend;
  const std::span<const uint32_t> counts = blend.neighbors_->subject_counts();
  const std::vector<float> popularity = log_popularity_of(
      {counts.begin(), counts.end()}, std::accumulate(counts.begin(), counts.end(), uint64_t{0}));
  if (model.labels) {
    SUBJREC_ASSIGN(LabelMatches labels, LabelMatches::build(*model.labels, monitor));
    blend.labels_ = std::make_shared<const LabelMatches>(std::move(labels));
    blend.commonness_ = above_mean(popularity);
    blend.unseen_ = find_unseen(model);
  }
  for (const bool cold : {false, true}) {
    const BlendCoefficients& c = blend.coefficients(cold);
    std::vector<float>& bias = blend.bias_[cold ? 1 : 0];
    bias.reserve(popularity.size());
    for (size_t s = 0; s < popularity.size(); ++s) {
      const double own = model.subject_bias.empty() ? 0 : double{model.subject_bias[s]};
      bias.push_back(static_cast<float>(c.scale * own + c.popularity * double{popularity[s]}));
    }
  }
  return blend;
}

const BlendCoefficients& Blend::coefficients(bool cold) const {
  return cold ? model_->blend->cold : model_->blend->warm;
}

float Blend::value(bool cold, const Boost& said) const {
  if (!model_->blend) return said.votes;
  const BlendCoefficients& c = coefficients(cold);
  double sum = 0;
  if (said.ease > 0) sum += c.ease * double{log_share(said.ease)} + c.has_ease;
  if (said.votes > 0) sum += c.votes * double{log_share(said.votes)} + c.has_votes;
  if (said.label > 0 && unseen_[said.subject]) {
    sum += c.unseen_label_share * double{said.label};
    if (said.label >= 1) {
      sum += c.unseen_whole_label + c.unseen_label_weight * double{said.label_weight};
    }
  } else if (said.label > 0) {
    sum += c.label_share * double{said.label};
    if (said.label >= 1) {
      sum += c.whole_label + c.common_label * double{commonness_[said.subject]};
    }
  }
  return static_cast<float>(sum);
}

void Blend::score_by_items(const BlendedWork& work, BoostScratch* scratch) const {
  if (weights_) {
    scratch->scores.resize(model_->n_subjects());
    const Status read = score_by_rows(*weights_, work.subjects, work.features, scratch->scores);
    if (!read.ok()) scratch->neighbors.status = read;
    return;
  }
  const size_t n = model_->weights.offsets.empty() ? 0 : model_->weights.n_columns;
  scratch->scores.resize(n);
  if (n == 0) return;
  const bool knows_features = model_->weights.n_rows > n;
  score_by_weights(*model_, work.subjects,
                   knows_features ? work.features : std::span<const WeightedFeature>(),
                   scratch->scores.data());
}

void Blend::boosts(const BlendedWork& work, BoostScratch* scratch, std::vector<Boost>* out,
                   float least_ease) const {
  out->clear();
  neighbors_->vote_for(work.subjects, work.features, work.self, &scratch->neighbors,
                       &scratch->votes);
  scratch->matches.clear();
  if (labels_) labels_->find(work.features, &scratch->labels, &scratch->matches);
  score_by_items(work, scratch);
  const size_t n = scratch->scores.size();
  const bool cold = work.subjects.empty();
  auto vote = scratch->votes.begin();
  auto match = scratch->matches.begin();
  const auto next_vote = [&] { return vote == scratch->votes.end() ? kEnd : vote->subject; };
  const auto next_match = [&] { return match == scratch->matches.end() ? kEnd : match->subject; };
  uint32_t voted = next_vote();
  uint32_t matched = next_match();
  for (uint32_t s = 0;; ++s) {
    while (s < n && s != voted && s != matched && !(scratch->scores[s] > least_ease)) ++s;
    if (s >= n) s = std::min(voted, matched);
    if (s == kEnd) break;
    Boost said{s, 0, s < n ? std::max(scratch->scores[s], 0.0f) : 0.0f};
    if (s == voted) {
      said.votes = (vote++)->share;
      voted = next_vote();
    }
    if (s == matched) {
      said.label = match->share;
      said.label_weight = (match++)->weight;
      matched = next_match();
    }
    said.value = value(cold, said);
    out->push_back(said);
  }
}

std::vector<float> Blend::query(const BlendedWork& work) const {
  const auto scale = static_cast<float>(coefficients(work.subjects.empty()).scale);
  std::vector<float> query(work.embedding.begin(), work.embedding.end());
  for (float& x : query) x *= scale;
  return query;
}

Status Blend::products(std::span<const float> query, std::span<float> products,
                       Monitor& monitor) const {
  constexpr size_t kRows = 256;
  const size_t dim = model_->dim;
  const float* rows[kRows];
  for (size_t s = 0; s < products.size(); s += kRows) {
    if (s % 16384 == 0 && monitor.stop()) return Status::interrupted();
    const size_t n = std::min(kRows, products.size() - s);
    for (size_t r = 0; r < n; ++r) rows[r] = model_->subjects.data() + (s + r) * dim;
    row_products(query.data(), dim, rows, n, products.data() + s);
  }
  return {};
}

float Blend::score(const BlendedWork& work, uint32_t subject, BoostScratch* scratch) const {
  float sum = 0;
  if (model_->blend) {
    const std::vector<float> wanted = query(work);
    const float* row = model_->subjects.data() + subject * model_->dim;
    for (size_t k = 0; k < wanted.size(); ++k) sum += wanted[k] * row[k];
    sum += bias(work.subjects.empty())[subject];
  }
  std::vector<Boost> boosted;
  boosts(work, scratch, &boosted);
  for (const Boost& b : boosted) {
    if (b.subject == subject) sum += b.value;
  }
  return sum;
}

Result<std::vector<float>> Blend::scores_of_works(uint32_t subject, ThreadTeam& team,
                                                  Monitor& monitor) const {
  constexpr size_t kWorksInAPiece = 16;
  const size_t n = catalogue_->interactions.n_works;
  std::vector<float> scores(n);
  const WorkRows embeddings(*model_, *catalogue_);
  SUBJREC_TRY(team.run((n + kWorksInAPiece - 1) / kWorksInAPiece,
                       [&](size_t p) {
                         thread_local BoostScratch scratch;
                         const size_t end = std::min(n, (p + 1) * kWorksInAPiece);
                         for (size_t w = p * kWorksInAPiece; w < end; ++w) {
                           const std::vector<WeightedFeature> features =
                               features_of(*catalogue_, w);
                           std::vector<float> embedding;
                           const BlendedWork work{embeddings.row(w, &embedding),
                                                  catalogue_->interactions.weighted_row(w),
                                                  features, static_cast<uint32_t>(w)};
                           scores[w] = score(work, subject, &scratch);
                         }
                       },
                       monitor));
  return scores;
}

Status Blend::scores(const BlendedWork& work, BoostScratch* scratch, std::span<float> scores,
                     Monitor& monitor) const {
  std::fill(scores.begin(), scores.end(), 0.0f);
  if (model_->blend) SUBJREC_TRY(products(query(work), scores, monitor));
  complete(work, scratch, scores);
  return scratch->neighbors.status;
}

void Blend::complete(const BlendedWork& work, BoostScratch* scratch,
                     std::span<float> products) const {
  const std::span<const float> base = bias(work.subjects.empty());
  for (size_t s = 0; s < base.size(); ++s) products[s] += base[s];
  boosts(work, scratch, &scratch->boosts);
  for (const Boost& b : scratch->boosts) products[b.subject] += b.value;
}

}  // namespace subjrec
