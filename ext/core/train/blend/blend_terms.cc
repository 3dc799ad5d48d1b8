#include "core/train/blend/blend_terms.h"

#include <algorithm>
#include <iterator>

#include "core/base/portable_math.h"
#include "core/model/composed_encoder.h"
#include "core/model/item_weights.h"

namespace subjrec {
namespace {

constexpr size_t kBestOfEach = 256;

/// Marks the best of `scores` in `chosen`.
void mark_best(const std::vector<float>& scores, std::vector<uint32_t>* order,
               std::vector<bool>* chosen) {
  order->resize(scores.size());
  for (size_t s = 0; s < scores.size(); ++s) (*order)[s] = static_cast<uint32_t>(s);
  const auto before = [&](uint32_t a, uint32_t b) {
    return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
  };
  const size_t count = std::min(kBestOfEach, scores.size());
  std::nth_element(order->begin(), order->begin() + static_cast<ptrdiff_t>(count), order->end(),
                   before);
  for (size_t i = 0; i < count; ++i) (*chosen)[(*order)[i]] = true;
}

/// Collects the choices of one work after another.
class Chooser {
 public:
  Chooser(const Model& model, const Blend& parts, const TrainData& data,
          const std::vector<float>& popularity)
      : model_(model), parts_(parts), data_(data), popularity_(popularity) {}

  Status add(const KeptOutWork& work, std::vector<Choice>* out) {
    const size_t n = model_.n_subjects();
    SUBJREC_ASSIGN(const std::vector<float> vector, embed_shown(model_, data_, work));
    scores_.resize(n);
    for (size_t s = 0; s < n; ++s) {
      const float* v = model_.subjects.data() + s * model_.dim;
      float sum = 0;
      for (size_t k = 0; k < model_.dim; ++k) sum += vector[k] * v[k];
      scores_[s] = model_.subject_bias.empty() ? sum : sum + model_.subject_bias[s];
    }
    const std::vector<WeightedFeature> features = features_of(data_, work.work);
    parts_.boosts({vector, work.shown, features, work.work}, &scratch_, &boosts_);
    ease_.assign(n, 0.0f);
    chosen_.assign(n, false);
    for (const Boost& b : boosts_) {
      ease_[b.subject] = b.ease;
      if (b.votes > 0) chosen_[b.subject] = true;
    }
    mark_best(scores_, &order_, &chosen_);
    mark_best(ease_, &order_, &chosen_);
    for (const uint32_t s : data_.interactions.row(work.work)) {
      if (!std::binary_search(work.hidden.begin(), work.hidden.end(), s)) chosen_[s] = false;
    }
    for (const uint32_t hidden : work.hidden) add_choice(work, hidden, out);
    return {};
  }

 private:
  void add_choice(const KeptOutWork& work, uint32_t hidden, std::vector<Choice>* out) const {
    if (!chosen_[hidden]) return;
    Choice choice;
    auto boost = boosts_.begin();
    for (uint32_t s = 0; s < scores_.size(); ++s) {
      if (!chosen_[s]) continue;
      if (s != hidden && std::binary_search(work.hidden.begin(), work.hidden.end(), s)) continue;
      while (boost != boosts_.end() && boost->subject < s) ++boost;
      const bool boosted = boost != boosts_.end() && boost->subject == s;
      if (s == hidden) choice.chosen = choice.alternatives.size();
      choice.alternatives.push_back(terms(s, boosted ? *boost : Boost{}));
    }
    out->push_back(std::move(choice));
  }

  Terms6 terms(uint32_t s, const Boost& boost) const {
    return {scores_[s],
            popularity_[s],
            log_share(boost.ease),
            boost.ease > 0 ? 1.0f : 0.0f,
            log_share(boost.votes),
            boost.votes > 0 ? 1.0f : 0.0f};
  }

  const Model& model_;
  const Blend& parts_;
  const TrainData& data_;
  const std::vector<float>& popularity_;
  BoostScratch scratch_;
  std::vector<Boost> boosts_;
  std::vector<float> scores_;
  std::vector<float> ease_;
  std::vector<bool> chosen_;
  std::vector<uint32_t> order_;
};

}  // namespace

Result<std::vector<float>> embed_shown(const Model& model, const TrainData& data,
                                       const KeptOutWork& work) {
  std::span<const float> prior;
  if (!data.work_vectors.empty()) {
    prior = {data.work_vectors.row(work.work), data.work_vectors.dim};
  }
  return compose(model, work.shown, features_of(data, work.work), prior);
}

Result<std::vector<Choice>> choices_of(const std::vector<KeptOutWork>& works, const Model& model,
                                       const Blend& parts, const TrainData& data, ThreadTeam& team,
                                       Monitor& monitor) {
  constexpr size_t kWorksInAPiece = 8;
  const std::vector<float> popularity = data.interactions.log_popularity();
  std::vector<std::vector<Choice>> pieces((works.size() + kWorksInAPiece - 1) / kWorksInAPiece);
  const auto piece = [&](size_t p, Monitor& asked) -> Status {
    Chooser chooser(model, parts, data, popularity);
    const size_t end = std::min(works.size(), (p + 1) * kWorksInAPiece);
    for (size_t i = p * kWorksInAPiece; i < end; ++i) {
      if (asked.stop()) return Status::interrupted();
      SUBJREC_TRY(chooser.add(works[i], &pieces[p]));
    }
    return {};
  };
  SUBJREC_TRY(team.try_run(pieces.size(), piece, monitor));
  std::vector<Choice> choices;
  for (std::vector<Choice>& part : pieces) {
    std::move(part.begin(), part.end(), std::back_inserter(choices));
  }
  return choices;
}

TermWeights weights_of(const BlendCoefficients& c) {
  return {c.scale, c.popularity, c.ease, c.has_ease, c.votes, c.has_votes};
}

BlendCoefficients coefficients_of(const TermWeights& w) {
  return {w[0], w[1], w[2], w[3], w[4], w[5]};
}

}  // namespace subjrec
