#include "core/linalg/leading_eigenvectors.h"

#include <Spectra/SymEigsSolver.h>

#include <Eigen/Core>
#include <algorithm>
#include <stdexcept>

#include "core/base/random.h"

namespace subjrec {
namespace {

/// What Spectra wants of a matrix. It has no way to be stopped, so a Status that is not ok travels
/// through it as an exception, and no further.
class Operation {
 public:
  using Scalar = double;
  struct Failed {
    Status status;
  };

  Operation(const SymmetricOperator& multiply, size_t n) : multiply_(multiply), n_(n) {}
  Eigen::Index rows() const { return static_cast<Eigen::Index>(n_); }
  Eigen::Index cols() const { return rows(); }
  void perform_op(const double* x, double* y) const {
    Status status = multiply_(x, y);
    if (!status.ok()) throw Failed{std::move(status)};
  }

 private:
  const SymmetricOperator& multiply_;
  size_t n_;
};

std::vector<double> scaled_columns(const Eigen::MatrixXd& vectors) {
  std::vector<double> columns(static_cast<size_t>(vectors.size()));
  for (Eigen::Index c = 0; c < vectors.cols(); ++c) {
    Eigen::Index at = 0;
    vectors.col(c).cwiseAbs().maxCoeff(&at);
    const double largest = vectors(at, c);
    for (Eigen::Index i = 0; i < vectors.rows(); ++i) {
      columns[static_cast<size_t>(i * vectors.cols() + c)] = vectors(i, c) / largest;
    }
  }
  return columns;
}

}  // namespace

Result<std::vector<double>> two_leading_eigenvectors(const SymmetricOperator& multiply, size_t n,
                                                     double tolerance) {
  constexpr Eigen::Index kWanted = 2;
  constexpr Eigen::Index kKrylov = 24;
  constexpr Eigen::Index kRestarts = 100;
  Operation operation(multiply, n);
  std::vector<double> start(n);
  Random random(1);
  for (double& value : start) value = random.uniform() - 0.5;
  try {
    Spectra::SymEigsSolver<Operation> solver(operation, kWanted,
                                             std::min<Eigen::Index>(kKrylov, operation.rows()));
    solver.init(start.data());
    solver.compute(Spectra::SortRule::LargestAlge, kRestarts, tolerance);
    if (solver.info() != Spectra::CompInfo::Successful) return std::vector<double>();
    const Eigen::MatrixXd vectors = solver.eigenvectors();
    if (!vectors.allFinite()) return std::vector<double>();
    return scaled_columns(vectors);
  } catch (const Operation::Failed& failed) {
    return failed.status;
  } catch (const std::logic_error&) {
    return std::vector<double>();  // a start that the operator maps to zero
  } catch (const std::runtime_error&) {
    return std::vector<double>();  // a small eigenproblem inside did not converge
  }
}

}  // namespace subjrec
