#include "core/train/distributed/composed_shards.h"

#include <algorithm>
#include <utility>

#include "core/train/composed/calibration_evaluator.h"
#include "core/train/composed/composed_batches.h"
#include "core/train/composed/composed_model.h"
#include "core/train/composed/composed_rounds.h"
#include "core/train/distributed/ials_layout.h"

namespace subjrec {
namespace {

using Phase = DistributedState::Phase;

TrainData data_of(const DistributedState& state, const ShardRows& shard_rows) {
  TrainData data;
  data.interactions = shard_rows.interactions;
  data.work_keys = hashes_of(shard_rows.works);
  data.work_features = shard_rows.features;
  // Without features of their own the works still have the columns of all.
  SparseRows& f = data.work_features;
  if (f.n_rows == 0 && state.features.size() > 0) {
    f.n_rows = shard_rows.works.size();
    f.offsets.assign(f.n_rows + 1, 0);
  }
  f.n_columns = state.features.size();
  return data;
}

CalibrationSet kept_of(const DistributedState& state, const ShardRows& shard_rows) {
  CalibrationSet set;
  for (uint32_t w = 0; w < shard_rows.works.size(); ++w) {
    const auto at = state.ials.kept.works.find(shard_rows.works[w]);
    if (!at) continue;
    const uint32_t hidden = state.ials.hidden[*at];
    if (hidden == kAllHidden) {
      set.cold_works.push_back(w);
    } else {
      set.pairs.push_back({w, hidden});
    }
  }
  return set;
}

std::vector<uint32_t> subject_counts(const DistributedState& state) {
  return {state.subject_works.begin(), state.subject_works.end()};
}

/// The network, and the examples of some works, by what is known of the whole catalogue.
struct Local {
  Local(const DistributedState& state, const ShardRows& shard_rows)
      : options(state.options),
        data(data_of(state, shard_rows)),
        examples(data, options, kept_of(state, shard_rows), state.feature_works),
        network(data, examples.n_inputs(),
                log_popularity_of(subject_counts(state), state.total().pairs), options),
        team(resolve_threads(options.threads)) {
    network.set_regularization(state.composed.regularization);
  }
  void take(SparseAdam subjects, SparseAdam inputs) {
    network.subjects().own() = std::move(subjects);
    network.inputs().own() = std::move(inputs);
  }
  const TrainOptions& options;
  TrainData data;
  ExampleSource examples;
  ComposedNetwork network;
  ThreadTeam team;
};

void write_rows(const ChangedRows& changed, ByteWriter* out) {
  out->array(changed.rows);
  out->array(changed.value);
  out->array(changed.first);
  out->array(changed.second);
}

ChangedRows read_rows(const SparseAdam& table, ByteReader* in) {
  ChangedRows changed;
  changed.rows = in->array<uint32_t>();
  changed.value = in->array<float>();
  changed.first = in->array<float>();
  changed.second = in->array<float>();
  const std::vector<uint32_t>& rows = changed.rows;
  const size_t size = rows.size() * table.stride;
  if (changed.value.size() != size || changed.first.size() != size ||
      changed.second.size() != size || (!rows.empty() && rows.back() >= table.rows()) ||
      std::adjacent_find(rows.begin(), rows.end(), std::greater_equal<>()) != rows.end()) {
    in->fail();
  }
  return changed;
}

Status check_claims(const Pieces& inbox) {
  Claims claims;
  for (const auto& [from, piece] : inbox) {
    ByteReader in(piece);
    static_cast<void>(in.text());
    const IdTable claimed = in.ids();
    if (!in.finished()) return no_piece();
    SUBJREC_TRY(claims.add(from, claimed));
  }
  return {};
}

/// After the last round of an epoch: what is settled by the pairs that are kept out, and after the
/// last epoch the model.
Status end_epoch(DistributedState* state, Monitor& monitor) {
  ComposedRun& run = state->composed;
  const TrainOptions& options = state->options;
  const int64_t epoch = ++state->epoch;
  const int64_t step = epoch * options.rounds;
  state->loss = run.examples == 0 ? 0 : run.loss / static_cast<double>(run.examples);
  state->history.push_back({step, epoch, "loss", state->loss});
  run.round = 0;
  run.loss = 0;
  run.examples = 0;
  Local local(*state, state->ials.kept);
  local.take(std::move(run.subjects), std::move(run.inputs));
  const CalibrationEvaluator evaluator(local.data, local.examples, local.network, local.team);
  SUBJREC_TRY(settle_regularization(options, step, epoch, local.examples, evaluator, &local.network,
                                    &state->history, local.team, monitor));
  if (epoch < options.epochs) {
    run.regularization = local.network.regularization();
    run.subjects = std::move(local.network.subjects().own());
    run.inputs = std::move(local.network.inputs().own());
    return {};
  }
  SUBJREC_ASSIGN(state->model, composed_model(&local.network, local.examples, local.team, monitor));
  SUBJREC_TRY(calibrate(evaluator, &state->model, monitor));
  run = ComposedRun();
  state->ials = IalsRun();
  state->phase = Phase::kDone;
  if (all_finite(state->model)) return {};
  return {Code::kInvalid,
          "the training diverged: its embeddings are not finite numbers any more; try a smaller "
          "learning_rate"};
}

}  // namespace

Status start_composed(DistributedState* state, Monitor& monitor) {
  state->ials.exchange = state->digest;
  state->composed.regularization = state->options.regularization;
  Local local(*state, state->ials.kept);
  SUBJREC_TRY(local.network.initialise([&](size_t input) { return local.examples.used(input); },
                                       local.team, monitor));
  state->composed.subjects = std::move(local.network.subjects().own());
  state->composed.inputs = std::move(local.network.inputs().own());
  state->phase = Phase::kRound;
  return {};
}

Result<std::string> round_piece(const DistributedState& state, uint32_t shard,
                                const ShardRows& shard_rows, const Pieces& inbox,
                                Monitor& monitor) {
  SUBJREC_TRY(check_claims(inbox));
  Local local(state, shard_rows);
  local.take(state.composed.subjects, state.composed.inputs);
  NegativeSampler sampler(subject_counts(state), negative_count(state.options));
  const ShardTraining training{local.data.interactions, local.examples, state.options, sampler};
  RoundResult result;
  SUBJREC_TRY(train_round({state.epoch + 1, state.composed.round, shard}, local.examples.works(),
                          training, {state.composed.subjects, state.composed.inputs},
                          &local.network, local.team, monitor, &result));
  ByteWriter out;
  write_rows(result.subjects, &out);
  write_rows(result.inputs, &out);
  out.number(result.loss);
  out.number(result.examples);
  return out.take();
}

Status next_after_round(const Pieces& pieces, DistributedState* state, Monitor& monitor) {
  ComposedRun& run = state->composed;
  RowMerge merged_subjects;
  RowMerge merged_inputs;
  for (const auto& [shard, piece] : pieces) {
    ByteReader in(piece);
    RoundResult result;
    result.subjects = read_rows(run.subjects, &in);
    result.inputs = read_rows(run.inputs, &in);
    result.loss = in.number<double>();
    result.examples = in.number<uint64_t>();
    if (!in.finished()) return no_piece();
    run.loss += result.loss;
    run.examples += result.examples;
    SUBJREC_TRY(merged_subjects.add(result.subjects, run.subjects, monitor));
    SUBJREC_TRY(merged_inputs.add(result.inputs, run.inputs, monitor));
  }
  SUBJREC_TRY(merged_subjects.apply(&run.subjects, nullptr, monitor));
  SUBJREC_TRY(merged_inputs.apply(&run.inputs, nullptr, monitor));
  if (++run.round < state->options.rounds) return {};
  return end_epoch(state, monitor);
}

Result<std::vector<float>> compose_rows(const DistributedState& state, const ShardRows& shard_rows,
                                        Monitor& monitor) {
  const Model& model = state.model;
  Local local(state, shard_rows);
  const size_t dim = local.network.dim();
  const size_t n_subjects = state.subjects.size();
  const size_t n_inputs = local.examples.n_inputs();
  if (model.dim != dim || model.subject_inputs.size() != n_subjects * dim ||
      model.feature_inputs.size() != (n_inputs - n_subjects) * dim) {
    return Status(Code::kCorrupt, "is damaged: it does not say how works are embedded");
  }
  SparseAdam& inputs = local.network.inputs().own();
  SUBJREC_TRY(inputs.allocate(monitor));
  for (size_t i = 0; i < n_inputs; ++i) {
    const float* from = i < n_subjects ? model.subject_inputs.data() + i * dim
                                       : model.feature_inputs.data() + (i - n_subjects) * dim;
    std::copy_n(from, dim, inputs.value.data() + i * inputs.stride);
  }
  return compose_works(local.network, local.examples, shard_rows.works.size(), local.team, monitor);
}

}  // namespace subjrec
