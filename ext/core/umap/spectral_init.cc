#include <algorithm>
#include <cmath>

#include "core/linalg/leading_eigenvectors.h"
#include "core/umap/initialize.h"

namespace subjrec {
namespace {

constexpr size_t kPieceRows = 2048;
/// The eigenvectors only start the layout.
constexpr double kTolerance = 1e-4;

std::vector<double> root_degrees(const Graph& graph) {
  std::vector<double> root(graph.n());
  for (size_t i = 0; i < graph.n(); ++i) {
    double degree = 0;
    for (size_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at) degree += graph.weight[at];
    root[i] = std::sqrt(degree);
  }
  return root;
}

}  // namespace

Result<std::vector<double>> spectral_coordinates(const Graph& graph, ThreadTeam& team,
                                                 Monitor& monitor) {
  const size_t n = graph.n();
  if (n < 5) return std::vector<double>();
  const std::vector<double> root = root_degrees(graph);
  double total = 0;
  for (const double r : root) total += r * r;
  // The smallest eigenvalues of I - D^-1/2 W D^-1/2 are the largest of D^-1/2 W D^-1/2; its
  // eigenvector for 1, the roots of the degrees, is moved to the other end of the spectrum.
  std::vector<double> scaled(n);
  const auto multiply = [&](const double* x, double* y) {
    double trivial = 0;
    for (size_t i = 0; i < n; ++i) {
      scaled[i] = x[i] / root[i];
      trivial += x[i] * root[i];
    }
    trivial *= 2 / total;
    const auto rows = [&](size_t piece) {
      const size_t end = std::min(n, (piece + 1) * kPieceRows);
      for (size_t i = piece * kPieceRows; i < end; ++i) {
        double sum = 0;
        for (size_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at) {
          sum += graph.weight[at] * scaled[graph.neighbor[at]];
        }
        y[i] = sum / root[i] - trivial * root[i];
      }
    };
    return team.run((n + kPieceRows - 1) / kPieceRows, rows, monitor);
  };
  return two_leading_eigenvectors(multiply, n, kTolerance);
}

}  // namespace subjrec
