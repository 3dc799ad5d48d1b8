#include "core/train/blend/blend_terms.h"

#include <algorithm>
#include <iterator>
#include <span>

#include "core/base/portable_math.h"
#include "core/model/item_weights.h"
#include "core/retrieval/select_top_k.h"
#include "core/train/blend/batch_products.h"

namespace subjrec {
namespace {

constexpr size_t kBestOfEach = 256;

/// Collects the choices of one work after another.
class Chooser {
 public:
  Chooser(const Model& model, const Blend& parts, const TrainData& data,
          const std::vector<float>& popularity, const std::vector<float>& commonness)
      : model_(model),
        parts_(parts),
        data_(data),
        popularity_(popularity),
        commonness_(commonness) {}

  /// `products` are those of the work's embedding with the subjects'.
  void add(const KeptOutWork& work, std::span<const float> products, std::vector<Choice>* out) {
    const size_t n = model_.n_subjects();
    scores_.assign(products.begin(), products.end());
    for (size_t s = 0; s < model_.subject_bias.size(); ++s) scores_[s] += model_.subject_bias[s];
    const std::vector<WeightedFeature> features = features_of(data_, work.work);
    parts_.boosts({{}, work.known(), features, work.work}, &scratch_, &boosts_);
    ease_.assign(n, 0.0f);
    chosen_.assign(n, false);
    for (const Boost& b : boosts_) {
      ease_[b.subject] = b.ease;
      if (b.votes > 0 || b.label >= 1) chosen_[b.subject] = true;
    }
    mark_best(scores_);
    mark_best(ease_);
    for (const uint32_t s : data_.interactions.row(work.work)) {
      if (!std::binary_search(work.hidden.begin(), work.hidden.end(), s)) chosen_[s] = false;
    }
    for (const uint32_t hidden : work.hidden) add_choice(work, hidden, out);
  }

 private:
  void mark_best(const std::vector<float>& scores) {
    select_top_k(scores, kBestOfEach, {}, &best_);
    for (const ScoredItem& hit : best_) chosen_[hit.item] = true;
  }

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

  BlendTerms terms(uint32_t s, const Boost& boost) const {
    return {scores_[s],
            popularity_[s],
            log_share(boost.ease),
            boost.ease > 0 ? 1.0f : 0.0f,
            log_share(boost.votes),
            boost.votes > 0 ? 1.0f : 0.0f,
            boost.label,
            boost.label < 1 ? 0.0f : 1.0f,
            boost.label < 1 ? 0.0f : commonness_[s]};
  }

  const Model& model_;
  const Blend& parts_;
  const TrainData& data_;
  const std::vector<float>& popularity_;
  const std::vector<float>& commonness_;
  BoostScratch scratch_;
  std::vector<Boost> boosts_;
  std::vector<float> scores_;
  std::vector<float> ease_;
  std::vector<bool> chosen_;
  std::vector<ScoredItem> best_;
};

}  // namespace

Result<std::vector<Choice>> choices_of(const std::vector<KeptOutWork>& works, const Model& model,
                                       const Blend& parts, const TrainData& data, ThreadTeam& team,
                                       Monitor& monitor) {
  constexpr size_t kWorksInAPiece = 8;
  const std::vector<float> popularity = data.interactions.log_popularity();
  const std::vector<float> commonness = log_commonness(data.interactions);
  const BatchProducts products(model, data);
  std::vector<std::vector<Choice>> pieces((works.size() + kWorksInAPiece - 1) / kWorksInAPiece);
  const auto piece = [&](size_t p, Monitor& asked) -> Status {
    Chooser chooser(model, parts, data, popularity, commonness);
    const auto some = std::span(works)
                          .subspan(p * kWorksInAPiece)
                          .first(std::min(kWorksInAPiece, works.size() - p * kWorksInAPiece));
    std::vector<float> rows;
    SUBJREC_TRY(products.multiply(some, 1, &rows, asked));
    const size_t n = model.n_subjects();
    for (size_t i = 0; i < some.size(); ++i) {
      if (asked.stop()) return Status::interrupted();
      chooser.add(some[i], std::span(rows).subspan(i * n, n), &pieces[p]);
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
  return {c.scale,     c.popularity,  c.ease,        c.has_ease,    c.votes,
          c.has_votes, c.label_share, c.whole_label, c.common_label};
}

BlendCoefficients coefficients_of(const TermWeights& w) {
  return {w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8]};
}

}  // namespace subjrec
