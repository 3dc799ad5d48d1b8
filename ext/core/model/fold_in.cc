#include "core/model/fold_in.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "core/model/item_weights.h"

namespace subjrec {

Result<FoldIn> FoldIn::build(const Model& model, Monitor& monitor, const Blend* blend) {
  if (monitor.stop()) return Status::interrupted();
  FoldIn fold(model);
  fold.blend_ = blend;
  return fold;
}

size_t FoldIn::n_features() const {
  if (blend_ != nullptr) return blend_->neighbors().n_features();
  return model_->scored_by_weights() ? model_->weights.n_rows - model_->n_subjects()
                                     : model_->n_input_features();
}

Status FoldIn::check(std::span<const uint32_t> subjects,
                     std::span<const WeightedFeature> features) const {
  const size_t n = model_->n_subjects();
  for (const uint32_t s : subjects) {
    if (s >= n) {
      return {Code::kInvalid, "fold_in: subject " + std::to_string(s) +
                                  " is not below the model's " + std::to_string(n)};
    }
  }
  const size_t known = n_features();
  if (known == 0) return {};  // the model knows no features: they are left out
  for (const WeightedFeature& f : features) {
    if (f.feature >= known) {
      return {Code::kInvalid, "fold_in: feature " + std::to_string(f.feature) +
                                  " is not below the model's " + std::to_string(known)};
    }
  }
  return {};
}

Result<std::vector<float>> FoldIn::vector(const SubjectRow& subjects,
                                          std::span<const WeightedFeature> features,
                                          Monitor& monitor, std::span<const float> prior) const {
  SUBJREC_TRY(check(subjects.positions, features));
  if (!prior.empty() && prior.size() != model_->vector_dim()) {
    return Status(Code::kInvalid, "fold_in: a vector of " + std::to_string(prior.size()) +
                                      " dimensions; the model's prior vectors have " +
                                      std::to_string(model_->vector_dim()));
  }
  if (subjects.empty() && features.empty() && prior.empty()) {
    return std::vector<float>(model_->dim, 0.0f);
  }
  if (n_features() == 0) features = {};
  return encoder_->embed(subjects, features, prior, monitor);
}

Status FoldIn::vectors(const TrainData& data, std::span<const uint32_t> works, ThreadTeam& team,
                       Monitor& monitor, std::span<float> matrix) const {
  const auto piece = [&](size_t i, Monitor& asked) -> Status {
    const uint32_t w = works[i];
    std::span<const float> prior;
    if (model_->vector_dim() > 0 && data.work_vectors.has(w)) {
      prior = {data.work_vectors.row(w), data.work_vectors.dim};
    }
    SUBJREC_ASSIGN(const std::vector<float> row,
                   vector(data.interactions.weighted_row(w), features_of(data, w), asked, prior));
    std::copy(row.begin(), row.end(), matrix.begin() + static_cast<ptrdiff_t>(w * model_->dim));
    return {};
  };
  return team.try_run(works.size(), piece, monitor);
}

Status FoldIn::scores(const SubjectRow& subjects, std::span<const WeightedFeature> features,
                      std::span<float> scores, Monitor& monitor, uint32_t self) const {
  if (blend_ != nullptr) {
    SUBJREC_ASSIGN(const std::vector<float> work, vector(subjects, features, monitor));
    BoostScratch scratch;
    return blend_->scores({work, subjects, features, self}, &scratch, scores, monitor);
  }
  if (model_->scored_by_weights()) {
    SUBJREC_TRY(check(subjects.positions, features));
    if (n_features() == 0) features = {};
    score_by_weights(*model_, subjects, features, scores.data());
    return {};
  }
  SUBJREC_ASSIGN(const std::vector<float> w, vector(subjects, features, monitor));
  for (size_t s = 0; s < model_->n_subjects(); ++s) {
    if (s % 65536 == 0 && monitor.stop()) return Status::interrupted();
    const float* v = model_->subjects.data() + s * model_->dim;
    float sum = 0;
    for (size_t k = 0; k < model_->dim; ++k) sum += w[k] * v[k];
    scores[s] = model_->subject_bias.empty() ? sum : sum + model_->subject_bias[s];
  }
  return {};
}

Result<float> FoldIn::score(const SubjectRow& subjects, std::span<const WeightedFeature> features,
                            uint32_t subject, uint32_t self, Monitor& monitor) const {
  if (model_->scored_by_weights()) {
    return score_subject_by_weights(*model_, subjects, features, subject);
  }
  SUBJREC_ASSIGN(const std::vector<float> work, vector(subjects, features, monitor));
  if (blend_ != nullptr) {
    thread_local BoostScratch scratch;
    const float score = blend_->score({work, subjects, features, self}, subject, &scratch);
    SUBJREC_TRY(scratch.neighbors.status);
    return score;
  }
  const float* of_subject = model_->subjects.data() + subject * model_->dim;
  float sum = 0;
  for (size_t k = 0; k < model_->dim; ++k) sum += work[k] * of_subject[k];
  return model_->subject_bias.empty() ? sum : sum + model_->subject_bias[subject];
}

Status fold_in_works(const TrainData& data, ThreadTeam& team, Monitor& monitor, Model* model) {
  if (!model->kind->works_are_encoded) return {};
  SUBJREC_ASSIGN(const FoldIn fold, FoldIn::build(*model, monitor));
  std::vector<uint32_t> all(data.interactions.n_works);
  std::iota(all.begin(), all.end(), 0u);
  std::vector<float> works;
  SUBJREC_TRY(grow_zeroed(&works, all.size() * model->dim, monitor));
  SUBJREC_TRY(fold.vectors(data, all, team, monitor, works));
  model->works = std::move(works);
  return {};
}

Result<std::vector<float>> fold_in(const Model& model, const SubjectRow& subjects,
                                   std::span<const WeightedFeature> features, Monitor& monitor,
                                   std::span<const float> prior) {
  SUBJREC_ASSIGN(const FoldIn fold, FoldIn::build(model, monitor));
  return fold.vector(subjects, features, monitor, prior);
}

}  // namespace subjrec
