#include "core/train/ials/ials_trainer.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "core/base/random.h"
#include "core/linalg/columns.h"
#include "core/linalg/gemm.h"
#include "core/model/calibration.h"
#include "core/model/least_squares.h"
#include "core/options/option_table.h"
#include "core/train/calibration_set.h"

namespace subjrec {
namespace {

constexpr uint64_t kInitialStream = 0x69616c73;
constexpr size_t kCalibrationWorks = 1024;
constexpr size_t kRowsPerPiece = 1024;

class IalsTrainer : public Trainer {
 public:
  IalsTrainer(const TrainData& data, const TrainOptions& options)
      : data_(data), options_(options), team_(resolve_threads(options.threads)) {}

  Result<double> run_epoch(std::vector<HistoryRow>* history, Monitor& monitor) override {
    SUBJREC_TRY(start_once(monitor));
    ++epoch_;
    // Where the last epoch is not the only one, it brings in what those before did without.
    if (epoch_ == options_.epochs && epoch_ > 1 && !calibration_set_.empty()) {
      SUBJREC_TRY(calibrate(monitor));
      SUBJREC_TRY(lay_out(data_.interactions, data_.work_features, monitor));
      SUBJREC_TRY(solve_works(monitor));  // those that had nothing teach nothing
      brought_in_ = true;
    }
    SUBJREC_ASSIGN(
        const LeastSquaresSolver by_works,
        LeastSquaresSolver::prepare(&works_, options_.unobserved_weight, team_, monitor));
    SUBJREC_TRY(by_works.solve_all(by_column_, column_penalty_, &columns_, team_, monitor));
    SUBJREC_TRY(solve_works(monitor));
    SUBJREC_ASSIGN(const double loss, mean_loss(monitor));
    history->push_back({epoch_, epoch_, "loss", loss});
    return loss;
  }

  Result<Model> model(Monitor& monitor) override {
    SUBJREC_TRY(start_once(monitor));
    Model model;
    model.kind = &kIals.model;
    model.dim = works_.dim;
    const size_t n_subjects = data_.interactions.n_subjects;
    SUBJREC_TRY(works_of_all(&model.works, monitor));
    SUBJREC_TRY(copy_rows(columns_, 0, n_subjects, &model.subjects, monitor));
    SUBJREC_TRY(copy_rows(columns_, n_subjects, columns_.size(), &model.feature_inputs, monitor));
    model.unobserved_weight = options_.unobserved_weight;
    model.regularization = options_.regularization;
    model.regularization_exponent = options_.regularization_exponent;
    model.feature_weight = options_.feature_weight;
    if (!brought_in_) SUBJREC_TRY(calibrate(monitor));
    if (calibration_set_.pairs.empty()) {
      SUBJREC_ASSIGN(calibration_, calibrate_on_trained(model, monitor));
    }
    set_calibration(calibration_, &model);
    model.cold_curve = cold_curve_;
    model.calibration_pairs = calibration_set_.pairs.size();
    model.calibration_works = calibration_set_.cold_works.size();
    return model;
  }

 private:
  Result<std::vector<double>> penalties(const SparseRows& rows, Monitor& monitor) const {
    std::vector<double> penalty(rows.n_rows);
    Poll poll(monitor, 1 << 14);
    for (size_t r = 0; r < rows.n_rows; ++r) {
      if (poll.stop()) return Status::interrupted();
      double weight = 0;
      for (size_t e = rows.offsets[r]; e < rows.offsets[r + 1]; ++e) {
        weight += double{rows.weights[e]};
      }
      penalty[r] = frequency_penalty(weight, rows.n_columns, options_.unobserved_weight,
                                     options_.regularization, options_.regularization_exponent);
    }
    return penalty;
  }

  /// The matrix by works and by columns.
  Status lay_out(const Interactions& y, const SparseRows& features, Monitor& monitor) {
    SUBJREC_ASSIGN(by_work_,
                   subject_and_feature_columns(y, features, options_.feature_weight, monitor));
    SUBJREC_ASSIGN(by_column_, transposed(by_work_, monitor));
    SUBJREC_ASSIGN(work_penalty_, penalties(by_work_, monitor));
    SUBJREC_ASSIGN(column_penalty_, penalties(by_column_, monitor));
    return {};
  }

