#include "core/train/ease/ease_trainer.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/base/parallel.h"
#include "core/linalg/columns.h"
#include "core/linalg/sparse_product.h"
#include "core/model/calibration.h"
#include "core/model/item_weights.h"
#include "core/train/calibration_set.h"
#include "core/train/ease/ease_weights.h"
#include "core/train/ease/leave_one_out_ease.h"
#include "core/train/ease/local_ease_weights.h"

namespace subjrec {
namespace {

constexpr size_t kMeasuredWorks = 2048;
constexpr size_t kWorksPerPiece = 32;

/// The features of some rows of X, numbered from 0.
SparseRows features_of_rows(const SparseRows& x, size_t n_subjects,
                            const std::vector<uint32_t>& rows) {
  SparseRows features;
  features.n_rows = rows.size();
  features.n_columns = x.n_columns - n_subjects;
  features.offsets.push_back(0);
  for (const uint32_t w : rows) {
    for (size_t e = x.offsets[w]; e < x.offsets[w + 1]; ++e) {
      if (x.columns[e] < n_subjects) continue;
      features.columns.push_back(x.columns[e] - static_cast<uint32_t>(n_subjects));
      features.weights.push_back(x.weights[e]);
    }
    features.offsets.push_back(features.columns.size());
  }
  return features;
}

class EaseTrainer : public Trainer {
 public:
  EaseTrainer(const TrainData& data, const TrainOptions& options)
      : data_(data), options_(options), team_(resolve_threads(options.threads)) {}

  Result<double> run_epoch(std::vector<HistoryRow>* history, Monitor& monitor) override {
    SUBJREC_TRY(train(monitor));
    SUBJREC_ASSIGN(const double loss, measure(monitor));
    history->push_back({1, 1, "loss", loss});
    return loss;
  }

  bool finished() const override { return trained_; }

  Result<Model> model(Monitor& monitor) override {
    if (!trained_) {
      SUBJREC_TRY(train(monitor));
      SUBJREC_ASSIGN([[maybe_unused]] const double loss, measure(monitor));
    }
    return model_;
  }

 private:
  Status train(Monitor& monitor) {
    model_ = Model();
    model_.kind = &kEase.model;
    SUBJREC_ASSIGN(const ColumnChoice used,
                   frequent_columns(data_.work_features, options_.min_feature_works, monitor));
    SUBJREC_ASSIGN(const SparseRows by_work,
                   subject_and_feature_columns(data_.interactions, used.rows,
                                               options_.feature_weight, monitor));
    SUBJREC_TRY(by_work.n_columns <= static_cast<size_t>(options_.max_columns)
                    ? weigh_at_once(by_work, used.columns, monitor)
                    : weigh_by_neighborhood(by_work, used.columns, monitor));
    model_.dim = static_cast<size_t>(options_.embedding_dim);
    SUBJREC_ASSIGN(const SparseRows all_columns,
                   subject_and_feature_columns(data_.interactions, data_.work_features,
                                               options_.feature_weight, monitor));
    SUBJREC_ASSIGN(LowRank factors,
                   factorize_scores(all_columns, model_.weights, model_.dim,
                                    static_cast<uint64_t>(options_.seed), team_, monitor));
    model_.works = std::move(factors.works);
    model_.subjects = std::move(factors.subjects);
    model_.projection = std::make_shared<const ScoreProjection>(std::move(factors.of_works));
    weigh_features(options_.feature_weight, &model_.weights);
    trained_ = true;
    return {};
  }

  /// Weights of one matrix of all columns.
  Status weigh_at_once(const SparseRows& by_work, const std::vector<uint32_t>& features,
                       Monitor& monitor) {
    const size_t n_subjects = data_.interactions.n_subjects;
    draw_calibration_set(by_work);
    SUBJREC_ASSIGN(const DenseEaseWeights dense,
                   dense_ease_weights(by_work, n_subjects, options_.regularization,
                                      features_of_rows(by_work, n_subjects, calibration_works_),
                                      team_, monitor));
    SUBJREC_ASSIGN(
        model_.weights,
        keep_greatest(dense.columns, features, data_.work_features.n_columns, n_subjects,
                      by_work.n_columns * static_cast<size_t>(options_.max_weights), monitor));
    return calibrate({by_work, n_subjects, dense.columns, dense.scale}, dense.norms, by_work,
                     features, monitor);
  }

