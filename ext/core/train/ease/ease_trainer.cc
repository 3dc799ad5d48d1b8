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

namespace subjrec {
namespace {

constexpr size_t kCalibrationWorks = 2048;
constexpr size_t kCalibrationPiece = 32;

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

/// The columns of the subjects of the inverse: n x n_subjects, features before subjects.
Result<std::vector<float>> inverse_columns(SquareMatrix gram, size_t n_subjects, ThreadTeam& team,
                                           Monitor& monitor) {
  const size_t n = gram.size;
  const size_t n_features = n - n_subjects;
  SUBJREC_ASSIGN(BlockCholesky factor,
                 BlockCholesky::factor(std::move(gram), n_features, team, monitor));
  std::vector<float> x;
  SUBJREC_TRY(grow_zeroed(&x, n * n_subjects, monitor));
  for (size_t s = 0; s < n_subjects; ++s) x[(n_features + s) * n_subjects + s] = 1;
  SUBJREC_TRY(factor.forward(n_features, x.data(), n_subjects, team, monitor));
  SUBJREC_TRY(factor.backward(x.data(), n_subjects, team, monitor));
  return x;
}

/// Turns the inverse into weights: row i, column s is -P[i][s] / P[s][s], 0 for s itself.
Status weights_in_place(std::vector<float>* p, size_t n_features, size_t n_subjects,
                        ThreadTeam& team, Monitor& monitor) {
  std::vector<float> scale(n_subjects);
  for (size_t s = 0; s < n_subjects; ++s) scale[s] = -1 / (*p)[(n_features + s) * n_subjects + s];
  const size_t n = p->size() / std::max<size_t>(n_subjects, 1);
  return team.run(
      n,
      [&](size_t i) {
        float* row = p->data() + i * n_subjects;
        for (size_t s = 0; s < n_subjects; ++s) row[s] *= scale[s];
        if (i >= n_features) row[i - n_features] = 0;
      },
      monitor);
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
    const size_t n_features = used.columns.size();
    std::vector<float> dense;
    {
      SUBJREC_ASSIGN(const SparseRows by_column, transposed(by_work, monitor));
      SUBJREC_ASSIGN(SquareMatrix gram, gram_matrix(by_work, by_column, n_subjects,
                                                    options_.regularization, team_, monitor));
      SUBJREC_ASSIGN(dense, inverse_columns(std::move(gram), n_subjects, team_, monitor));
    }
    SUBJREC_TRY(weights_in_place(&dense, n_features, n_subjects, team_, monitor));
    model_ = Model();
    model_.kind = &kEase.model;
    SUBJREC_ASSIGN(
        model_.weights,
        keep_greatest(dense, used.columns, data_.work_features.n_columns, n_subjects,
                      by_work.n_columns * static_cast<size_t>(options_.max_weights), monitor));
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
    const auto scale = static_cast<float>(options_.feature_weight);
    for (size_t e = model_.weights.offsets[n_subjects]; e < model_.weights.weights.size(); ++e) {
      model_.weights.weights[e] *= scale;
    }
    trained_ = true;
    return {};
  }

  /// The mean squared error over a sample of works, and the calibration on the same: the score of a
  /// subject that a work carries owes nothing to that subject.
  Result<double> measure(Monitor& monitor) {
    const Interactions& y = data_.interactions;
    const size_t n = y.n_subjects;
    const size_t sample = std::min(y.n_works, kCalibrationWorks);
    const size_t pieces = (sample + kCalibrationPiece - 1) / kCalibrationPiece;
    std::vector<CalibrationBins> bins(pieces);
    std::vector<double> errors(pieces, 0.0);
    SUBJREC_TRY(team_.run(
        pieces,
        [&](size_t p) {
          std::vector<float> scores(n);
          const size_t end = std::min(sample, (p + 1) * kCalibrationPiece);
          for (size_t i = p * kCalibrationPiece; i < end; ++i) {
            const size_t w = i * y.n_works / sample;
            score_by_weights(model_, y.row(w), features_of(data_, w), scores.data());
            const std::span<const uint32_t> own = y.row(w);
            size_t next = 0;
            for (size_t s = 0; s < n; ++s) {
              const bool carried = next < own.size() && own[next] == s;
              next += carried;
              bins[p].add(scores[s], carried);
              const double miss = (carried ? 1.0 : 0.0) - double{scores[s]};
              errors[p] += miss * miss;
            }
          }
        },
        monitor));
    double error = 0;
    for (const double e : errors) error += e;
    for (size_t p = 1; p < pieces; ++p) bins[0].add(bins[p]);
    if (pieces == 0) return 0.0;
    const Calibration calibration = bins[0].fit();
    model_.probability_slope = calibration.slope;
    model_.probability_intercept = calibration.intercept;
    return error / (static_cast<double>(sample) * static_cast<double>(n));
  }

  const TrainData& data_;
  TrainOptions options_;
  ThreadTeam team_;
  Model model_;
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