  /// The features of the works whose subjects are not all kept out.
  SparseRows training_features() const {
    SparseRows f = data_.work_features;
    if (f.empty() || calibration_set_.cold_works.empty()) return f;
    size_t kept = 0;
    auto cold = calibration_set_.cold_works.begin();
    for (size_t w = 0; w < f.n_rows; ++w) {
      const bool left_out = cold != calibration_set_.cold_works.end() && *cold == w;
      cold += left_out ? 1 : 0;
      const size_t begin = f.offsets[w];
      const size_t end = f.offsets[w + 1];
      f.offsets[w] = kept;
      for (size_t e = begin; e < end && !left_out; ++e, ++kept) {
        f.columns[kept] = f.columns[e];
        f.weights[kept] = f.weights[e];
      }
    }
    f.offsets[f.n_rows] = kept;
    f.columns.resize(kept);
    f.weights.resize(kept);
    return f;
  }

  /// Columns are N(0, init_stddev^2 / dim) at first, and the works solve for them.
  Status start_once(Monitor& monitor) {
    if (started_) return {};
    started_ = true;
    const auto has_features = [&](uint32_t w) {
      const SparseRows& f = data_.work_features;
      return !f.empty() && f.offsets[w] < f.offsets[w + 1];
    };
    calibration_set_ = hold_out_for_calibration(data_.interactions,
                                                static_cast<uint64_t>(options_.seed), has_features);
    SUBJREC_TRY(
        lay_out(calibration_set_.training_part(data_.interactions), training_features(), monitor));
    const auto dim = static_cast<size_t>(options_.embedding_dim);
    SUBJREC_ASSIGN(works_, Factors::zeros(by_work_.n_rows, dim, monitor));
    SUBJREC_ASSIGN(columns_, Factors::zeros(by_work_.n_columns, dim, monitor));
    std::vector<float> drawn(columns_.size() * columns_.dim);
    const double stddev = options_.init_stddev / std::sqrt(static_cast<double>(columns_.dim));
    SUBJREC_TRY(team_.run(
        (columns_.size() + kRowsPerPiece - 1) / kRowsPerPiece,
        [&](size_t p) {
          const size_t first = p * kRowsPerPiece;
          const size_t n = std::min(kRowsPerPiece, columns_.size() - first);
          const std::span<float> rows(drawn.data() + first * columns_.dim, n * columns_.dim);
          fill_normal(rows, columns_.dim, static_cast<float>(stddev),
                      static_cast<uint64_t>(options_.seed), kInitialStream, first);
          for (size_t i = 0; i < n; ++i) {
            std::copy_n(rows.data() + i * columns_.dim, columns_.dim, columns_.row(first + i));
          }
        },
        monitor));
    return solve_works(monitor);
  }

  Status solve_works(Monitor& monitor) {
    SUBJREC_ASSIGN(by_columns_, LeastSquaresSolver::prepare(&columns_, options_.unobserved_weight,
                                                            team_, monitor));
    return by_columns_.solve_all(by_work_, work_penalty_, &works_, team_, monitor);
  }

  /// The works with everything that is known of them, what is kept out of training included.
  Status works_of_all(std::vector<float>* works, Monitor& monitor) const {
    if (brought_in_ || calibration_set_.empty()) {
      return copy_rows(works_, 0, works_.size(), works, monitor);
    }
    SUBJREC_ASSIGN(const SparseRows rows,
                   subject_and_feature_columns(data_.interactions, data_.work_features,
                                               options_.feature_weight, monitor));
    SUBJREC_ASSIGN(const std::vector<double> penalty, penalties(rows, monitor));
    SUBJREC_ASSIGN(Factors all, Factors::zeros(works_.size(), works_.dim, monitor));
    SUBJREC_TRY(by_columns_.solve_all(rows, penalty, &all, team_, monitor));
    return copy_rows(all, 0, all.size(), works, monitor);
  }