  /// Weights of each subject's own columns, which have no closed form for what a pair adds to them:
  /// what calibrates is kept out of training.
  Status weigh_by_neighborhood(const SparseRows& by_work, const std::vector<uint32_t>& features,
                               Monitor& monitor) {
    const Interactions& y = data_.interactions;
    const auto has_features = [&](uint32_t w) {
      return by_work.offsets[w] < by_work.offsets[w + 1] &&
             by_work.columns[by_work.offsets[w + 1] - 1] >= y.n_subjects;
    };
    calibration_set_ =
        hold_out_for_calibration(y, static_cast<uint64_t>(options_.seed), has_features);
    const SparseRows shown = without_kept_out(by_work);
    SUBJREC_ASSIGN(const SparseRows trained,
                   local_ease_weights(shown, y.n_subjects, options_.regularization,
                                      static_cast<size_t>(options_.neighborhood), team_, monitor));
    model_.weights = spread_rows(trained, features, data_.work_features.n_columns, y.n_subjects);
    return calibrate_on_kept_out(monitor);
  }

  /// X without the pairs of the calibration set.
  SparseRows without_kept_out(const SparseRows& by_work) const {
    const Interactions part = calibration_set_.training_part(data_.interactions);
    SparseRows shown;
    shown.n_rows = by_work.n_rows;
    shown.n_columns = by_work.n_columns;
    shown.offsets.push_back(0);
    for (size_t w = 0; w < by_work.n_rows; ++w) {
      const std::span<const uint32_t> row = part.row(w);
      for (size_t e = by_work.offsets[w]; e < by_work.offsets[w + 1]; ++e) {
        const uint32_t c = by_work.columns[e];
        if (c < part.n_subjects && !std::binary_search(row.begin(), row.end(), c)) continue;
        shown.columns.push_back(c);
        shown.weights.push_back(by_work.weights[e]);
      }
      shown.offsets.push_back(shown.columns.size());
    }
    return shown;
  }

  Status calibrate_on_kept_out(Monitor& monitor) {
    Model scaled = model_;
    weigh_features(options_.feature_weight, &scaled.weights);
    const CalibrationSet& set = calibration_set_;
    const auto score = [&](uint32_t work, uint32_t hidden, CalibrationBins* bins) {
      const RowWithout left = shown_of(data_.interactions.weighted_row(work), hidden);
      std::vector<float> scores(data_.interactions.n_subjects);
      score_by_weights(scaled, left.row(), features_of(data_, work), scores.data());
      add_outcomes(data_.interactions.row(work), hidden, scores, bins);
    };
    SUBJREC_ASSIGN(const CalibrationBins warm,
                   collect_bins(
                       set.pairs.size(), data_.interactions.n_subjects,
                       [&](size_t begin, size_t end, CalibrationBins* bins, Monitor& asked) {
                         for (size_t i = begin; i < end; ++i) {
                           if (asked.stop()) return Status::interrupted();
                           score(set.pairs[i].work, set.pairs[i].subject, bins);
                         }
                         return Status();
                       },
                       team_, monitor));
    set_calibration(warm.fit(), &model_);
    model_.calibration_pairs = set.pairs.size();
    model_.calibration_works = set.cold_works.size();
    if (model_.calibration_works < CalibrationSet::kLeastColdWorks) return {};
    SUBJREC_ASSIGN(const CalibrationBins cold,
                   collect_bins(
                       set.cold_works.size(), data_.interactions.n_subjects,
                       [&](size_t begin, size_t end, CalibrationBins* bins, Monitor& asked) {
                         for (size_t i = begin; i < end; ++i) {
                           if (asked.stop()) return Status::interrupted();
                           score(set.cold_works[i], kAllHidden, bins);
                         }
                         return Status();
                       },
                       team_, monitor));
    model_.cold_curve = cold.fit().curve;
    return {};
  }

  /// Works to calibrate by: pairs first, and then those whose subjects are all left out.
  void draw_calibration_set(const SparseRows& by_work) {
    const auto n_subjects = static_cast<uint32_t>(data_.interactions.n_subjects);
    const auto has_features = [&](uint32_t w) {
      return by_work.offsets[w] < by_work.offsets[w + 1] &&
             by_work.columns[by_work.offsets[w + 1] - 1] >= n_subjects;
    };
    calibration_set_ = draw_leave_one_out_set(data_.interactions,
                                              static_cast<uint64_t>(options_.seed), has_features);
    calibration_works_.clear();
    for (const CalibrationPair& pair : calibration_set_.pairs) {
      calibration_works_.push_back(pair.work);
    }
    calibration_works_.insert(calibration_works_.end(), calibration_set_.cold_works.begin(),
                              calibration_set_.cold_works.end());
  }

