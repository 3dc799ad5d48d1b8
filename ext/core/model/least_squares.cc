#include "core/model/least_squares.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/portable_math.h"
#include "core/linalg/gemm.h"
#include "core/linalg/symmetric_eigen.h"
#include "core/model/least_squares_kernels.h"

namespace subjrec {
namespace {

constexpr size_t kRowsPerPiece = 256;
constexpr size_t kChunk = 2048;    // entries gathered at a time for a primal system
constexpr size_t kLongRow = 4096;  // entries from which all threads share one row

MatrixView view(const Factors& v, size_t begin, size_t end) {
  return {v.row(begin), end - begin, v.dim, v.stride, 1};
}

}  // namespace

Result<std::vector<double>> gramian(const Factors& v, ThreadTeam& team, Monitor& monitor) {
  constexpr size_t kRows = 1024;
  const size_t pieces = (v.size() + kRows - 1) / kRows;
  const size_t cells = v.dim * v.dim;
  std::vector<double> total(cells, 0.0);
  // As many partial sums at a time as stay small.
  const size_t round = std::clamp<size_t>((size_t{1} << 22) / cells, 1, 64);
  std::vector<float> partial(std::min(round, pieces) * cells);
  for (size_t first = 0; first < pieces; first += round) {
    const size_t count = std::min(round, pieces - first);
    std::fill(partial.begin(), partial.end(), 0.0f);
    SUBJREC_TRY(team.run(
        count,
        [&](size_t p) {
          const size_t begin = (first + p) * kRows;
          const MatrixView rows = view(v, begin, std::min(v.size(), begin + kRows));
          multiply_add(1, rows.transposed(), rows, partial.data() + p * cells, v.dim);
        },
        monitor));
    for (size_t p = 0; p < count; ++p) {
      for (size_t i = 0; i < cells; ++i) total[i] += double{partial[p * cells + i]};
    }
  }
  return total;
}

double frequency_penalty(double entries, size_t length, double unobserved_weight,
                         double regularization, double exponent) {
  const double frequency = entries + unobserved_weight * static_cast<double>(length);
  if (exponent == 0 || frequency <= 0) return regularization;
  return regularization *
         (exponent == 1 ? frequency : portable_exp(exponent * portable_log(frequency)));
}

LeastSquaresSolver LeastSquaresSolver::in_eigenbasis(const Factors& v, double unobserved_weight) {
  LeastSquaresSolver solver;
  solver.v_ = &v;
  solver.diagonal_.assign(v.dim, 0.0);
  for (size_t i = 0; i < v.size(); ++i) {
    for (size_t k = 0; k < v.dim; ++k) {
      solver.diagonal_[k] += unobserved_weight * double{v.row(i)[k]} * double{v.row(i)[k]};
    }
  }
  return solver;
}

Result<EigenTurn> eigen_turn(std::vector<double> gramian, size_t dim, double unobserved_weight,
                             Monitor& monitor) {
  SUBJREC_ASSIGN(const SymmetricEigen eigen, symmetric_eigen(std::move(gramian), dim, monitor));
  EigenTurn turn;
  turn.basis.resize(dim * dim);
  for (size_t j = 0; j < dim; ++j) {
    turn.diagonal.push_back(unobserved_weight * std::max(eigen.values[j], 0.0));
    // The sign is free: let the element of greatest size be positive.
    const double* vector = eigen.vectors.data() + j * dim;
    const double* greatest = std::max_element(
        vector, vector + dim, [](double a, double b) { return std::fabs(a) < std::fabs(b); });
    const double sign = *greatest < 0 ? -1 : 1;
    for (size_t i = 0; i < dim; ++i) turn.basis[i * dim + j] = static_cast<float>(sign * vector[i]);
  }
  return turn;
}

Status turn_rows(const EigenTurn& turn, Factors* v, ThreadTeam& team, Monitor& monitor) {
  const PackedMatrix rotation(row_major(turn.basis.data(), v->dim, v->dim));
  constexpr size_t kRows = 512;
  return team.run((v->size() + kRows - 1) / kRows,
                  [&](size_t p) {
                    const size_t begin = p * kRows;
                    const size_t end = std::min(v->size(), begin + kRows);
                    std::vector<float> turned((end - begin) * v->stride, 0.0f);
                    multiply_add(1, view(*v, begin, end), rotation, turned.data(), v->stride);
                    std::copy(turned.begin(), turned.end(), v->row(begin));
                  },
                  monitor);
}

LeastSquaresSolver LeastSquaresSolver::turned(const Factors& v, std::vector<double> diagonal) {
  LeastSquaresSolver solver;
  solver.v_ = &v;
  solver.diagonal_ = std::move(diagonal);
  return solver;
}

Result<LeastSquaresSolver> LeastSquaresSolver::prepare(Factors* v, double unobserved_weight,
                                                       ThreadTeam& team, Monitor& monitor) {
  SUBJREC_ASSIGN(std::vector<double> gram, gramian(*v, team, monitor));
  SUBJREC_ASSIGN(EigenTurn turn, eigen_turn(std::move(gram), v->dim, unobserved_weight, monitor));
  SUBJREC_TRY(turn_rows(turn, v, team, monitor));
  return turned(*v, std::move(turn.diagonal));
}

void LeastSquaresSolver::solve_primal(std::span<const uint32_t> index,
                                      std::span<const float> weights, double regularization,
                                      float* w, ThreadTeam* team, Monitor* monitor,
                                      Status* status) const {
  const size_t dim = v_->dim;
  thread_local std::vector<float> gathered;
  thread_local std::vector<float> system;
  gathered.resize(std::min(kChunk, index.size()) * dim);
  system.assign(dim * dim, 0.0f);
  std::fill(w, w + v_->stride, 0.0f);
  for (size_t begin = 0; begin < index.size(); begin += kChunk) {
    const size_t count = std::min(kChunk, index.size() - begin);
    for (size_t e = 0; e < count; ++e) {
      const float* v = v_->row(index[begin + e]);
      const float weight = weights[begin + e];
      const float root = std::sqrt(weight);
      for (size_t k = 0; k < dim; ++k) gathered[e * dim + k] = root * v[k];
      for (size_t k = 0; k < dim; ++k) w[k] += weight * v[k];
    }
    const MatrixView rows = row_major(gathered.data(), count, dim);
    if (team == nullptr) {
      multiply_add(1, rows.transposed(), rows, system.data(), dim);
      continue;
    }
    const PackedMatrix packed(rows);
    constexpr size_t kPiece = 32;
    float* whole = system.data();
    *status = team->run(
        (dim + kPiece - 1) / kPiece,
        [&](size_t p) {
          const size_t first = p * kPiece;
          multiply_add(1, rows.transposed().block(first, 0, std::min(kPiece, dim - first), count),
                       packed, whole + first * dim, dim);
        },
        *monitor);
    if (!status->ok()) return;
  }
  for (size_t k = 0; k < dim; ++k) {
    system[k * dim + k] += static_cast<float>(diagonal_[k] + regularization);
  }
  cholesky_solve(system.data(), dim, dim, w);
}

void LeastSquaresSolver::solve(std::span<const uint32_t> index, std::span<const float> weights,
                               double regularization, float* w) const {
  const size_t n = index.size();
  if (n == 0) {
    std::fill(w, w + v_->stride, 0.0f);
    return;
  }
  if (n >= v_->dim) {
    solve_primal(index, weights, regularization, w, nullptr, nullptr, nullptr);
    return;
  }
  thread_local std::vector<float> scratch;
  const size_t stride = v_->stride;
  scratch.resize(stride + n * stride + n * n + 2 * n);
  for (size_t k = 0; k < stride; ++k) {
    const double d = k < v_->dim ? diagonal_[k] + regularization : 0;
    scratch[k] = d > 0 ? static_cast<float>(1 / d) : 0.0f;
  }
  solve_dual(v_->values.data(), stride, index.data(), weights.data(), n, scratch.data(),
             scratch.data() + stride, w);
}

Status LeastSquaresSolver::solve_all(const SparseRows& rows, std::span<const double> regularization,
                                     Factors* w, ThreadTeam& team, Monitor& monitor) const {
  const auto entries = [&](size_t r) {
    return std::span<const uint32_t>(rows.columns.data() + rows.offsets[r],
                                     rows.offsets[r + 1] - rows.offsets[r]);
  };
  const auto weights = [&](size_t r) {
    return std::span<const float>(rows.weights.data() + rows.offsets[r],
                                  rows.offsets[r + 1] - rows.offsets[r]);
  };
  // Pieces of some rows with some thousand entries; long rows by themselves, afterwards.
  std::vector<size_t> cuts{0};
  std::vector<size_t> longest;
  size_t filled = 0;
  for (size_t r = 0; r < rows.n_rows; ++r) {
    const size_t n = entries(r).size();
    if (n >= kLongRow) {
      longest.push_back(r);
    } else {
      filled += n;
    }
    if (filled >= kLongRow || r + 1 - cuts.back() >= kRowsPerPiece) {
      cuts.push_back(r + 1);
      filled = 0;
    }
  }
  if (cuts.back() < rows.n_rows) cuts.push_back(rows.n_rows);
  SUBJREC_TRY(team.run(
      cuts.size() - 1,
      [&](size_t p) {
        for (size_t r = cuts[p]; r < cuts[p + 1]; ++r) {
          if (entries(r).size() < kLongRow) {
            solve(entries(r), weights(r), regularization[r], w->row(r));
          }
        }
      },
      monitor));
  for (const size_t r : longest) {
    Status status;
    solve_primal(entries(r), weights(r), regularization[r], w->row(r), &team, &monitor, &status);
    SUBJREC_TRY(status);
  }
  return {};
}

}  // namespace subjrec