  /// Where the works are solved, a work's share of the objective is sum c - sum c w . v.
  Result<double> mean_loss(Monitor& monitor) {
    const size_t pieces = (works_.size() + kRowsPerPiece - 1) / kRowsPerPiece;
    std::vector<double> partial(pieces, 0.0);
    SUBJREC_TRY(team_.run(
        pieces,
        [&](size_t p) {
          const size_t end = std::min(works_.size(), (p + 1) * kRowsPerPiece);
          for (size_t w = p * kRowsPerPiece; w < end; ++w) {
            for (size_t e = by_work_.offsets[w]; e < by_work_.offsets[w + 1]; ++e) {
              const double score = dot(works_.row(w), columns_.row(by_work_.columns[e]));
              partial[p] += double{by_work_.weights[e]} * (1 - score);
            }
          }
        },
        monitor));
    double total = 0;
    for (const double part : partial) total += part;
    for (size_t i = 0; i < columns_.size(); ++i) {
      total += column_penalty_[i] * dot(columns_.row(i), columns_.row(i));
    }
    return total / (static_cast<double>(works_.size()) * static_cast<double>(columns_.size()));
  }

  double dot(const float* a, const float* b) const {
    float sum = 0;
    for (size_t k = 0; k < works_.dim; ++k) sum += a[k] * b[k];
    return double{sum};
  }

  static Status copy_rows(const Factors& from, size_t begin, size_t end, std::vector<float>* to,
                          Monitor& monitor) {
    Poll poll(monitor, 1 << 13);
    to->reserve((end - begin) * from.dim);
    for (size_t i = begin; i < end; ++i) {
      if (poll.stop()) return Status::interrupted();
      to->insert(to->end(), from.row(i), from.row(i) + from.dim);
    }
    return {};
  }

  Status calibrate(Monitor& monitor) {
    const size_t n = data_.interactions.n_subjects;
    const PackedMatrix subjects(row_major(columns_.values.data(), n, columns_.stride).transposed());
    const std::vector<CalibrationPair>& pairs = calibration_set_.pairs;
    SUBJREC_ASSIGN(const CalibrationBins warm,
                   collect_bins(
                       pairs.size(), n,
                       [&](size_t first, size_t end, CalibrationBins* bins, Monitor& asked) {
                         for (size_t i = first; i < end; ++i) {
                           if (asked.stop()) return Status::interrupted();
                           const auto [w, hidden] = pairs[i];
                           add_scores(w, works_.row(w), subjects, hidden, bins);
                         }
                         return Status();
                       },
                       team_, monitor));
    calibration_ = warm.fit();
    const std::vector<uint32_t>& cold = calibration_set_.cold_works;
    if (cold.size() < CalibrationSet::kLeastColdWorks) return {};
    SUBJREC_ASSIGN(const CalibrationBins bins,
                   collect_bins(
                       cold.size(), n,
                       [&](size_t first, size_t end, CalibrationBins* collected, Monitor& asked) {
                         for (size_t i = first; i < end; ++i) {
                           if (asked.stop()) return Status::interrupted();
                           const std::vector<float> vector = vector_of_features(cold[i]);
                           add_scores(cold[i], vector.data(), subjects, kAllHidden, collected);
                         }
                         return Status();
                       },
                       team_, monitor));
    cold_curve_ = bins.fit().curve;
    return {};
  }

  /// The scores of all subjects that work w does not carry, or that are hidden.
  void add_scores(uint32_t w, const float* vector, const PackedMatrix& subjects, uint32_t hidden,
                  CalibrationBins* bins) const {
    const size_t n = data_.interactions.n_subjects;
    std::vector<float> scores(n, 0.0f);
    multiply_add(1, row_major(vector, 1, works_.stride), subjects, scores.data(), n);
    add_outcomes(data_.interactions.row(w), hidden, scores, bins);
  }

