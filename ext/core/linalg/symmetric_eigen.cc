#include "core/linalg/symmetric_eigen.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "core/linalg/lane_dot.h"

namespace subjrec {
namespace {

/// Turns a row or column at a time, and asks the monitor after some 4 million multiplications.
class Solver {
 public:
  Solver(std::vector<double> a, size_t n, Monitor& monitor)
      : n_(n),
        a_(std::move(a)),
        diagonal_(n),
        beside_(n),
        scale_(n),
        poll_(monitor, static_cast<uint32_t>((size_t{1} << 22) / (n * n + 1) + 1)),
        turns_(monitor, static_cast<uint32_t>((size_t{1} << 22) / (n + 1) + 1)) {}

  Result<SymmetricEigen> solve() {
    for (const double x : a_) largest_ = std::max(largest_, std::fabs(x));
    if (largest_ > 0) {
      for (double& x : a_) x /= largest_;
    }
    SUBJREC_TRY(tridiagonalize());
    SUBJREC_TRY(form_basis());
    for (size_t first = 0; first < n_; ++first) SUBJREC_TRY(converge(first));
    return in_order();
  }

 private:
  double* row(size_t i) { return a_.data() + i * n_; }

  /// A = Q T Q', Q = H_0 H_1 ..., H_k = I - scale_k v_k v_k'. v_k stays in row k, right of the
  /// diagonal.
  Status tridiagonalize() {
    std::vector<double> p(n_);
    for (size_t k = 0; k + 2 < n_; ++k) {
      if (poll_.stop()) return Status::interrupted();
      double* v = row(k);
      diagonal_[k] = v[k];
      double tail = 0;
      for (size_t j = k + 2; j < n_; ++j) tail += v[j] * v[j];
      beside_[k] = v[k + 1];
      // Beside a largest value of 1 this is nothing, and its inverse might be infinite.
      if (tail < 1e-200) continue;
      const double length = std::sqrt(v[k + 1] * v[k + 1] + tail);
      beside_[k] = v[k + 1] > 0 ? -length : length;
      v[k + 1] -= beside_[k];
      scale_[k] = 2 / (v[k + 1] * v[k + 1] + tail);
      reflect_both_sides(k, v, &p);
    }
    if (n_ >= 2) {
      diagonal_[n_ - 2] = row(n_ - 2)[n_ - 2];
      beside_[n_ - 2] = row(n_ - 2)[n_ - 1];
    }
    if (n_ >= 1) diagonal_[n_ - 1] = row(n_ - 1)[n_ - 1];
    return {};
  }

  /// The block right and below of (k, k) becomes H A H: A - v w' - w v'.
  void reflect_both_sides(size_t k, const double* v, std::vector<double>* p) {
    std::vector<double>& w = *p;
    std::fill(w.begin(), w.end(), 0.0);
    for (size_t i = k + 1; i < n_; ++i) {
      const double* from = row(i);
      const double factor = scale_[k] * v[i];
      for (size_t j = k + 1; j < n_; ++j) w[j] += factor * from[j];
    }
    const double along = lane_dot(w.data() + k + 1, v + k + 1, n_ - k - 1);
    for (size_t j = k + 1; j < n_; ++j) w[j] -= scale_[k] / 2 * along * v[j];
    for (size_t i = k + 1; i < n_; ++i) {
      double* to = row(i);
      const double vi = v[i];
      const double wi = w[i];
      for (size_t j = k + 1; j < n_; ++j) to[j] -= vi * w[j] + wi * v[j];
    }
  }

  /// basis_ = Q', so that row j is a column of Q.
  Status form_basis() {
    basis_.assign(n_ * n_, 0.0);
    for (size_t i = 0; i < n_; ++i) basis_[i * n_ + i] = 1;
    // Q' = ... H_1 H_0: each from the right, on the rows and columns that it does not leave alone.
    for (size_t k = n_ < 2 ? 0 : n_ - 2; k-- > 0;) {
      if (poll_.stop()) return Status::interrupted();
      if (scale_[k] == 0) continue;
      const double* v = row(k);
      for (size_t i = k + 1; i < n_; ++i) {
        double* to = basis_.data() + i * n_;
        const double along = scale_[k] * lane_dot(to + k + 1, v + k + 1, n_ - k - 1);
        for (size_t j = k + 1; j < n_; ++j) to[j] -= along * v[j];
      }
    }
    return {};
  }

