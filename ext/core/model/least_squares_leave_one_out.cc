// Leave-one-out scores of exact least squares: what a row would say of an entry that it lacked.
#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "core/linalg/double_cholesky.h"
#include "core/model/least_squares.h"

namespace subjrec {
namespace {

constexpr size_t kDenseRow = 256;  // entries up to which a row is solved in one go

}  // namespace

Status LeastSquaresSolver::scores_without(std::span<const uint32_t> index,
                                          std::span<const float> weights, double regularization,
                                          std::vector<double>* scores, Monitor& monitor) const {
  scores->resize(index.size());
  if (index.size() <= kDenseRow) {
    scores_without_dense(index, weights, regularization, scores);
    return {};
  }
  if (index.size() < v_->dim) {
    return scores_without_dual(index, weights, regularization, scores, monitor);
  }
  return scores_without_primal(index, weights, regularization, scores, monitor);
}

uint64_t LeastSquaresSolver::scores_without_bytes(size_t longest_row, size_t dim) {
  const uint64_t dense = std::min(longest_row, kDenseRow);
  const uint64_t side = longest_row <= kDenseRow ? 0 : std::min(longest_row, dim);
  const uint64_t gathered = longest_row < dim ? side * dim : 0;
  return 8 * (3 * dense * dense + dense * dim + side * side + gathered + longest_row);
}

// With K = I + R V D^-1 V' R and e = K^-1 r the row misses its entry i by e_i; without that entry
// it would miss it by e_i / (K^-1)_ii.
void LeastSquaresSolver::scores_without_dense(std::span<const uint32_t> index,
                                              std::span<const float> weights, double regularization,
                                              std::vector<double>* scores) const {
  const auto n = static_cast<Eigen::Index>(index.size());
  const auto dim = static_cast<Eigen::Index>(v_->dim);
  Eigen::MatrixXd scaled(n, dim);
  Eigen::VectorXd root(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const auto at = static_cast<size_t>(i);
    root[i] = std::sqrt(double{weights[at]});
    for (Eigen::Index k = 0; k < dim; ++k) {
      const double d = diagonal_[static_cast<size_t>(k)] + regularization;
      const double x = double{v_->row(index[at])[k]};
      scaled(i, k) = d > 0 ? root[i] * x / std::sqrt(d) : 0;
    }
  }
  const Eigen::MatrixXd system = Eigen::MatrixXd::Identity(n, n) + scaled * scaled.transpose();
  const Eigen::MatrixXd inverse = system.llt().solve(Eigen::MatrixXd::Identity(n, n));
  const Eigen::VectorXd miss = inverse * root;
  for (Eigen::Index i = 0; i < n; ++i) {
    (*scores)[static_cast<size_t>(i)] = 1 - miss[i] / inverse(i, i) / root[i];
  }
}

// The same with K factored row by row, and (K^-1)_ii as the squared length of L^-1 e_i.
Status LeastSquaresSolver::scores_without_dual(std::span<const uint32_t> index,
                                               std::span<const float> weights,
                                               double regularization, std::vector<double>* scores,
                                               Monitor& monitor) const {
  const size_t n = index.size();
  const size_t dim = v_->dim;
  std::vector<double> scaled(n * dim);
  std::vector<double> root(n);
  for (size_t i = 0; i < n; ++i) {
    if (monitor.stop()) return Status::interrupted();
    root[i] = std::sqrt(double{weights[i]});
    for (size_t k = 0; k < dim; ++k) {
      const double d = diagonal_[k] + regularization;
      scaled[i * dim + k] = d > 0 ? root[i] * double{v_->row(index[i])[k]} / std::sqrt(d) : 0;
    }
  }
  std::vector<double> system(n * n);
  for (size_t i = 0; i < n; ++i) {
    if (monitor.stop()) return Status::interrupted();
    for (size_t j = 0; j <= i; ++j) {
      system[i * n + j] = dot_of(&scaled[i * dim], &scaled[j * dim], dim) + (i == j ? 1 : 0);
    }
  }
  SUBJREC_ASSIGN(const DoubleCholesky cholesky,
                 DoubleCholesky::factor(std::move(system), n, monitor));
  std::vector<double> miss = root;
  cholesky.forward(miss.data());
  cholesky.backward(miss.data());
  std::vector<double> unit(n);
  for (size_t i = 0; i < n; ++i) {
    if (monitor.stop()) return Status::interrupted();
    std::fill(unit.begin(), unit.end(), 0.0);
    unit[i] = 1;
    cholesky.forward(unit.data(), i);
    (*scores)[i] = 1 - miss[i] / dot_of(unit.data(), unit.data(), n) / root[i];
  }
  return {};
}

// With A = D + sum of c v v' and b = sum of c v, an entry (v, c) has the leverage h = v' A^-1 v and
// the score s = v' A^-1 b; without it, by Sherman and Morrison (1950), (s - c h) / (1 - c h).
Status LeastSquaresSolver::scores_without_primal(std::span<const uint32_t> index,
                                                 std::span<const float> weights,
                                                 double regularization, std::vector<double>* scores,
                                                 Monitor& monitor) const {
  const size_t dim = v_->dim;
  // A poll for some hundred thousand products.
  Poll poll(monitor, static_cast<uint32_t>(1 + (size_t{1} << 19) / (dim * dim)));
  std::vector<double> system(dim * dim, 0.0);
  std::vector<double> right(dim, 0.0);
  std::vector<double> v(dim);
  for (size_t e = 0; e < index.size(); ++e) {
    if (poll.stop()) return Status::interrupted();
    const double c = weights[e];
    std::copy_n(v_->row(index[e]), dim, v.begin());
    for (size_t k = 0; k < dim; ++k) {
      const double x = c * v[k];
      right[k] += x;
      double* row = &system[k * dim];
      for (size_t j = 0; j <= k; ++j) row[j] += x * v[j];
    }
  }
  for (size_t k = 0; k < dim; ++k) system[k * dim + k] += diagonal_[k] + regularization;
  SUBJREC_ASSIGN(const DoubleCholesky cholesky,
                 DoubleCholesky::factor(std::move(system), dim, monitor));
  cholesky.forward(right.data());
  for (size_t e = 0; e < index.size(); ++e) {
    if (poll.stop()) return Status::interrupted();
    std::copy_n(v_->row(index[e]), dim, v.begin());
    cholesky.forward(v.data());
    const double leverage = double{weights[e]} * dot_of(v.data(), v.data(), dim);
    (*scores)[e] = (dot_of(v.data(), right.data(), dim) - leverage) / (1 - leverage);
  }
  return {};
}

}  // namespace subjrec
