// The pieces of an iALS epoch that a training in one place and one over shards share, with the same
// bytes wherever a row is solved.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/data/interactions.h"
#include "core/model/calibration.h"
#include "core/model/least_squares.h"
#include "core/train/options.h"

namespace subjrec {

/// Code::kInvalid where a feature has a weight below 0.
Status check_feature_weights(const SparseRows& features);

/// The sum of the weights of each row.
Result<std::vector<double>> row_weights(const SparseRows& rows, Monitor& monitor);
/// frequency_penalty() of rows with these weights and of `length` cells.
std::vector<double> row_penalties(const std::vector<double>& weights, size_t length,
                                  const TrainOptions& options);
/// That of all rows.
Result<std::vector<double>> penalties_of(const SparseRows& rows, const TrainOptions& options,
                                         Monitor& monitor);

/// N(0, init_stddev^2 / dim), by the seed.
Status draw_columns(const TrainOptions& options, Factors* columns, ThreadTeam& team,
                    Monitor& monitor);

/// The works' share of the objective where they are solved, sum c - sum c w . v: of each work
/// rounded to 2^-24, so that the order of the works does not matter.
Result<int64_t> works_objective(const SparseRows& by_work, const Factors& works,
                                const Factors& columns, ThreadTeam& team, Monitor& monitor);
/// The objective of works and columns, over the number of cells.
double mean_objective(int64_t works_objective, size_t n_works, const Factors& columns,
                      const std::vector<double>& column_penalty);

/// The vector that fold-in solves for a work that is known by these features alone
/// (core/model/fold_in.h).
std::vector<float> vector_of_features(std::span<const uint32_t> features,
                                      std::span<const float> weights, size_t n_subjects,
                                      const LeastSquaresSolver& by_columns,
                                      const TrainOptions& options);

/// A work to calibrate by: its vector without what is hidden, the subjects that it carries, and
/// which of them is hidden (or kAllHidden).
struct HiddenOutcome {
  const float* vector;
  std::span<const uint32_t> own;
  uint32_t hidden;
};
struct IalsCalibration {
  Calibration calibration;
  std::optional<ProbabilityCurve> cold_curve;
};
/// From pairs, and from works of which all is hidden; in the order in which they are given.
Result<IalsCalibration> calibrate_ials(std::span<const HiddenOutcome> pairs,
                                       std::span<const HiddenOutcome> cold, size_t n_subjects,
                                       const Factors& columns, ThreadTeam& team, Monitor& monitor);

}  // namespace subjrec
