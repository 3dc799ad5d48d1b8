#include "core/linalg/sparse_product.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "core/base/random.h"
#include "core/linalg/columns.h"
#include "core/linalg/lane_dot.h"
#include "core/linalg/symmetric_eigen.h"

namespace subjrec {
namespace {

constexpr size_t kRounds = 6;
constexpr size_t kSpare = 16;  // columns beyond the wanted ones, which make the rounds converge
constexpr uint64_t kStartStream = 0x65617365;

Eigen::Index index(size_t i) { return static_cast<Eigen::Index>(i); }

/// Takes from every column its part along those before it, and makes its length 1. A column that
/// the others span becomes zero.
Status subtract_earlier(std::vector<double>* columns, size_t n, size_t width, ThreadTeam& team,
                        Monitor& monitor) {
  std::vector<double> length(width);
  for (size_t j = 0; j < width; ++j) {
    const double* column = columns->data() + j * n;
    length[j] = std::sqrt(lane_dot(column, column, n));
  }
  for (size_t j = 0; j < width; ++j) {
    double* column = columns->data() + j * n;
    const double left = std::sqrt(lane_dot(column, column, n));
    const double scale = left > 1e-12 * length[j] ? 1 / left : 0;
    for (size_t i = 0; i < n; ++i) column[i] *= scale;
    SUBJREC_TRY(team.run(
        width - j - 1,
        [&](size_t piece) {
          double* later = columns->data() + (j + 1 + piece) * n;
          const double along = lane_dot(column, later, n);
          for (size_t i = 0; i < n; ++i) later[i] -= along * column[i];
        },
        monitor));
  }
  return {};
}

/// Orthonormal columns that span those of `m`, n x width, by Gram and Schmidt; twice is enough.
Result<std::vector<float>> orthonormalize(const std::vector<float>& m, size_t n, size_t width,
                                          ThreadTeam& team, Monitor& monitor) {
  std::vector<double> columns(n * width);
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < width; ++j) columns[j * n + i] = double{m[i * width + j]};
  }
  for (int time = 0; time < 2; ++time) {
    SUBJREC_TRY(subtract_earlier(&columns, n, width, team, monitor));
  }
  std::vector<float> q(n * width);
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < width; ++j) q[i * width + j] = static_cast<float>(columns[j * n + i]);
  }
  return q;
}

/// The Gramian of the columns of `m`, width x width, summed over the rows in their order.
Result<std::vector<double>> gramian(const std::vector<float>& m, size_t width, Monitor& monitor) {
  const auto rows = index(m.size() / width);
  const Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> v(
      m.data(), rows, index(width));
  std::vector<double> cells(width * width, 0.0);
  Eigen::Map<Eigen::MatrixXd> gram(cells.data(), index(width), index(width));
  const Eigen::Index step = index(std::clamp<size_t>((size_t{1} << 25) / (width * width), 1, 4096));
  for (Eigen::Index begin = 0; begin < rows; begin += step) {
    if (monitor.stop()) return Status::interrupted();
    const Eigen::MatrixXd part = v.middleRows(begin, std::min(step, rows - begin)).cast<double>();
    gram.noalias() += part.transpose() * part;
  }
  return cells;
}

/// m x turn', the first `dim` columns, each times scale.
Result<std::vector<float>> turned(const std::vector<float>& m, const std::vector<double>& turn,
                                  const std::vector<double>& scale, size_t dim, ThreadTeam& team,
                                  Monitor& monitor) {
  constexpr size_t kRows = 256;
  const size_t width = scale.size();
  const size_t rows = m.size() / width;
  std::vector<float> result;
  SUBJREC_TRY(grow_zeroed(&result, rows * dim, monitor));
  SUBJREC_TRY(team.run((rows + kRows - 1) / kRows,
                       [&](size_t p) {
                         std::vector<double> row(width);
                         for (size_t r = p * kRows; r < std::min(rows, (p + 1) * kRows); ++r) {
                           std::copy_n(m.data() + r * width, width, row.data());
                           for (size_t j = 0; j < std::min(dim, width); ++j) {
                             const double sum =
                                 lane_dot(row.data(), turn.data() + j * width, width);
                             result[r * dim + j] = static_cast<float>(sum * scale[j]);
                           }
                         }
                       },
                       monitor));
  return result;
}

}  // namespace

Result<std::vector<float>> multiply(const SparseRows& a, const std::vector<float>& b, size_t width,
                                    ThreadTeam& team, Monitor& monitor) {
  constexpr size_t kRows = 64;
  std::vector<float> c;
  SUBJREC_TRY(grow_zeroed(&c, a.n_rows * width, monitor));
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

Result<std::vector<float>> project(const SparseRows& x, const ScoreProjection& projection,
                                   ThreadTeam& team, Monitor& monitor) {
  SUBJREC_ASSIGN(const std::vector<float> scores,
                 multiply(x, projection.inner, projection.width, team, monitor));
  return turned(scores, projection.turn, projection.scale, projection.dim, team, monitor);
}

Result<LowRank> factorize_scores(const SparseRows& x, const SparseRows& b, size_t dim,
                                 uint64_t seed, ThreadTeam& team, Monitor& monitor) {
  const size_t n = b.n_columns;
  const size_t width = std::min(dim + kSpare, n);
  SUBJREC_ASSIGN(const SparseRows xt, transposed(x, monitor));
  SUBJREC_ASSIGN(const SparseRows bt, transposed(b, monitor));
  std::vector<float> v(n * width);
  fill_normal(v, width, 1, seed, kStartStream);
  std::vector<float> inner;   // b v
  std::vector<float> scores;  // x b v
  for (size_t round = 0;; ++round) {
    SUBJREC_ASSIGN(v, orthonormalize(v, n, width, team, monitor));
    SUBJREC_ASSIGN(inner, multiply(b, v, width, team, monitor));
    SUBJREC_ASSIGN(scores, multiply(x, inner, width, team, monitor));
    if (round == kRounds) break;
    SUBJREC_ASSIGN(const std::vector<float> back, multiply(xt, scores, width, team, monitor));
    SUBJREC_ASSIGN(v, multiply(bt, back, width, team, monitor));
  }
  // Within the subspace: the eigenvectors of the Gramian of the scores, greatest value first.
  SUBJREC_ASSIGN(std::vector<double> gram, gramian(scores, width, monitor));
  SUBJREC_ASSIGN(SymmetricEigen turn, symmetric_eigen(std::move(gram), width, monitor));
  std::vector<double> up;
  std::vector<double> down;
  for (const double value : turn.values) {
    const double root = std::sqrt(std::sqrt(std::max(value, 0.0)));
    up.push_back(root);
    down.push_back(root > 1e-6 ? 1 / root : 0);
  }
  LowRank factors;
  SUBJREC_ASSIGN(factors.works, turned(scores, turn.vectors, down, dim, team, monitor));
  SUBJREC_ASSIGN(factors.subjects, turned(v, turn.vectors, up, dim, team, monitor));
  factors.of_works = {width, dim, std::move(inner), std::move(turn.vectors), std::move(down)};
  return factors;
}

}  // namespace subjrec
