#include "core/train/distributed/ials_shards.h"

#include <algorithm>
#include <span>
#include <utility>

#include "core/linalg/columns.h"
#include "core/train/calibration_set.h"
#include "core/train/distributed/gathered.h"
#include "core/train/distributed/ials_layout.h"
#include "core/train/ials/exact_gramian.h"
#include "core/train/ials/ials_passes.h"

namespace subjrec {
namespace {

ThreadTeam team_of(const DistributedState& state) {
  return ThreadTeam(resolve_threads(state.options.threads));
}

Result<Factors> solved(const LeastSquaresSolver& solver, const SparseRows& rows, size_t dim,
                       const TrainOptions& options, ThreadTeam& team, Monitor& monitor) {
  SUBJREC_ASSIGN(Factors works, Factors::zeros(rows.n_rows, dim, monitor));
  SUBJREC_ASSIGN(const std::vector<double> penalty, penalties_of(rows, options, monitor));
  SUBJREC_TRY(solver.solve_all(rows, penalty, &works, team, monitor));
  return works;
}

/// Works and claims of one shard, for another.
std::string encode_sent(const ShardRows& shard_rows, const IdTable& claims) {
  ByteWriter out;
  out.text(encode_rows(shard_rows));
  out.ids(claims);
  return out.take();
}

}  // namespace

Result<Pieces> exchange_pieces(const DistributedState& state, const ShardRows& shard_rows,
                               Monitor& monitor) {
  Poll poll(monitor, 1 << 12);
  const std::vector<uint32_t> owners = column_owners(state);
  const size_t n_subjects = state.subjects.size();
  std::vector<std::vector<uint32_t>> works_for(state.shards);
  std::vector<IdTable> claims(state.shards);
  const auto send = [&](size_t w, uint32_t column) {
    auto& works = works_for[owners[column]];
    if (works.empty() || works.back() != w) works.push_back(static_cast<uint32_t>(w));
  };
  const bool claims_alone = state.options.algorithm == "composed";
  for (size_t w = 0; w < shard_rows.works.size(); ++w) {
    if (poll.stop()) return Status::interrupted();
    // Each work is claimed at one shard, which sees where two claim it.
    claims[hash_id(shard_rows.works[w]) % state.shards].intern(shard_rows.works[w]);
    if (claims_alone) continue;
    for (const uint32_t s : shard_rows.interactions.row(w)) send(w, s);
    const SparseRows& f = shard_rows.features;
    for (size_t e = f.n_rows == 0 ? 0 : f.offsets[w]; f.n_rows > 0 && e < f.offsets[w + 1]; ++e) {
      send(w, static_cast<uint32_t>(n_subjects) + f.columns[e]);
    }
  }
  Pieces pieces;
  for (uint32_t k = 0; k < state.shards; ++k) {
    if (monitor.stop()) return Status::interrupted();
    pieces[k] = encode_sent(some_of(shard_rows, works_for[k]), claims[k]);
  }
  return pieces;
}

Result<std::string> works_piece(const DistributedState& state, const ShardRows& shard_rows,
                                Monitor& monitor) {
  ThreadTeam team = team_of(state);
  const IalsRun& run = state.ials;
  SUBJREC_ASSIGN(const SparseRows rows, laid_out(shard_rows, state, run.brought_in, monitor));
  const auto solver = LeastSquaresSolver::turned(run.columns, run.diagonal);
  SUBJREC_ASSIGN(const Factors works,
                 solved(solver, rows, run.columns.dim, state.options, team, monitor));
  ExactGramian gram(works.dim);
  SUBJREC_TRY(gram.add(works, team, monitor));
  SUBJREC_ASSIGN(const int64_t objective, works_objective(rows, works, run.columns, team, monitor));
  ByteWriter out;
  out.number(objective);
  out.number<uint64_t>(gram.sums().size());
  for (const auto& [power, sums] : gram.sums()) {
    out.number(power);
    out.array(sums);
  }
  return out.take();
}

Result<std::string> columns_piece(const DistributedState& state, uint32_t shard,
                                  const Pieces& inbox, Monitor& monitor) {
  const IalsRun& run = state.ials;
  const size_t n_subjects = state.subjects.size();
  const size_t n_features = state.features.size();
  ShardRows shard_rows;
  {
    Gathered all;
    Claims claims;
    for (const auto& [from, piece] : inbox) {
      ByteReader in(piece);
      const auto sent = decode_rows(in.text(), n_subjects, n_features);
      const IdTable claimed = in.ids();
      if (!in.finished() || !sent.ok()) return no_piece();
      SUBJREC_TRY(claims.add(from, claimed));
      SUBJREC_TRY(all.add(from, *sent, monitor));
    }
    SUBJREC_ASSIGN(TrainData data, all.sorted(n_subjects, n_features, monitor));
    shard_rows.works = all.works();
    shard_rows.interactions = std::move(data.interactions);
    shard_rows.features = std::move(data.work_features);
  }
  ThreadTeam team = team_of(state);
  const auto solver = LeastSquaresSolver::turned(run.columns, run.diagonal);
  SUBJREC_ASSIGN(const SparseRows rows, laid_out(shard_rows, state, run.brought_in, monitor));
  SUBJREC_ASSIGN(Factors works,
                 solved(solver, rows, run.columns.dim, state.options, team, monitor));
  SUBJREC_TRY(turn_rows(run.works_turn, &works, team, monitor));
  SUBJREC_ASSIGN(const SparseRows by_column,
                 transposed(only_columns(rows, columns_of(state, shard)), monitor));
  SUBJREC_ASSIGN(const std::vector<double> weights, row_weights(by_column, monitor));
  const auto by_works = LeastSquaresSolver::turned(works, run.works_turn.diagonal);
  SUBJREC_ASSIGN(Factors columns, Factors::zeros(by_column.n_rows, works.dim, monitor));
  SUBJREC_TRY(by_works.solve_all(by_column,
                                 row_penalties(weights, state.total().works, state.options),
                                 &columns, team, monitor));
  ByteWriter out;
  out.array(packed(columns));
  out.array(weights);
  return out.take();
}

Result<std::vector<float>> solve_works(const DistributedState& state, const ShardRows& shard_rows,
                                       Monitor& monitor) {
  ThreadTeam team = team_of(state);
  std::vector<float> values = state.model.subjects;
  values.insert(values.end(), state.model.feature_inputs.begin(), state.model.feature_inputs.end());
  const size_t n_columns = state.subjects.size() + state.features.size();
  if (values.size() != n_columns * state.model.dim ||
      state.ials.diagonal.size() != state.model.dim) {
    return Status(Code::kCorrupt, "is damaged: it does not say how works are embedded");
  }
  const Factors columns = unpacked(values, state.model.dim);
  const auto solver = LeastSquaresSolver::turned(columns, state.ials.diagonal);
  SUBJREC_ASSIGN(const SparseRows rows, laid_out(shard_rows, state, true, monitor));
  SUBJREC_ASSIGN(const Factors works,
                 solved(solver, rows, columns.dim, state.options, team, monitor));
  return packed(works);
}

}  // namespace subjrec
