#include "core/train/ials/ials_trainer.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "core/linalg/columns.h"
#include "core/linalg/gemm.h"
#include "core/model/calibration.h"
#include "core/model/least_squares.h"
#include "core/train/calibration_set.h"
#include "core/train/ials/exact_gramian.h"
#include "core/train/ials/ials_passes.h"

namespace subjrec {
namespace {

constexpr size_t kCalibrationWorks = 1024;

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
      // Those that had nothing teach nothing.
      SUBJREC_TRY(by_columns_.solve_all(by_work_, work_penalty_, &works_, team_, monitor));
      brought_in_ = true;
    }
    SUBJREC_ASSIGN(const LeastSquaresSolver by_works, prepare_works(monitor));
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
  /// By sums of integers, so that the order of the works does not matter.
  Result<LeastSquaresSolver> prepare_works(Monitor& monitor) {
    ExactGramian gram(works_.dim);
    SUBJREC_TRY(gram.add(works_, team_, monitor));
    SUBJREC_ASSIGN(EigenTurn turn,
                   eigen_turn(gram.value(), works_.dim, options_.unobserved_weight, monitor));
    SUBJREC_TRY(turn_rows(turn, &works_, team_, monitor));
    return LeastSquaresSolver::turned(works_, std::move(turn.diagonal));
  }

  /// The matrix by works and by columns.
  Status lay_out(const Interactions& y, const SparseRows& features, Monitor& monitor) {
    SUBJREC_ASSIGN(by_work_,
                   subject_and_feature_columns(y, features, options_.feature_weight, monitor));
    SUBJREC_ASSIGN(by_column_, transposed(by_work_, monitor));
    SUBJREC_ASSIGN(work_penalty_, penalties_of(by_work_, options_, monitor));
    SUBJREC_ASSIGN(column_penalty_, penalties_of(by_column_, options_, monitor));
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
    calibration_set_ = hold_out_by_key(
        find_calibration_candidates(data_.interactions, data_.work_keys,
                                    static_cast<uint64_t>(options_.seed), has_features),
        data_.interactions.subject_counts());
    SUBJREC_TRY(
        lay_out(calibration_set_.training_part(data_.interactions), training_features(), monitor));
    const auto dim = static_cast<size_t>(options_.embedding_dim);
    SUBJREC_ASSIGN(works_, Factors::zeros(by_work_.n_rows, dim, monitor));
    SUBJREC_ASSIGN(columns_, Factors::zeros(by_work_.n_columns, dim, monitor));
    SUBJREC_TRY(draw_columns(options_, &columns_, team_, monitor));
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
    SUBJREC_ASSIGN(const std::vector<double> penalty, penalties_of(rows, options_, monitor));
    SUBJREC_ASSIGN(Factors all, Factors::zeros(works_.size(), works_.dim, monitor));
    SUBJREC_TRY(by_columns_.solve_all(rows, penalty, &all, team_, monitor));
    return copy_rows(all, 0, all.size(), works, monitor);
  }

  Result<double> mean_loss(Monitor& monitor) {
    SUBJREC_ASSIGN(const int64_t objective,
                   works_objective(by_work_, works_, columns_, team_, monitor));
    return mean_objective(objective, works_.size(), columns_, column_penalty_);
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

  /// The curves from what was kept out. Cold works are scored as fold-in would.
  Status calibrate(Monitor& monitor) {
    const Interactions& y = data_.interactions;
    const SparseRows& f = data_.work_features;
    std::vector<HiddenOutcome> pairs;
    for (const auto& [w, hidden] : calibration_set_.pairs) {
      pairs.push_back({works_.row(w), y.row(w), hidden});
    }
    std::vector<std::vector<float>> vectors;
    std::vector<HiddenOutcome> cold;
    for (const uint32_t w : calibration_set_.cold_works) {
      if (monitor.stop()) return Status::interrupted();
      const size_t begin = f.offsets[w];
      const size_t n = f.offsets[w + 1] - begin;
      vectors.push_back(vector_of_features({f.columns.data() + begin, n},
                                           {f.weights.data() + begin, n}, y.n_subjects, by_columns_,
                                           options_));
      cold.push_back({vectors.back().data(), y.row(w), kAllHidden});
    }
    SUBJREC_ASSIGN(const IalsCalibration made,
                   calibrate_ials(pairs, cold, y.n_subjects, columns_, team_, monitor));
    calibration_ = made.calibration;
    cold_curve_ = made.cold_curve;
    return {};
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
  SUBJREC_TRY(check_feature_weights(data.work_features));
  return std::unique_ptr<Trainer>(std::make_unique<IalsTrainer>(data, options));
}

}  // namespace subjrec
