#include <algorithm>
#include <cmath>

#include "core/linalg/leading_eigenvectors.h"
#include "core/umap/initialize.h"

namespace subjrec {
namespace {

constexpr double kTolerance = 1e-4;

/// The centred rows as an operator, in pieces whose sums are joined in order.
class Centred {
 public:
  Centred(const float* rows, size_t n, size_t dim, ThreadTeam& team, Monitor& monitor)
      : rows_(rows),
        n_(n),
        dim_(dim),
        per_piece_(std::max<size_t>(1, 1'000'000 / dim)),
        pieces_((n + per_piece_ - 1) / per_piece_),
        mean_(dim),
        sums_(pieces_ * dim),
        team_(team),
        monitor_(monitor) {}

  Status find_mean() {
    // The sum of equal floats is exact, and so is their mean: constant rows are zero when centred.
    const std::vector<double> ones(n_, 1.0);
    std::vector<double> mean(dim_);
    SUBJREC_TRY(back(ones.data(), mean.data()));
    for (double& value : mean) value /= static_cast<double>(n_);
    mean_ = std::move(mean);
    return {};
  }

  /// along = X axis, n values.
  Status project(const double* axis, double* along) {
    return each([&](size_t i, size_t) {
      double sum = 0;
      for (size_t d = 0; d < dim_; ++d) sum += (rows_[i * dim_ + d] - mean_[d]) * axis[d];
      along[i] = sum;
    });
  }

  /// axis = X^T along, dim values.
  Status back(const double* along, double* axis) {
    std::fill(sums_.begin(), sums_.end(), 0.0);
    SUBJREC_TRY(each([&](size_t i, size_t piece) {
      double* sum = &sums_[piece * dim_];
      for (size_t d = 0; d < dim_; ++d) sum[d] += along[i] * (rows_[i * dim_ + d] - mean_[d]);
    }));
    std::fill_n(axis, dim_, 0.0);
    for (size_t at = 0; at < sums_.size(); ++at) axis[at % dim_] += sums_[at];
    return {};
  }

 private:
  template <class Visit>
  Status each(const Visit& visit) {
    const auto piece = [&](size_t p) {
      const size_t end = std::min(n_, (p + 1) * per_piece_);
      for (size_t i = p * per_piece_; i < end; ++i) visit(i, p);
    };
    return team_.run(pieces_, piece, monitor_);
  }

  const float* rows_;
  size_t n_;
  size_t dim_;
  size_t per_piece_;
  size_t pieces_;
  std::vector<double> mean_;
  std::vector<double> sums_;  // pieces x dim
  ThreadTeam& team_;
  Monitor& monitor_;
};

/// Two axes, dim x 2 by rows; for up to two dimensions these themselves.
Result<std::vector<double>> principal_axes(size_t n, size_t dim, Centred* centred) {
  if (dim == 1) return std::vector<double>{1, 0};
  if (dim == 2) return std::vector<double>{1, 0, 0, 1};
  std::vector<double> along(n);
  return two_leading_eigenvectors(
      [&](const double* x, double* y) {
        SUBJREC_TRY(centred->project(x, along.data()));
        return centred->back(along.data(), y);
      },
      dim, kTolerance);
}

}  // namespace

Result<std::vector<double>> principal_components(const float* rows, size_t n, size_t dim,
                                                 ThreadTeam& team, Monitor& monitor) {
  if (n < 2) return std::vector<double>();
  Centred centred(rows, n, dim, team, monitor);
  SUBJREC_TRY(centred.find_mean());
  SUBJREC_ASSIGN(const std::vector<double> axes, principal_axes(n, dim, &centred));
  if (axes.empty()) return std::vector<double>();
  std::vector<double> coordinates(2 * n);
  std::vector<double> axis(dim);
  std::vector<double> along(n);
  double largest = 0;
  for (size_t c = 0; c < 2; ++c) {
    for (size_t d = 0; d < dim; ++d) axis[d] = axes[2 * d + c];
    SUBJREC_TRY(centred.project(axis.data(), along.data()));
    for (size_t i = 0; i < n; ++i) {
      coordinates[2 * i + c] = along[i];
      largest = std::max(largest, std::fabs(along[i]));
    }
  }
  if (largest == 0) return std::vector<double>();
  for (double& value : coordinates) value /= largest;
  return coordinates;
}

}  // namespace subjrec
