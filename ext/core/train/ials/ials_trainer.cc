#include "core/train/ials/ials_trainer.h"

#include <algorithm>
#include <cmath>
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
    if (epoch_ == options_.epochs && !reserved_.empty()) {
      SUBJREC_ASSIGN(calibration_, calibrate_on_reserved(monitor));
      reserved_.clear();
      SUBJREC_TRY(lay_out(data_.interactions, monitor));
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
    SUBJREC_TRY(copy_rows(works_, 0, works_.size(), &model.works, monitor));
    SUBJREC_TRY(copy_rows(columns_, 0, n_subjects, &model.subjects, monitor));
    SUBJREC_TRY(copy_rows(columns_, n_subjects, columns_.size(), &model.feature_inputs, monitor));
    model.unobserved_weight = options_.unobserved_weight;
    model.regularization = options_.regularization;
    model.regularization_exponent = options_.regularization_exponent;
    model.feature_weight = options_.feature_weight;
    Calibration calibration = calibration_;
    if (!reserved_.empty()) {
      SUBJREC_ASSIGN(calibration, calibrate_on_reserved(monitor));
    } else if (!reserving_) {
      SUBJREC_ASSIGN(calibration, calibrate_on_trained(model, monitor));
    }
    model.probability_slope = calibration.slope;
    model.probability_intercept = calibration.intercept;
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
  Status lay_out(const Interactions& y, Monitor& monitor) {
    SUBJREC_ASSIGN(by_work_, subject_and_feature_columns(y, data_.work_features,
                                                         options_.feature_weight, monitor));
    SUBJREC_ASSIGN(by_column_, transposed(by_work_, monitor));
    SUBJREC_ASSIGN(work_penalty_, penalties(by_work_, monitor));
    SUBJREC_ASSIGN(column_penalty_, penalties(by_column_, monitor));
    return {};
  }

  Interactions without_reserved() const {
    Interactions y = data_.interactions;
    size_t kept = 0;
    auto next = reserved_.begin();
    for (uint32_t w = 0; w < y.n_works; ++w) {
      const std::span<const uint32_t> row = data_.interactions.row(w);
      y.offsets[w] = kept;
      for (const uint32_t s : row) {
        if (next == reserved_.end() || next->work != w || next->subject != s)
          y.subjects[kept++] = s;
      }
      if (next != reserved_.end() && next->work == w) ++next;
    }
    y.offsets[y.n_works] = kept;
    y.subjects.resize(kept);
    return y;
  }

  /// Columns are N(0, init_stddev^2 / dim) at first, and the works solve for them.
  Status start_once(Monitor& monitor) {
    if (started_) return {};
    started_ = true;
    // Where the last epoch is not the only one, it brings in what those before did without.
    if (options_.epochs > 1) {
      reserved_ =
          hold_out_calibration_pairs(data_.interactions, static_cast<uint64_t>(options_.seed));
    }
    reserving_ = !reserved_.empty();
    if (reserving_) {
      SUBJREC_TRY(lay_out(without_reserved(), monitor));
    } else {
      SUBJREC_TRY(lay_out(data_.interactions, monitor));
    }
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

  /// The logistic curve of "s is the reserved subject of w", over all s that w does not carry.
  Result<Calibration> calibrate_on_reserved(Monitor& monitor) {
    const size_t n = data_.interactions.n_subjects;
    const PackedMatrix subjects(row_major(columns_.values.data(), n, columns_.stride).transposed());
    SUBJREC_ASSIGN(
        const CalibrationBins bins,
        collect_bins(
            reserved_.size(), n,
            [&](size_t first, size_t end, CalibrationBins* collected, Monitor& asked) -> Status {
              std::vector<float> scores;
              for (size_t i = first; i < end; ++i) {
                if (asked.stop()) return Status::interrupted();
                const auto [work, hidden] = reserved_[i];
                scores.assign(n, 0.0f);
                multiply_add(1, row_major(works_.row(work), 1, works_.stride), subjects,
                             scores.data(), n);
                const std::span<const uint32_t> own = data_.interactions.row(work);
                size_t next = 0;
                for (size_t s = 0; s < n; ++s) {
                  const bool carried = next < own.size() && own[next] == s;
                  next += carried;
                  if (!carried || s == hidden) collected->add(scores[s], s == hidden);
                }
              }
              return {};
            },
            team_, monitor));
    return bins.fit();
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
  ThreadTeam team_;
  std::vector<CalibrationPair> reserved_;  // what is not in the matrix
  Calibration calibration_;                // made when it was brought in
  bool reserving_ = false;
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
