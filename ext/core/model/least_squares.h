// Half a pass of exact ALS: every row of one side, given the other side.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/data/interactions.h"

namespace subjrec {

/// Vectors, one a row, in `stride` floats each: dim rounded up to 16, zero beyond dim.
struct Factors {
  Factors() = default;
  Factors(size_t n, size_t dim_)
      : dim(dim_), stride((dim_ + 15) / 16 * 16), values(n * stride, 0.0f) {}
  /// The same, a piece at a time.
  static Result<Factors> zeros(size_t n, size_t dim, Monitor& monitor) {
    Factors factors(0, dim);
    SUBJREC_TRY(grow_zeroed(&factors.values, n * factors.stride, monitor));
    return factors;
  }

  size_t dim = 0;
  size_t stride = 0;
  std::vector<float> values;

  size_t size() const { return stride == 0 ? 0 : values.size() / stride; }
  float* row(size_t i) { return values.data() + i * stride; }
  const float* row(size_t i) const { return values.data() + i * stride; }
};

/// The eigenbasis of a Gramian V'V, greatest eigenvalue first.
struct EigenTurn {
  std::vector<float> basis;      // dim x dim: V basis is V in the eigenbasis
  std::vector<double> diagonal;  // unobserved_weight times the eigenvalues
};
Result<EigenTurn> eigen_turn(std::vector<double> gramian, size_t dim, double unobserved_weight,
                             Monitor& monitor);
/// Turns all rows; each gets the same bytes among whichever others it is.
Status turn_rows(const EigenTurn& turn, Factors* v, ThreadTeam& team, Monitor& monitor);

/// For every row u the vector w that minimises
///
///   sum over its entries (i, c) of c (1 - w . v_i)^2
///     + unobserved_weight * sum over all i of (w . v_i)^2  +  regularization[u] |w|^2.
///
/// In the eigenbasis of the Gramian V'V the last two terms are a diagonal D, so a row of n entries
/// needs either the n x n dual system or the dim x dim primal one; it gets the smaller.
class LeastSquaresSolver {
 public:
  /// Turns `v` into the eigenbasis of its Gramian, greatest eigenvalue first. Keeps a reference.
  static Result<LeastSquaresSolver> prepare(Factors* v, double unobserved_weight, ThreadTeam& team,
                                            Monitor& monitor);

  /// The same for a `v` that was turned already, with the diagonal of its turn.
  static LeastSquaresSolver turned(const Factors& v, std::vector<double> diagonal);

  /// The same for a `v` that is in the eigenbasis of its Gramian already.
  static LeastSquaresSolver in_eigenbasis(const Factors& v, double unobserved_weight);

  /// One row; any number of threads may ask. `w` has v's stride.
  void solve(std::span<const uint32_t> index, std::span<const float> weights, double regularization,
             float* w) const;

  /// For each entry of one row the w . v_i that the row would have if that entry were not there. A
  /// row of n entries takes the memory of the smaller of an n x n and a dim x dim matrix (and, up
  /// to 256 entries, of n x n and n x dim).
  Status scores_without(std::span<const uint32_t> index, std::span<const float> weights,
                        double regularization, std::vector<double>* scores, Monitor& monitor) const;
  static uint64_t scores_without_bytes(size_t longest_row, size_t dim);

  /// All rows, into `w`.
  Status solve_all(const SparseRows& rows, std::span<const double> regularization, Factors* w,
                   ThreadTeam& team, Monitor& monitor) const;

  const Factors& vectors() const { return *v_; }
  /// unobserved_weight times the eigenvalues.
  const std::vector<double>& diagonal() const { return diagonal_; }

 private:
  void scores_without_dense(std::span<const uint32_t> index, std::span<const float> weights,
                            double regularization, std::vector<double>* scores) const;
  Status scores_without_dual(std::span<const uint32_t> index, std::span<const float> weights,
                             double regularization, std::vector<double>* scores,
                             Monitor& monitor) const;
  Status scores_without_primal(std::span<const uint32_t> index, std::span<const float> weights,
                               double regularization, std::vector<double>* scores,
                               Monitor& monitor) const;
  void solve_primal(std::span<const uint32_t> index, std::span<const float> weights,
                    double regularization, float* w, ThreadTeam* team, Monitor* monitor,
                    Status* status) const;

  const Factors* v_ = nullptr;
  std::vector<double> diagonal_;
};

/// regularization * (entries + unobserved_weight * length)^exponent, where `entries` is the sum of
/// the weights of a row's entries and `length` the number of its cells.
double frequency_penalty(double entries, size_t length, double unobserved_weight,
                         double regularization, double exponent);

/// The Gramian V'V, dim x dim row-major.
Result<std::vector<double>> gramian(const Factors& v, ThreadTeam& team, Monitor& monitor);

}  // namespace subjrec
