#include "core/train/ease/ease_trainer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>

#include "core/base/parallel.h"
#include "core/linalg/block_cholesky.h"
#include "core/linalg/columns.h"
#include "core/linalg/sparse_product.h"
#include "core/model/calibration.h"
#include "core/model/item_weights.h"
#include "core/train/calibration_set.h"
#include "core/train/ease/leave_one_out_ease.h"

namespace subjrec {
namespace {

constexpr size_t kMeasuredWorks = 2048;
constexpr size_t kWorksPerPiece = 32;

/// X'X + regularization I, features before subjects: lower triangle.
Result<SquareMatrix> gram_matrix(const SparseRows& by_work, const SparseRows& by_column,
                                 size_t n_subjects, double regularization, ThreadTeam& team,
                                 Monitor& monitor) {
  const size_t n = by_work.n_columns;
  const size_t n_features = n - n_subjects;
  const auto place = [&](size_t column) {
    return column < n_subjects ? n_features + column : column - n_subjects;
  };
  SUBJREC_ASSIGN(SquareMatrix gram, SquareMatrix::zeros(n, monitor));
  SUBJREC_TRY(team.run(
      n,
      [&](size_t column) {
        const size_t i = place(column);
        float* row = gram.row(i);
        for (size_t e = by_column.offsets[column]; e < by_column.offsets[column + 1]; ++e) {
          const uint32_t w = by_column.columns[e];
          const float weight = by_column.weights[e];
          for (size_t f = by_work.offsets[w]; f < by_work.offsets[w + 1]; ++f) {
            const size_t j = place(by_work.columns[f]);
            if (j <= i) row[j] += weight * by_work.weights[f];
          }
        }
        row[i] += static_cast<float>(regularization);
      },
      monitor));
  return gram;
}

/// Of the inverse P the columns of the subjects, n x n_subjects, features before subjects; and f'P
/// f for each row f of features.
struct Inverse {
  std::vector<float> columns;
  std::vector<double> norms;
};
Result<Inverse> invert(SquareMatrix gram, size_t n_subjects, const SparseRows& features,
                       ThreadTeam& team, Monitor& monitor) {
  const size_t n = gram.size;
  const size_t n_features = n - n_subjects;
  SUBJREC_ASSIGN(BlockCholesky factor,
                 BlockCholesky::factor(std::move(gram), n_features, team, monitor));
  Inverse inverse;
  inverse.norms.assign(features.n_rows, 0.0);
  if (n_features > 0 && features.n_rows > 0) {
    std::vector<float> rows;
    SUBJREC_TRY(grow_zeroed(&rows, n * features.n_rows, monitor));
    for (size_t r = 0; r < features.n_rows; ++r) {
      for (size_t e = features.offsets[r]; e < features.offsets[r + 1]; ++e) {
        rows[features.columns[e] * features.n_rows + r] = features.weights[e];
      }
    }
    SUBJREC_TRY(factor.forward(0, rows.data(), features.n_rows, team, monitor));
    for (size_t i = 0; i < rows.size(); ++i) {
      inverse.norms[i % features.n_rows] += double{rows[i]} * double{rows[i]};
    }
  }
  std::vector<float>& x = inverse.columns;
  SUBJREC_TRY(grow_zeroed(&x, n * n_subjects, monitor));
  for (size_t s = 0; s < n_subjects; ++s) x[(n_features + s) * n_subjects + s] = 1;
  SUBJREC_TRY(factor.forward(n_features, x.data(), n_subjects, team, monitor));
  SUBJREC_TRY(factor.backward(x.data(), n_subjects, team, monitor));
  return inverse;
}

/// Turns the inverse into weights: row i, column s is -P[i][s] / P[s][s], 0 for s itself. Returns
/// -1 / P[s][s] for each s.
Result<std::vector<float>> weights_in_place(std::vector<float>* p, size_t n_features,
                                            size_t n_subjects, ThreadTeam& team, Monitor& monitor) {
  std::vector<float> scale(n_subjects);
  for (size_t s = 0; s < n_subjects; ++s) scale[s] = -1 / (*p)[(n_features + s) * n_subjects + s];
  const size_t n = p->size() / std::max<size_t>(n_subjects, 1);
  SUBJREC_TRY(team.run(
      n,
      [&](size_t i) {
        float* row = p->data() + i * n_subjects;
        for (size_t s = 0; s < n_subjects; ++s) row[s] *= scale[s];
        if (i >= n_features) row[i - n_features] = 0;
      },
      monitor));
  return scale;
}

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

/// The size from which entries are kept, so that at most `keep` are. Sizes are told apart by the
/// upper half of their bits, to 1 part in 128.
Result<float> least_size(const std::vector<float>& dense, size_t keep, Monitor& monitor) {
  std::vector<size_t> counts(1 << 16, 0);
  const auto upper_half = [](float x) {
    uint32_t bits = 0;
    std::memcpy(&bits, &x, sizeof bits);
    return (bits & 0x7fffffffu) >> 16;
  };
  Poll poll(monitor, 1 << 20);
  for (const float x : dense) {
    ++counts[upper_half(x)];
    if (poll.stop()) return Status::interrupted();
  }
  size_t kept = 0;
  uint32_t bin = 0x7f80;  // infinity
  while (bin > 1 && kept + counts[bin - 1] <= keep) kept += counts[--bin];
  const uint32_t bits = bin << 16;
  float least = 0;
  std::memcpy(&least, &bits, sizeof least);
  return least;
}

/// The weights of at least that size, a row for each subject and then for each of n_features
/// features; `features` are the numbers of those that were trained, the rest has empty rows.
Result<SparseRows> keep_greatest(const std::vector<float>& dense,
                                 const std::vector<uint32_t>& features, size_t n_features,
                                 size_t n_subjects, size_t keep, Monitor& monitor) {
  SUBJREC_ASSIGN(const float least, least_size(dense, keep, monitor));
  SparseRows b;
  b.n_rows = n_features + n_subjects;
  b.n_columns = n_subjects;
  b.offsets.push_back(0);
  size_t trained = 0;
  for (size_t i = 0; i < b.n_rows; ++i) {
    if (monitor.stop()) return Status::interrupted();
    const float* row = nullptr;
    if (i < n_subjects) {
      row = dense.data() + (features.size() + i) * n_subjects;
    } else if (trained < features.size() && features[trained] == i - n_subjects) {
      row = dense.data() + trained++ * n_subjects;
    }
    for (size_t s = 0; row != nullptr && s < n_subjects; ++s) {
      if (std::fabs(row[s]) < least || row[s] == 0) continue;
      b.columns.push_back(static_cast<uint32_t>(s));
      b.weights.push_back(row[s]);
    }
    b.offsets.push_back(b.columns.size());
  }
  return b;
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
    const size_t n_subjects = data_.interactions.n_subjects;
    SUBJREC_ASSIGN(const ColumnChoice used,
                   frequent_columns(data_.work_features, options_.min_feature_works, monitor));
    SUBJREC_ASSIGN(const SparseRows by_work,
                   subject_and_feature_columns(data_.interactions, used.rows,
                                               options_.feature_weight, monitor));
    draw_calibration_set(by_work);
    Inverse inverse;
    {
      SUBJREC_ASSIGN(const SparseRows by_column, transposed(by_work, monitor));
      SUBJREC_ASSIGN(SquareMatrix gram, gram_matrix(by_work, by_column, n_subjects,
                                                    options_.regularization, team_, monitor));
      SUBJREC_ASSIGN(inverse, invert(std::move(gram), n_subjects,
                                     features_of_rows(by_work, n_subjects, calibration_works_),
                                     team_, monitor));
    }
    std::vector<float>& dense = inverse.columns;
    SUBJREC_ASSIGN(const std::vector<float> scale,
                   weights_in_place(&dense, used.columns.size(), n_subjects, team_, monitor));
    model_ = Model();
    model_.kind = &kEase.model;
    SUBJREC_ASSIGN(
        model_.weights,
        keep_greatest(dense, used.columns, data_.work_features.n_columns, n_subjects,
                      by_work.n_columns * static_cast<size_t>(options_.max_weights), monitor));
    SUBJREC_TRY(calibrate({by_work, n_subjects, dense, scale}, inverse.norms, by_work, used.columns,
                          monitor));
    dense = {};
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
    const auto of_feature = static_cast<float>(options_.feature_weight);
    for (size_t e = model_.weights.offsets[n_subjects]; e < model_.weights.weights.size(); ++e) {
      model_.weights.weights[e] *= of_feature;
    }
    trained_ = true;
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
    std::vector<uint32_t> shown;
    for (const uint32_t s : own) {
      if (hidden != kAllHidden && s != hidden) shown.push_back(s);
    }
    std::vector<WeightedFeature> weighted;
    for (size_t e = by_work.offsets[w]; e < by_work.offsets[w + 1]; ++e) {
      if (by_work.columns[e] < n) continue;
      weighted.push_back({features[by_work.columns[e] - n], by_work.weights[e]});
    }
    std::vector<float> scores(n);
    score_by_weights(model_, shown, weighted, scores.data());
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
            score_by_weights(model_, y.row(w), features_of(data_, w), scores.data());
            for (const uint32_t s : y.row(w)) scores[s] -= 1;
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
  const size_t n_subjects = data.interactions.n_subjects;
  const size_t n_features =
      count_frequent_columns(column_counts(data.work_features), options.min_feature_works);
  if (n_subjects + n_features > static_cast<size_t>(options.max_columns)) {
    return Status(Code::kInvalid,
                  "\"ease\" inverts a matrix of all subjects and features, and " +
                      std::to_string(n_subjects) + " subjects with " + std::to_string(n_features) +
                      " features are more than option \"max_columns\" = " +
                      std::to_string(options.max_columns) +
                      " allows; give it fewer features or raise min_feature_works, raise "
                      "max_columns where memory for the square of the columns and hours are there, "
                      "or use {\"algorithm\": \"composed\"}, which grows with the data alone");
  }
  return std::unique_ptr<Trainer>(std::make_unique<EaseTrainer>(data, options));
}

}  // namespace subjrec
