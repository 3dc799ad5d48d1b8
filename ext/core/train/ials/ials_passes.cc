#include "core/train/ials/ials_passes.h"

#include <algorithm>
#include <cmath>

#include "core/base/random.h"
#include "core/linalg/gemm.h"
#include "core/options/option_table.h"
#include "core/train/calibration_set.h"

namespace subjrec {
namespace {

constexpr uint64_t kInitialStream = 0x69616c73;
constexpr size_t kRowsPerPiece = 1024;
constexpr double kUnits = 0x1.0p24;

double dot(const float* a, const float* b, size_t dim) {
  float sum = 0;
  for (size_t k = 0; k < dim; ++k) sum += a[k] * b[k];
  return double{sum};
}

/// In units of 2^-24; what is out of all bounds, or no number, is cut off.
int64_t in_units(double x) {
  if (std::isnan(x)) return 0;
  return static_cast<int64_t>(std::llround(std::clamp(x, -0x1.0p34, 0x1.0p34) * kUnits));
}

Result<CalibrationBins> outcomes(std::span<const HiddenOutcome> works, size_t n_subjects,
                                 const PackedMatrix& subjects, size_t stride, ThreadTeam& team,
                                 Monitor& monitor) {
  return collect_bins(
      works.size(), n_subjects,
      [&](size_t first, size_t end, CalibrationBins* bins, Monitor& asked) {
        std::vector<float> scores;
        for (size_t i = first; i < end; ++i) {
          if (asked.stop()) return Status::interrupted();
          scores.assign(n_subjects, 0.0f);
          multiply_add(1, row_major(works[i].vector, 1, stride), subjects, scores.data(),
                       n_subjects);
          add_outcomes(works[i].own, works[i].hidden, scores, bins);
        }
        return Status();
      },
      team, monitor);
}

}  // namespace

Status check_feature_weights(const SparseRows& features) {
  const std::vector<float>& weights = features.weights;
  const auto negative = std::find_if(weights.begin(), weights.end(), [](float w) { return w < 0; });
  if (negative == weights.end()) return {};
  return {Code::kInvalid,
          "option \"work_features\" has a weight of " +
              option_detail::number_text(double{*negative}) +
              ", and \"ials\" takes weights from 0: they say how much an entry counts; "
              "leave such rows out, or use {\"algorithm\": \"ease\"}"};
}

Result<std::vector<double>> row_weights(const SparseRows& rows, Monitor& monitor) {
  std::vector<double> weights(rows.n_rows);
  Poll poll(monitor, 1 << 14);
  for (size_t r = 0; r < rows.n_rows; ++r) {
    if (poll.stop()) return Status::interrupted();
    for (size_t e = rows.offsets[r]; e < rows.offsets[r + 1]; ++e) {
      weights[r] += double{rows.weights[e]};
    }
  }
  return weights;
}

std::vector<double> row_penalties(const std::vector<double>& weights, size_t length,
                                  const TrainOptions& options) {
  std::vector<double> penalties;
  penalties.reserve(weights.size());
  for (const double weight : weights) {
    penalties.push_back(frequency_penalty(weight, length, options.unobserved_weight,
                                          options.regularization, options.regularization_exponent));
  }
  return penalties;
}

Result<std::vector<double>> penalties_of(const SparseRows& rows, const TrainOptions& options,
                                         Monitor& monitor) {
  SUBJREC_ASSIGN(const std::vector<double> weights, row_weights(rows, monitor));
  return row_penalties(weights, rows.n_columns, options);
}

Status draw_columns(const TrainOptions& options, Factors* columns, ThreadTeam& team,
                    Monitor& monitor) {
  const size_t dim = columns->dim;
  const double stddev = options.init_stddev / std::sqrt(static_cast<double>(dim));
  return team.run((columns->size() + kRowsPerPiece - 1) / kRowsPerPiece,
                  [&](size_t p) {
                    const size_t first = p * kRowsPerPiece;
                    const size_t n = std::min(kRowsPerPiece, columns->size() - first);
                    std::vector<float> drawn(n * dim);
                    fill_normal(drawn, dim, static_cast<float>(stddev),
                                static_cast<uint64_t>(options.seed), kInitialStream, first);
                    for (size_t i = 0; i < n; ++i) {
                      std::copy_n(drawn.data() + i * dim, dim, columns->row(first + i));
                    }
                  },
                  monitor);
}

Result<int64_t> works_objective(const SparseRows& by_work, const Factors& works,
                                const Factors& columns, ThreadTeam& team, Monitor& monitor) {
  const size_t pieces = (works.size() + kRowsPerPiece - 1) / kRowsPerPiece;
  std::vector<int64_t> partial(pieces, 0);
  SUBJREC_TRY(team.run(
      pieces,
      [&](size_t p) {
        const size_t end = std::min(works.size(), (p + 1) * kRowsPerPiece);
        for (size_t w = p * kRowsPerPiece; w < end; ++w) {
          double sum = 0;
          for (size_t e = by_work.offsets[w]; e < by_work.offsets[w + 1]; ++e) {
            const double score = dot(works.row(w), columns.row(by_work.columns[e]), works.dim);
            sum += double{by_work.weights[e]} * (1 - score);
          }
          partial[p] += in_units(sum);
        }
      },
      monitor));
  int64_t total = 0;
  for (const int64_t part : partial) total += part;
  return total;
}

double mean_objective(int64_t works_objective, size_t n_works, const Factors& columns,
                      const std::vector<double>& column_penalty) {
  double total = static_cast<double>(works_objective) / kUnits;
  for (size_t i = 0; i < columns.size(); ++i) {
    total += column_penalty[i] * dot(columns.row(i), columns.row(i), columns.dim);
  }
  return total / (static_cast<double>(n_works) * static_cast<double>(columns.size()));
}

std::vector<float> vector_of_features(std::span<const uint32_t> features,
                                      std::span<const float> weights, size_t n_subjects,
                                      const LeastSquaresSolver& by_columns,
                                      const TrainOptions& options) {
  std::vector<uint32_t> index;
  std::vector<float> scaled;
  double sum = 0;
  for (size_t i = 0; i < features.size(); ++i) {
    if (!(weights[i] > 0)) continue;
    index.push_back(static_cast<uint32_t>(n_subjects) + features[i]);
    scaled.push_back(static_cast<float>(options.feature_weight * double{weights[i]}));
    sum += double{scaled.back()};
  }
  const Factors& columns = by_columns.vectors();
  std::vector<float> vector(columns.stride, 0.0f);
  by_columns.solve(index, scaled,
                   frequency_penalty(sum, columns.size(), options.unobserved_weight,
                                     options.regularization, options.regularization_exponent),
                   vector.data());
  return vector;
}

Result<IalsCalibration> calibrate_ials(std::span<const HiddenOutcome> pairs,
                                       std::span<const HiddenOutcome> cold, size_t n_subjects,
                                       const Factors& columns, ThreadTeam& team, Monitor& monitor) {
  const PackedMatrix subjects(
      row_major(columns.values.data(), n_subjects, columns.stride).transposed());
  IalsCalibration made;
  SUBJREC_ASSIGN(const CalibrationBins warm,
                 outcomes(pairs, n_subjects, subjects, columns.stride, team, monitor));
  made.calibration = warm.fit();
  if (cold.size() < CalibrationSet::kLeastColdWorks) return made;
  SUBJREC_ASSIGN(const CalibrationBins bins,
                 outcomes(cold, n_subjects, subjects, columns.stride, team, monitor));
  made.cold_curve = bins.fit().curve;
  return made;
}

}  // namespace subjrec