  /// The curves from scores of pairs, and of works, that training has not seen. model_.weights are
  /// those for features of by_work's weight.
  Status calibrate(const LeaveOneOutEase& scores, const std::vector<double>& feature_norms,
                   const SparseRows& by_work, const std::vector<uint32_t>& features,
                   Monitor& monitor) {
    const std::vector<CalibrationPair>& pairs = calibration_set_.pairs;
    const auto collect = [&](size_t first, size_t n) {
      return collect_bins(
          n, data_.interactions.n_subjects,
          [&](size_t begin, size_t end, CalibrationBins* bins, Monitor& asked) -> Status {
            LeaveOneOutEase left_out = scores;
            for (size_t i = first + begin; i < first + end; ++i) {
              if (asked.stop()) return Status::interrupted();
              left_out.start(calibration_works_[i], feature_norms[i]);
              add_scores(left_out, calibration_works_[i],
                         i < pairs.size() ? pairs[i].subject : kAllHidden, by_work, features, bins);
            }
            return {};
          },
          team_, monitor);
    };
    SUBJREC_ASSIGN(const CalibrationBins warm, collect(0, pairs.size()));
    set_calibration(warm.fit(), &model_);
    model_.calibration_pairs = pairs.size();
    model_.calibration_works = calibration_set_.cold_works.size();
    if (model_.calibration_works < CalibrationSet::kLeastColdWorks) return {};
    SUBJREC_ASSIGN(const CalibrationBins cold, collect(pairs.size(), model_.calibration_works));
    model_.cold_curve = cold.fit().curve;
    return {};
  }

  /// The leave-one-out scores of all subjects that work w does not carry, or that are hidden.
  void add_scores(const LeaveOneOutEase& left_out, uint32_t w, uint32_t hidden,
                  const SparseRows& by_work, const std::vector<uint32_t>& features,
                  CalibrationBins* bins) const {
    const size_t n = data_.interactions.n_subjects;
    const std::span<const uint32_t> own = data_.interactions.row(w);
    const RowWithout shown = shown_of(data_.interactions.weighted_row(w), hidden);
    std::vector<WeightedFeature> weighted;
    for (size_t e = by_work.offsets[w]; e < by_work.offsets[w + 1]; ++e) {
      if (by_work.columns[e] < n) continue;
      weighted.push_back({features[by_work.columns[e] - n], by_work.weights[e]});
    }
    std::vector<float> scores(n);
    score_by_weights(model_, shown.row(), weighted, scores.data());
    std::vector<double> change(n);
    if (hidden == kAllHidden) {
      left_out.without_subjects(change);
    } else {
      left_out.without_pair(hidden, change);
    }
    for (size_t s = 0; s < n; ++s) scores[s] = static_cast<float>(double{scores[s]} + change[s]);
    add_outcomes(own, hidden, scores, bins);
  }

  /// The mean squared error over a sample of works: the score of a subject that a work carries owes
  /// nothing to that subject.
  Result<double> measure(Monitor& monitor) {
    const Interactions& y = data_.interactions;
    const size_t n = y.n_subjects;
    const size_t sample = std::min(y.n_works, kMeasuredWorks);
    const size_t pieces = (sample + kWorksPerPiece - 1) / kWorksPerPiece;
    std::vector<double> errors(pieces, 0.0);
    SUBJREC_TRY(team_.run(
        pieces,
        [&](size_t p) {
          std::vector<float> scores(n);
          const size_t end = std::min(sample, (p + 1) * kWorksPerPiece);
          for (size_t i = p * kWorksPerPiece; i < end; ++i) {
            const size_t w = i * y.n_works / sample;
            const SubjectRow row = y.weighted_row(w);
            score_by_weights(model_, row, features_of(data_, w), scores.data());
            for (size_t e = 0; e < row.size(); ++e) scores[row[e]] -= row.weight(e);
            for (const float miss : scores) errors[p] += double{miss} * double{miss};
          }
        },
        monitor));
    double error = 0;
    for (const double e : errors) error += e;
    if (pieces == 0) return 0.0;
    return error / (static_cast<double>(sample) * static_cast<double>(n));
  }

  const TrainData& data_;
  TrainOptions options_;
  ThreadTeam team_;
  Model model_;
  CalibrationSet calibration_set_;
  std::vector<uint32_t> calibration_works_;  // of its pairs, and then its cold works
  bool trained_ = false;
};

}  // namespace

Result<std::unique_ptr<Trainer>> make_ease_trainer(const TrainData& data,
                                                   const TrainOptions& options) {
  return std::unique_ptr<Trainer>(std::make_unique<EaseTrainer>(data, options));
}

}  // namespace subjrec
