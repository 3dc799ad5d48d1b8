// What training makes and serving reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/data/interactions.h"
#include "core/model/model_kind.h"
#include "core/model/probability_curve.h"

namespace subjrec {

struct ScoreProjection;  // core/linalg/sparse_product.h
struct SubjectLabels;    // core/model/subject_labels.h

/// A feature of a work, by its number, and its weight.
struct WeightedFeature {
  uint32_t feature = 0;
  float weight = 1;
};

/// What the terms of a blend count (core/model/blend.h).
struct BlendCoefficients {
  double scale = 0.6;  // of the composed score
  double popularity = 0;
  double ease = 0.6;
  double has_ease = 0;
  double votes = 0.6;
  double has_votes = 0.3;
  double label_share = 0.8;
  double whole_label = 0.6;
  double common_label = -0.4;
  double unseen_label_share = 0;  // of a model with subjects that training has not seen
  double unseen_whole_label = 0;
  double unseen_label_weight = 0;
};

/// For works of which subjects are known, and for those of which none is.
struct BlendedCoefficients {
  BlendCoefficients warm;
  BlendCoefficients cold;
};

/// score(w, s) = works[w] . subjects[s] + subject_bias[s], summed in float32 from the first
/// dimension to the last, unless `kind` says otherwise. Matrices are row-major float32.
struct Model {
  const ModelKind* kind = &kLoadedModel;  // how it is served; never null
  size_t dim = 0;
  /// n_works x dim; or, of a model whose works are composed, empty: then WorkRows
  /// (core/model/work_rows.h) makes each row when it is asked for.
  std::vector<float> works;
  std::vector<float> subjects;      // n_subjects x dim
  std::vector<float> subject_bias;  // n_subjects, or empty for none

  /// Composed works: the vector that a subject, or a feature, adds to the embedding of a work. For
  /// "ials" the factors of the features, for "bce" their embeddings, and no subject_inputs. Empty
  /// for other algorithms.
  std::vector<float> subject_inputs;  // n_subjects x dim
  std::vector<float> feature_inputs;  // n_features x dim

  /// Composed works, and those of "bce", with prior vectors: what each dimension of such a vector
  /// adds to a work.
  std::vector<float> work_projection;  // vector_dim() x dim

  /// "ials": the options that fold-in needs (core/train/options.h).
  double unobserved_weight = 0;
  double regularization = 0;
  double regularization_exponent = 1;
  double feature_weight = 1;

  /// "ease": what each subject and, after them, each feature adds to the score of every subject;
  /// (n_subjects + n_features) x n_subjects.
  SparseRows weights;
  /// "ease": how embeddings of works are made from their columns, for works that are elsewhere. Set
  /// by training, and not stored.
  std::shared_ptr<const ScoreProjection> projection;

  /// "blend" alone; and the number of nearest works that "blend" and "neighbours" ask.
  std::optional<BlendedCoefficients> blend;
  size_t neighbors = 0;
  /// "blend": the labels that are looked for in the texts of works, or null.
  std::shared_ptr<const SubjectLabels> labels;

  /// The chance that a subject with this score is one of those kept out of what training and the
  /// score know of the work: of one kept-out subject where others are known (`curve`, or where that
  /// is nothing the line 1 / (1 + exp(-(slope * score + intercept)))), of all of them where no
  /// subject is known (`cold_curve`, or where that is nothing the same as for the others).
  double probability_slope = 1;
  double probability_intercept = 0;
  std::optional<ProbabilityCurve> curve;
  std::optional<ProbabilityCurve> cold_curve;
  size_t calibration_pairs = 0;  // that were kept out of training for the curve; 0: too few works
  size_t calibration_works = 0;  // whose subjects were all kept out for the cold curve

  /// From the scores of a work to probabilities; `cold` where none of its subjects is known.
  ProbabilityCurve probabilities(bool cold = false) const {
    if (cold && cold_curve) return *cold_curve;
    return curve ? *curve : ProbabilityCurve{probability_slope, probability_intercept};
  }

  bool scored_by_weights() const { return kind->score == ModelKind::Score::kItemWeights; }
  /// Scores need the catalogue as well: the works that are asked for their subjects.
  bool needs_catalogue() const {
    return kind->score == ModelKind::Score::kVotes || kind->score == ModelKind::Score::kBlend;
  }
  /// The works are left out: their embeddings are made of what they have.
  bool computes_works() const { return works.empty() && kind->works_are_composed; }
  size_t n_works() const { return dim == 0 ? 0 : works.size() / dim; }
  size_t n_subjects() const { return dim == 0 ? 0 : subjects.size() / dim; }
  size_t n_input_features() const { return dim == 0 ? 0 : feature_inputs.size() / dim; }
  size_t vector_dim() const { return dim == 0 ? 0 : work_projection.size() / dim; }
};

/// Whether every number of the model is one, and will be of works that are left out. A model for
/// which this is not so cannot be stored.
bool all_finite(const Model& model);

/// One number that training recorded. Steps count batches from 1 over the whole run; epochs count
/// from 1. A batch's loss has metric "batch_loss"; an epoch's mean loss has metric "loss" and the
/// step of its last batch, and so have validation metrics ("recall@10", ...), and what a training
/// sets as it goes ("overconfidence" and "regularization": core/train/composed/composed_trainer.h).
struct HistoryRow {
  int64_t step = 0;
  int64_t epoch = 0;
  std::string metric;
  double value = 0;
};

/// Whether the row is what an epoch was evaluated by: neither a loss of training nor what training
/// set.
bool is_evaluation_metric(const HistoryRow& row);

}  // namespace subjrec
