#include "core/train/blend/blend_terms.h"

#include <algorithm>
#include <iterator>
#include <span>

#include "core/base/portable_math.h"
#include "core/base/random.h"
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
          const std::vector<float>& popularity, const std::vector<float>& commonness,
          const AsUnseen* as_unseen)
      : model_(model),
        parts_(parts),
        data_(data),
        popularity_(popularity),
        commonness_(commonness),
        as_unseen_(as_unseen) {}

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
      if (b.votes > 0 || b.label >= (as_unseen_ ? LabelMatches::kLeastShare : 1)) {
        chosen_[b.subject] = true;
      }
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
      const Boost said = boosted ? *boost : Boost{};
      choice.alternatives.push_back(as_unseen_ ? terms_as_unseen(work.work, s, said)
                                               : terms(s, said));
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

  BlendTerms terms_as_unseen(uint32_t work, uint32_t s, const Boost& boost) const {
    const BlendTerms seen = terms(s, boost);
    if (splitmix64(splitmix64(work) ^ s) % 2 == 0) {
      return {static_cast<float>(dot(seen, as_unseen_->fitted))};
    }
    const float weight = boost.label < 1 ? 0.0f : boost.label_weight;
    return {as_unseen_->unseen_score, 0, 0, 0, 0, weight, seen[6], seen[7], seen[8]};
  }

  const Model& model_;
  const Blend& parts_;
  const TrainData& data_;
  const std::vector<float>& popularity_;
  const std::vector<float>& commonness_;
  const AsUnseen* as_unseen_;
  BoostScratch scratch_;
  std::vector<Boost> boosts_;
  std::vector<float> scores_;
  std::vector<float> ease_;
  std::vector<bool> chosen_;
  std::vector<ScoredItem> best_;
};

Result<std::vector<Choice>> choices(const std::vector<KeptOutWork>& works,
                                    const AsUnseen* as_unseen, const Model& model,
                                    const Blend& parts, const TrainData& data, ThreadTeam& team,
                                    Monitor& monitor) {
  constexpr size_t kWorksInAPiece = 8;
  const std::vector<float> popularity = data.interactions.log_popularity();
  const std::vector<float> commonness = log_commonness(data.interactions);
  const BatchProducts products(model, data);
  std::vector<std::vector<Choice>> pieces((works.size() + kWorksInAPiece - 1) / kWorksInAPiece);
  const auto piece = [&](size_t p, Monitor& asked) -> Status {
    Chooser chooser(model, parts, data, popularity, commonness, as_unseen);
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
  std::vector<Choice> all;
  for (std::vector<Choice>& part : pieces) {
    std::move(part.begin(), part.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace

Result<std::vector<Choice>> choices_of(const std::vector<KeptOutWork>& works, const Model& model,
                                       const Blend& parts, const TrainData& data, ThreadTeam& team,
                                       Monitor& monitor) {
  return choices(works, nullptr, model, parts, data, team, monitor);
}

Result<std::vector<Choice>> choices_of_unseen(const std::vector<KeptOutWork>& works,
                                              const AsUnseen& as_unseen, const Model& model,
                                              const Blend& parts, const TrainData& data,
                                              ThreadTeam& team, Monitor& monitor) {
  return choices(works, &as_unseen, model, parts, data, team, monitor);
}

TermWeights weights_of(const BlendCoefficients& c) {
  return {c.scale,     c.popularity,  c.ease,        c.has_ease,    c.votes,
          c.has_votes, c.label_share, c.whole_label, c.common_label};
}

BlendCoefficients coefficients_of(const TermWeights& w) {
  BlendCoefficients c;
  c.scale = w[0];
  c.popularity = w[1];
  c.ease = w[2];
  c.has_ease = w[3];
  c.votes = w[4];
  c.has_votes = w[5];
  c.label_share = w[6];
  c.whole_label = w[7];
  c.common_label = w[8];
  return c;
}

}  // namespace subjrec