  /// The first place from `first` on where the tridiagonal matrix falls apart.
  size_t end_of_block(size_t first) const {
    constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
    size_t at = first;
    while (at + 1 < n_ && std::fabs(beside_[at]) > kEpsilon * (std::fabs(diagonal_[at]) +
                                                               std::fabs(diagonal_[at + 1]))) {
      ++at;
    }
    return at;
  }

  Status converge(size_t first) {
    constexpr int kMost = 100;
    for (int round = 0; round < kMost; ++round) {
      const size_t last = end_of_block(first);
      if (last == first) return {};
      SUBJREC_TRY(sweep(first, last));
    }
    return {Code::kInvalid, "the eigenvalues of a matrix do not converge"};
  }

  /// One implicit QL step with Wilkinson's shift on rows first..last.
  Status sweep(size_t first, size_t last) {
    const double half = (diagonal_[first + 1] - diagonal_[first]) / (2 * beside_[first]);
    const double root = std::copysign(std::sqrt(half * half + 1), half);
    double bulge = diagonal_[last] - diagonal_[first] + beside_[first] / (half + root);
    double sine = 1;
    double cosine = 1;
    double moved = 0;
    for (size_t i = last; i-- > first;) {
      if (turns_.stop()) return Status::interrupted();
      const double f = sine * beside_[i];
      const double b = cosine * beside_[i];
      const double length = std::sqrt(f * f + bulge * bulge);
      beside_[i + 1] = length;
      if (length == 0) {  // it has fallen apart on the way
        diagonal_[i + 1] -= moved;
        beside_[last] = 0;
        return {};
      }
      sine = f / length;
      cosine = bulge / length;
      const double before = diagonal_[i + 1] - moved;
      const double mixed = (diagonal_[i] - before) * sine + 2 * cosine * b;
      moved = sine * mixed;
      diagonal_[i + 1] = before + moved;
      bulge = cosine * mixed - b;
      turn(i, sine, cosine);
    }
    diagonal_[first] -= moved;
    beside_[first] = bulge;
    beside_[last] = 0;
    return {};
  }

  void turn(size_t i, double sine, double cosine) {
    double* low = basis_.data() + i * n_;
    double* high = low + n_;
    for (size_t k = 0; k < n_; ++k) {
      const double from = high[k];
      high[k] = sine * low[k] + cosine * from;
      low[k] = cosine * low[k] - sine * from;
    }
  }

  SymmetricEigen in_order() const {
    std::vector<size_t> order(n_);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return diagonal_[a] > diagonal_[b]; });
    SymmetricEigen result;
    for (const size_t j : order) {
      result.values.push_back(diagonal_[j] * largest_);
      const auto from = basis_.begin() + static_cast<ptrdiff_t>(j * n_);
      result.vectors.insert(result.vectors.end(), from, from + static_cast<ptrdiff_t>(n_));
    }
    return result;
  }

  size_t n_;
  std::vector<double> a_;  // divided by largest_
  double largest_ = 0;
  std::vector<double> diagonal_;
  std::vector<double> beside_;  // the diagonal beside it; beside_[n - 1] is 0
  std::vector<double> scale_;
  std::vector<double> basis_;
  Poll poll_;
  Poll turns_;
};

}  // namespace

Result<SymmetricEigen> symmetric_eigen(std::vector<double> a, size_t n, Monitor& monitor) {
  for (const double x : a) {
    if (!std::isfinite(x)) {
      return Status(Code::kInvalid, "a matrix has a value that is not finite");
    }
  }
  return Solver(std::move(a), n, monitor).solve();
}

}  // namespace subjrec
