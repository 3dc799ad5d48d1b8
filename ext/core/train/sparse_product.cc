#include "core/train/sparse_product.h"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>

#include "core/base/random.h"
#include "core/train/columns.h"

namespace subjrec {
namespace {

constexpr size_t kRounds = 6;
constexpr size_t kSpare = 16;  // columns beyond the wanted ones, which make the rounds converge
constexpr uint64_t kStartStream = 0x65617365;

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::Index index(size_t i) { return static_cast<Eigen::Index>(i); }

/// Orthonormal columns that span those of `m`, n x width.
std::vector<float> orthonormalize(const std::vector<float>& m, size_t n, size_t width) {
  const Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> v(
      m.data(), index(n), index(width));
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(v.cast<double>());
  const Matrix q = qr.householderQ() * Eigen::MatrixXd::Identity(index(n), index(width));
  return {q.data(), q.data() + q.size()};
}

/// The Gramian of the columns of `m`, width x width, summed over the rows in their order.
Eigen::MatrixXd gramian(const std::vector<float>& m, size_t width) {
  const auto rows = index(m.size() / width);
  const Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> v(
      m.data(), rows, index(width));
  Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(index(width), index(width));
  constexpr Eigen::Index kRows = 4096;
  for (Eigen::Index begin = 0; begin < rows; begin += kRows) {
    const Eigen::MatrixXd part = v.middleRows(begin, std::min(kRows, rows - begin)).cast<double>();
    gram.noalias() += part.transpose() * part;
  }
  return gram;
}

/// m x turn, the first `dim` columns, each times scale.
std::vector<float> turned(const std::vector<float>& m, const Eigen::MatrixXd& turn,
                          const std::vector<double>& scale, size_t dim) {
  const auto width = static_cast<size_t>(turn.rows());
  const size_t rows = m.size() / width;
  std::vector<float> result(rows * dim, 0.0f);
  for (size_t r = 0; r < rows; ++r) {
    for (size_t j = 0; j < std::min(dim, scale.size()); ++j) {
      double sum = 0;
      for (size_t k = 0; k < width; ++k) {
        sum += double{m[r * width + k]} * turn(index(k), index(j));
      }
      result[r * dim + j] = static_cast<float>(sum * scale[j]);
    }
  }
  return result;
}

}  // namespace

Result<std::vector<float>> multiply(const SparseRows& a, const std::vector<float>& b, size_t width,
                                    ThreadTeam& team, Monitor& monitor) {
  constexpr size_t kRows = 64;
  std::vector<float> c(a.n_rows * width, 0.0f);
  SUBJREC_TRY(team.run((a.n_rows + kRows - 1) / kRows,
                       [&](size_t p) {
                         for (size_t r = p * kRows; r < std::min(a.n_rows, (p + 1) * kRows); ++r) {
                           float* to = c.data() + r * width;
                           for (size_t e = a.offsets[r]; e < a.offsets[r + 1]; ++e) {
                             const float* from = b.data() + a.columns[e] * width;
                             const float weight = a.weights[e];
                             for (size_t k = 0; k < width; ++k) to[k] += weight * from[k];
                           }
                         }
                       },
                       monitor));
  return c;
}

Result<LowRank> factorize_scores(const SparseRows& x, const SparseRows& b, size_t dim,
                                 uint64_t seed, ThreadTeam& team, Monitor& monitor) {
  const size_t n = b.n_columns;
  const size_t width = std::min(dim + kSpare, n);
  const SparseRows xt = transposed(x);
  const SparseRows bt = transposed(b);
  std::vector<float> v(n * width);
  fill_normal(v, width, 1, seed, kStartStream);
  std::vector<float> scores;  // x b v
  for (size_t round = 0;; ++round) {
    v = orthonormalize(v, n, width);
    SUBJREC_ASSIGN(const std::vector<float> inner, multiply(b, v, width, team, monitor));
    SUBJREC_ASSIGN(scores, multiply(x, inner, width, team, monitor));
    if (round == kRounds) break;
    SUBJREC_ASSIGN(const std::vector<float> back, multiply(xt, scores, width, team, monitor));
    SUBJREC_ASSIGN(v, multiply(bt, back, width, team, monitor));
  }
  // Within the subspace: the eigenvectors of the Gramian of the scores, greatest value first.
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(gramian(scores, width));
  Eigen::MatrixXd turn(index(width), index(width));
  std::vector<double> up;
  std::vector<double> down;
  for (size_t j = 0; j < width; ++j) {
    turn.col(index(j)) = eigen.eigenvectors().col(index(width - 1 - j));
    const double root =
        std::sqrt(std::sqrt(std::max(eigen.eigenvalues()[index(width - 1 - j)], 0.0)));
    up.push_back(root);
    down.push_back(root > 1e-6 ? 1 / root : 0);
  }
  return LowRank{turned(scores, turn, down, dim), turned(v, turn, up, dim)};
}

}  // namespace subjrec