  /// As fold-in would solve for it (core/model/fold_in.h).
  std::vector<float> vector_of_features(uint32_t w) const {
    const SparseRows& f = data_.work_features;
    std::vector<uint32_t> index;
    std::vector<float> weights;
    double sum = 0;
    for (size_t e = f.offsets[w]; e < f.offsets[w + 1]; ++e) {
      if (!(f.weights[e] > 0)) continue;
      index.push_back(static_cast<uint32_t>(data_.interactions.n_subjects) + f.columns[e]);
      weights.push_back(static_cast<float>(options_.feature_weight * double{f.weights[e]}));
      sum += double{weights.back()};
    }
    std::vector<float> vector(columns_.stride, 0.0f);
    by_columns_.solve(index, weights,
                      frequency_penalty(sum, columns_.size(), options_.unobserved_weight,
                                        options_.regularization, options_.regularization_exponent),
                      vector.data());
    return vector;
  }

  /// Where none could be reserved: the curve of "s is a subject of w", where the score of a subject
  /// that w carries is the one that w would give it without it.
  Result<Calibration> calibrate_on_trained(const Model& model, Monitor& monitor) {
    const Interactions& y = data_.interactions;
    const size_t n = y.n_subjects;
    const size_t sample = std::min(y.n_works, kCalibrationWorks);
    const PackedMatrix subjects(row_major(model.subjects.data(), n, model.dim).transposed());
    SUBJREC_ASSIGN(
        const CalibrationBins bins,
        collect_bins(
            sample, n,
            [&](size_t first, size_t end, CalibrationBins* collected, Monitor& asked) -> Status {
              std::vector<float> scores;
              std::vector<double> without;
              for (size_t i = first; i < end; ++i) {
                const size_t w = i * y.n_works / sample;
                if (by_work_.offsets[w] == by_work_.offsets[w + 1]) continue;  // kept out
                scores.assign(n, 0.0f);
                multiply_add(1, row_major(model.works.data() + w * model.dim, 1, model.dim),
                             subjects, scores.data(), n);
                const size_t begin = by_work_.offsets[w];
                const size_t count = by_work_.offsets[w + 1] - begin;
                SUBJREC_TRY(by_columns_.scores_without({by_work_.columns.data() + begin, count},
                                                       {by_work_.weights.data() + begin, count},
                                                       work_penalty_[w], &without, asked));
                size_t next = 0;
                const std::span<const uint32_t> own = y.row(w);
                for (size_t s = 0; s < n; ++s) {
                  const bool carried = next < own.size() && own[next] == s;
                  collected->add(carried ? static_cast<float>(without[next]) : scores[s], carried);
                  next += carried;
                }
              }
              return {};
            },
            team_, monitor));
    return bins.fit();
  }

  const TrainData& data_;
  TrainOptions options_;
  SparseRows by_work_;
  SparseRows by_column_;
  std::vector<double> work_penalty_;
  std::vector<double> column_penalty_;
  Factors works_;
  Factors columns_;
  LeastSquaresSolver by_columns_;
  mutable ThreadTeam team_;
  CalibrationSet calibration_set_;
  Calibration calibration_;  // made when the set was brought into the matrix
  std::optional<ProbabilityCurve> cold_curve_;
  bool brought_in_ = false;
  int64_t epoch_ = 0;
  bool started_ = false;
};

}  // namespace

Result<std::unique_ptr<Trainer>> make_ials_trainer(const TrainData& data,
                                                   const TrainOptions& options) {
  const std::vector<float>& weights = data.work_features.weights;
  const auto negative = std::find_if(weights.begin(), weights.end(), [](float w) { return w < 0; });
  if (negative != weights.end()) {
    return Status(Code::kInvalid,
                  "option \"work_features\" has a weight of " +
                      option_detail::number_text(double{*negative}) +
                      ", and \"ials\" takes weights from 0: they say how much an entry counts; "
                      "leave such rows out, or use {\"algorithm\": \"ease\"}");
  }
  return std::unique_ptr<Trainer>(std::make_unique<IalsTrainer>(data, options));
}

}  // namespace subjrec
