// A blend: the composed score of a subject, and what other voices add to it.
//
//   score(w, s) = scale x (works[w] . subjects[s]) + bias[s]
//               + ease x log(1 + max(e, 0) / 0.01) + has_ease x [e > 0]
//               + votes x log(1 + v / 0.01)        + has_votes x [v > 0]
//               + label_share x l                  + (whole_label + common_label x p) x [l = 1]
//
//   bias[s]  scale x subject_bias[s] + popularity x log(share of all tags that are s)
//   e        the score by item weights (core/model/item_weights.h)
//   v        the share of the work's nearest neighbours that carry s (core/model/work_neighbors.h)
//   l        the share of a label of s that the work's text has (core/model/label_matches.h)
//   p        log(subjects x share of all tags that are s): 0 of one that is as common as the mean
//
// Of a subject that training has not seen (core/train/blend/unseen_subjects.h) the labels are all
// there is, and say more: the last line is
//   unseen_label_share x l + (unseen_whole_label + unseen_label_weight x t) x [l = 1]
// where t is the weight of the label's words: a label of two words is not found by accident.
//
// It is a logit of "s is the subject that is missing" up to a constant of the work: a product of
// experts (Hinton 2002) whose exponents are fitted by conditional logit (McFadden 1974) to pairs
// that were kept out of training. The logarithm of e matters: EASE's scores are shares.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/model/item_weights.h"
#include "core/model/label_matches.h"
#include "core/model/model.h"
#include "core/model/train_data.h"
#include "core/model/work_neighbors.h"

namespace subjrec {

/// log(1 + share / 0.01).
float log_share(float share);

/// p above, of each subject.
std::vector<float> log_commonness(const Interactions& works);

/// What a subject gets beside its composed score. Subjects that have none are not listed.
struct Boost {
  uint32_t subject = 0;
  float value = 0;
  float ease = 0;          // e, where it is above 0
  float votes = 0;         // v
  float label = 0;         // l
  float label_weight = 0;  // t, where l = 1
};

struct BoostScratch {
  NeighborScratch neighbors;
  std::vector<Vote> votes;
  LabelScratch labels;
  std::vector<LabelMatch> matches;
  std::vector<float> scores;  // e of every subject
  std::vector<Boost> boosts;
};

/// A work as it is asked about.
struct BlendedWork {
  std::span<const float> embedding;
  SubjectRow subjects;
  std::span<const WeightedFeature> features;
  uint32_t self = WorkNeighbors::kNone;  // its number in the catalogue, where it is there
};

/// Scores of a model of kind "blend" or "neighbours", whose voices need the catalogue as well: the
/// latter has votes alone, and its score is v. Keeps references to both, which must outlive it.
class Blend {
 public:
  static Result<Blend> build(const Model& model, const TrainData& catalogue, Monitor& monitor);
  /// The same over an index that is read as it is asked (core/model/work_neighbors.h): a search
  /// that could not read it is an error, and says so in its scratch where it returns none.
  /// With `weights` item weights, too, are read so, and not in the model.
  static Result<Blend> over(const Model& model, WorkNeighbors neighbors,
                            std::shared_ptr<const WeightRows> weights, Monitor& monitor);
  /// Whether the catalogue is in memory: for any number of threads, and scores_of_works().
  bool has_catalogue() const { return catalogue_ != nullptr; }

  /// The coefficients for a work with or without subjects.
  const BlendCoefficients& coefficients(bool cold) const;
  /// bias[s] above; empty for "neighbours".
  std::span<const float> bias(bool cold) const { return bias_[cold ? 1 : 0]; }
  const WorkNeighbors& neighbors() const { return *neighbors_; }
  /// Null where the model has no labels.
  const LabelMatches* labels() const { return labels_.get(); }

  /// What the voices add, by ascending subject; without subjects of which item weights alone say
  /// something, and no more than `least_ease`. Their e is in scratch->scores, as all subjects'.
  void boosts(const BlendedWork& work, BoostScratch* scratch, std::vector<Boost>* out,
              float least_ease = 0) const;
  /// Their sum for what they say of a subject: those of its e, v and l that are not 0.
  float value(bool cold, const Boost& said) const;

  /// embedding x scale: what is multiplied with the subjects' embeddings.
  std::vector<float> query(const BlendedWork& work) const;
  /// One score, with the bytes that scores() gives.
  float score(const BlendedWork& work, uint32_t subject, BoostScratch* scratch) const;
  /// The subject's score for each work of the catalogue: a search for neighbours for each.
  Result<std::vector<float>> scores_of_works(uint32_t subject, ThreadTeam& team,
                                             Monitor& monitor) const;
  /// All scores; n_subjects() values.
  Status scores(const BlendedWork& work, BoostScratch* scratch, std::span<float> scores,
                Monitor& monitor) const;
  /// Makes of query(work) . subjects, where there are embeddings (else of zeros), all scores. The
  /// work's own embedding is not read.
  void complete(const BlendedWork& work, BoostScratch* scratch, std::span<float> products) const;

 private:
  /// e of every subject, in scratch->scores, which is empty where there are no item weights.
  void score_by_items(const BlendedWork& work, BoostScratch* scratch) const;
  Status products(std::span<const float> query, std::span<float> products, Monitor& monitor) const;

  const Model* model_ = nullptr;
  const TrainData* catalogue_ = nullptr;
  std::shared_ptr<const WorkNeighbors> neighbors_;
  std::shared_ptr<const WeightRows> weights_;  // or null: those of the model
  std::shared_ptr<const LabelMatches> labels_;
  std::vector<float> bias_[2];
  std::vector<float> commonness_;  // p
  std::vector<bool> unseen_;       // of each subject; none where there are no labels
};

}  // namespace subjrec
