#include "core/umap/initialize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/linalg/leading_eigenvectors.h"
#include "support/planted_clusters.h"

namespace subjrec {
namespace {

/// Points of a grid, joined to those beside, above and below.
Graph grid(size_t width, size_t height) {
  Graph graph;
  graph.begin.push_back(0);
  for (size_t i = 0; i < width * height; ++i) {
    const auto id = static_cast<uint32_t>(i);
    const auto row = static_cast<uint32_t>(width);
    if (i >= width) graph.neighbor.push_back(id - row);
    if (i % width > 0) graph.neighbor.push_back(id - 1);
    if (i % width + 1 < width) graph.neighbor.push_back(id + 1);
    if (i + width < width * height) graph.neighbor.push_back(id + row);
    graph.begin.push_back(graph.neighbor.size());
  }
  graph.weight.assign(graph.neighbor.size(), 1);
  return graph;
}

/// The absolute correlation of column `column` of n x 2 with `with`.
double correlation(const std::vector<double>& xy, size_t column, const std::vector<double>& with) {
  const auto n = static_cast<double>(with.size());
  double mean_a = 0, mean_b = 0;
  for (size_t i = 0; i < with.size(); ++i) {
    mean_a += xy[2 * i + column] / n;
    mean_b += with[i] / n;
  }
  double ab = 0, aa = 0, bb = 0;
  for (size_t i = 0; i < with.size(); ++i) {
    const double a = xy[2 * i + column] - mean_a;
    const double b = with[i] - mean_b;
    ab += a * b;
    aa += a * a;
    bb += b * b;
  }
  return std::fabs(ab) / std::sqrt(aa * bb);
}

TEST(SpectralCoordinates, OfAGridGoAlongItsLongSideThenItsShortOne) {
  Monitor monitor;
  ThreadTeam team(2);
  const auto xy = spectral_coordinates(grid(24, 17), team, monitor);
  ASSERT_TRUE(xy.ok());
  ASSERT_EQ(xy->size(), 24u * 17 * 2);
  std::vector<double> column;
  std::vector<double> row;
  for (size_t i = 0; i < 24 * 17; ++i) {
    column.push_back(-std::cos(3.14159265 * (static_cast<double>(i % 24) + 0.5) / 24));
    row.push_back(-std::cos(3.14159265 * (static_cast<double>(i / 24) + 0.5) / 17));
  }
  EXPECT_GT(correlation(*xy, 0, column), 0.98);
  EXPECT_GT(correlation(*xy, 1, row), 0.98);
}

TEST(SpectralCoordinates, OfTinyGraphsThereAreNone) {
  Monitor monitor;
  ThreadTeam team(1);
  EXPECT_TRUE(spectral_coordinates(grid(2, 2), team, monitor)->empty());
  EXPECT_EQ(spectral_coordinates(grid(5, 1), team, monitor)->size(), 10u);
}

TEST(SpectralCoordinates, CanBeStopped) {
  ThreadTeam team(1);
  StopAfter monitor(3);
  EXPECT_EQ(spectral_coordinates(grid(24, 17), team, monitor).status().code(), Code::kInterrupted);
}

TEST(PrincipalComponents, FindThePlaneOfAPlane) {
  Monitor monitor;
  ThreadTeam team(2);
  Random random(4);
  std::vector<float> rows;
  std::vector<double> u;
  std::vector<double> v;
  for (int i = 0; i < 200; ++i) {
    u.push_back(5 * random.normal());
    v.push_back(random.normal());
    // The axes (1, 1, 0, 0) and (0, 0, 1, -1), away from the origin.
    rows.push_back(static_cast<float>(u.back() + 9));
    rows.push_back(static_cast<float>(u.back() + 9));
    rows.push_back(static_cast<float>(v.back()));
    rows.push_back(static_cast<float>(-v.back()));
  }
  const auto xy = principal_components(rows.data(), 200, 4, team, monitor);
  ASSERT_TRUE(xy.ok());
  ASSERT_EQ(xy->size(), 400u);
  EXPECT_GT(correlation(*xy, 0, u), 0.99);
  EXPECT_GT(correlation(*xy, 1, v), 0.99);
}

TEST(PrincipalComponents, ThereAreNoneOfConstantRows) {
  Monitor monitor;
  ThreadTeam team(1);
  for (const size_t dim : {1, 2, 3, 10}) {
    const std::vector<float> rows(20 * dim, 0.5f);
    const auto xy = principal_components(rows.data(), 20, dim, team, monitor);
    ASSERT_TRUE(xy.ok());
    EXPECT_TRUE(xy->empty()) << dim;
  }
}

TEST(StartLayout, FillsTenByTenHoweverItIsMade) {
  Monitor monitor;
  ThreadTeam team(2);
  for (const size_t clusters : {1, 3, 9}) {
    for (const char* init : {"spectral", "pca", "random"}) {
      const std::vector<float> rows = planted_clusters(360, 6, clusters, 50, 5);
      const auto points = make_points(rows, 6, "euclidean", monitor);
      ASSERT_TRUE(points.ok());
      const auto neighbors = exact_neighbors(*points, *points, true, 9, team, monitor);
      ASSERT_TRUE(neighbors.ok());
      const auto weights = membership_weights(*neighbors, team, monitor);
      ASSERT_TRUE(weights.ok());
      const auto graph = fuzzy_union(*neighbors, *weights, 0, monitor);
      ASSERT_TRUE(graph.ok());
      const auto xy = start_layout(*points, *graph, init, 1, team, monitor);
      ASSERT_TRUE(xy.ok());
      ASSERT_EQ(xy->size(), 720u);
      for (size_t axis = 0; axis < 2; ++axis) {
        float least = 100, most = -100;
        for (size_t at = axis; at < xy->size(); at += 2) {
          least = std::min(least, (*xy)[at]);
          most = std::max(most, (*xy)[at]);
        }
        EXPECT_EQ(least, 0) << init << clusters;
        EXPECT_EQ(most, 10) << init << clusters;
      }
    }
  }
}

TEST(LeadingEigenvectors, OfNothingThereAreNone) {
  const auto zero = [](const double*, double* y) {
    std::fill_n(y, 5, 0.0);
    return Status();
  };
  const auto vectors = two_leading_eigenvectors(zero, 5, 1e-6);
  ASSERT_TRUE(vectors.ok());
  EXPECT_TRUE(vectors->empty());
}

}  // namespace
}  // namespace subjrec
