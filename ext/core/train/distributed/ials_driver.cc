#include <algorithm>
#include <span>
#include <utility>

#include "core/train/calibration_set.h"
#include "core/train/distributed/ials_layout.h"
#include "core/train/distributed/ials_shards.h"
#include "core/train/ials/exact_gramian.h"
#include "core/train/ials/ials_passes.h"
#include "core/train/ials/ials_trainer.h"

namespace subjrec {
namespace {

using Phase = DistributedState::Phase;

/// The driver's own work is small beside that of the shards.
struct Driver {
  explicit Driver(const DistributedState& state)
      : team(resolve_threads(state.options.threads)),
        dim(static_cast<size_t>(state.options.embedding_dim)) {}
  ThreadTeam team;
  size_t dim;
};

Status turn_columns(Driver& driver, DistributedState* state, Monitor& monitor) {
  SUBJREC_ASSIGN(const auto solver,
                 LeastSquaresSolver::prepare(&state->ials.columns, state->options.unobserved_weight,
                                             driver.team, monitor));
  state->ials.diagonal = solver.diagonal();
  return {};
}

/// The curves from what was kept out, as IalsTrainer fits them.
Status calibrate(Driver& driver, DistributedState* state, Monitor& monitor) {
  const IalsRun& run = state->ials;
  const Interactions& y = run.kept.interactions;
  const SparseRows& f = run.kept.features;
  const auto solver = LeastSquaresSolver::turned(run.columns, run.diagonal);
  SUBJREC_ASSIGN(const SparseRows rows, laid_out(run.kept, *state, false, monitor));
  SUBJREC_ASSIGN(Factors works, Factors::zeros(rows.n_rows, driver.dim, monitor));
  SUBJREC_ASSIGN(const std::vector<double> penalty, penalties_of(rows, state->options, monitor));
  SUBJREC_TRY(solver.solve_all(rows, penalty, &works, driver.team, monitor));
  std::vector<HiddenOutcome> pairs;
  std::vector<std::vector<float>> vectors;
  std::vector<HiddenOutcome> cold;
  for (size_t w = 0; w < run.hidden.size(); ++w) {
    if (run.hidden[w] != kAllHidden) {
      pairs.push_back({works.row(w), y.row(w), run.hidden[w]});
      continue;
    }
    const size_t n = f.offsets[w + 1] - f.offsets[w];
    vectors.push_back(vector_of_features({f.columns.data() + f.offsets[w], n},
                                         {f.weights.data() + f.offsets[w], n}, y.n_subjects, solver,
                                         state->options));
    cold.push_back({vectors.back().data(), y.row(w), kAllHidden});
  }
  SUBJREC_ASSIGN(const IalsCalibration made,
                 calibrate_ials(pairs, cold, y.n_subjects, run.columns, driver.team, monitor));
  set_calibration(made.calibration, &state->model);
  state->model.cold_curve = made.cold_curve;
  state->model.calibration_pairs = pairs.size();
  state->model.calibration_works = cold.size();
  return {};
}

Status finish_ials(DistributedState* state) {
  Model& model = state->model;
  const IalsRun& run = state->ials;
  const std::vector<float> columns = packed(run.columns);
  const auto middle =
      columns.begin() + static_cast<ptrdiff_t>(state->subjects.size() * run.columns.dim);
  model.kind = &kIals.model;
  model.dim = run.columns.dim;
  model.subjects.assign(columns.begin(), middle);
  model.feature_inputs.assign(middle, columns.end());
  model.unobserved_weight = state->options.unobserved_weight;
  model.regularization = state->options.regularization;
  model.regularization_exponent = state->options.regularization_exponent;
  model.feature_weight = state->options.feature_weight;
  std::vector<double> diagonal = run.diagonal;
  state->ials = IalsRun();
  state->ials.diagonal = std::move(diagonal);
  state->phase = Phase::kDone;
  if (all_finite(model)) return {};
  return {Code::kInvalid,
          "the training diverged: its embeddings are not finite numbers any more; try a smaller "
          "init_stddev or a larger regularization"};
}

}  // namespace

Status start_ials(DistributedState* state, Monitor& monitor) {
  Driver driver(*state);
  const size_t n_columns = state->subjects.size() + state->features.size();
  state->ials.exchange = state->digest;
  SUBJREC_ASSIGN(state->ials.columns, Factors::zeros(n_columns, driver.dim, monitor));
  SUBJREC_TRY(draw_columns(state->options, &state->ials.columns, driver.team, monitor));
  SUBJREC_TRY(turn_columns(driver, state, monitor));
  state->phase = Phase::kWorks;
  return {};
}

Status next_after_works(const Pieces& pieces, DistributedState* state, Monitor& monitor) {
  Driver driver(*state);
  ExactGramian gram(driver.dim);
  int64_t objective = 0;
  for (const auto& [shard, piece] : pieces) {
    ByteReader in(piece);
    objective += in.number<int64_t>();
    const auto n = in.number<uint64_t>();
    bool sound = true;
    for (uint64_t i = 0; i < n && in.good() && sound; ++i) {
      const auto power = in.number<int32_t>();
      sound = gram.add_sums(power, in.array<int64_t>());
    }
    if (!in.finished() || !sound) return no_piece();
  }
  IalsRun& run = state->ials;
  const uint64_t n_works = state->total().works;
  // Of the last epoch, where what was kept out has just been brought in.
  const bool again = run.brought_in && state->epoch < state->options.epochs;
  if (state->epoch > 0 && !again) {
    state->loss = mean_objective(objective, n_works, run.columns,
                                 row_penalties(run.column_weights, n_works, state->options));
    state->history.push_back({state->epoch, state->epoch, "loss", state->loss});
  }
  if (state->epoch == state->options.epochs) {
    if (!run.brought_in) SUBJREC_TRY(calibrate(driver, state, monitor));
    return finish_ials(state);
  }
  // Where the last epoch is not the only one, it brings in what those before did without.
  if (state->epoch + 1 == state->options.epochs && state->epoch > 0 && !again) {
    SUBJREC_TRY(calibrate(driver, state, monitor));
    run.brought_in = true;
    return {};  // works are solved again: those that had nothing teach nothing
  }
  SUBJREC_ASSIGN(run.works_turn,
                 eigen_turn(gram.value(), driver.dim, state->options.unobserved_weight, monitor));
  state->phase = Phase::kColumns;
  return {};
}

Status next_after_columns(const Pieces& pieces, DistributedState* state, Monitor& monitor) {
  Driver driver(*state);
  IalsRun& run = state->ials;
  run.column_weights.assign(run.columns.size(), 0.0);
  const std::vector<uint32_t> owners = column_owners(*state);
  std::vector<std::vector<float>> rows(state->shards);
  std::vector<std::vector<double>> weights(state->shards);
  for (const auto& [shard, piece] : pieces) {
    ByteReader in(piece);
    rows[shard] = in.array<float>();
    weights[shard] = in.array<double>();
    const auto n = static_cast<size_t>(std::count(owners.begin(), owners.end(), shard));
    if (!in.finished() || weights[shard].size() != n || rows[shard].size() != n * driver.dim) {
      return no_piece();
    }
  }
  std::vector<size_t> next(state->shards, 0);
  for (size_t c = 0; c < owners.size(); ++c) {
    const size_t at = next[owners[c]]++;
    std::copy_n(rows[owners[c]].data() + at * driver.dim, driver.dim, run.columns.row(c));
    run.column_weights[c] = weights[owners[c]][at];
  }
  ++state->epoch;
  SUBJREC_TRY(turn_columns(driver, state, monitor));
  run.works_turn = {};
  state->phase = Phase::kWorks;
  return {};
}

}  // namespace subjrec
