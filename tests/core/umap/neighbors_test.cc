#include "core/umap/neighbors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "support/planted_clusters.h"

namespace subjrec {
namespace {

Points points_of(const std::vector<float>& rows, size_t dim, const char* metric = "euclidean") {
  Monitor monitor;
  auto points = make_points(rows, dim, metric, monitor);
  EXPECT_TRUE(points.ok());
  return *points;
}

/// The k nearest of `q` among the rows, by distances in double precision.
std::vector<uint32_t> brute_force(const Points& points, size_t q, size_t k) {
  std::vector<std::pair<double, uint32_t>> all;
  for (size_t i = 0; i < points.n; ++i) {
    if (i == q) continue;
    double square = 0;
    for (size_t d = 0; d < points.dim; ++d) {
      square += std::pow(double{points.row(i)[d]} - points.row(q)[d], 2);
    }
    all.emplace_back(square, static_cast<uint32_t>(i));
  }
  std::sort(all.begin(), all.end());
  std::vector<uint32_t> ids;
  for (size_t j = 0; j < k; ++j) ids.push_back(all[j].second);
  return ids;
}

double recall(const Neighbors& found, const Neighbors& truth) {
  size_t hits = 0;
  for (size_t row = 0; row < truth.index.size(); row += truth.k) {
    const auto begin = found.index.begin() + static_cast<std::ptrdiff_t>(row);
    for (size_t j = row; j < row + truth.k; ++j) {
      const auto end = begin + static_cast<std::ptrdiff_t>(truth.k);
      hits += std::find(begin, end, truth.index[j]) != end ? 1 : 0;
    }
  }
  return static_cast<double>(hits) / static_cast<double>(truth.index.size());
}

TEST(Neighbors, ExactOnesAreThoseOfBruteForce) {
  Monitor monitor;
  for (const char* metric : {"euclidean", "cosine"}) {
    for (const size_t n : {2, 16, 63, 64, 65, 300}) {
      const size_t k = std::min<size_t>(14, n - 1);
      const Points points = points_of(planted_clusters(n, 7, 3, 2, n), 7, metric);
      ThreadTeam team(2);
      const auto found = exact_neighbors(points, points, true, k, team, monitor);
      ASSERT_TRUE(found.ok());
      for (size_t q = 0; q < n; ++q) {
        const std::vector<uint32_t> wanted = brute_force(points, q, k);
        const auto row = found->index.begin() + static_cast<std::ptrdiff_t>(q * k);
        EXPECT_TRUE(std::equal(wanted.begin(), wanted.end(), row)) << metric << n << " " << q;
      }
    }
  }
}

TEST(Neighbors, DistancesAreTheMetrics) {
  Monitor monitor;
  ThreadTeam team(1);
  const std::vector<float> rows{3, 0, 0, 8, 6, 0};
  const Points plane = points_of(rows, 2);
  const auto near = exact_neighbors(plane, plane, true, 2, team, monitor);
  ASSERT_TRUE(near.ok());
  EXPECT_EQ(near->distance[0], 3 * plane.scale);
  EXPECT_FLOAT_EQ(near->distance[2], std::sqrt(73.0f) * plane.scale);
  const Points circle = points_of(rows, 2, "cosine");
  const auto angle = exact_neighbors(circle, circle, true, 2, team, monitor);
  ASSERT_TRUE(angle.ok());
  EXPECT_EQ(angle->distance[0], 0);
  EXPECT_FLOAT_EQ(angle->distance[1], 1);
}

TEST(Neighbors, OfEqualOnesTheFirst) {
  Monitor monitor;
  ThreadTeam team(1);
  const Points points = points_of(std::vector<float>(200, 1.5f), 2);
  const auto found = exact_neighbors(points, points, true, 3, team, monitor);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(std::vector<uint32_t>(found->index.begin(), found->index.begin() + 6),
            (std::vector<uint32_t>{1, 2, 3, 0, 2, 3}));
}

TEST(Neighbors, ScalesAwayWhatWouldOverflow) {
  Monitor monitor;
  ThreadTeam team(1);
  for (const float unit : {1e-38f, 1.0f, 1e37f}) {
    const Points points = points_of({0, 0, unit, 0, 5 * unit, 0, 5 * unit, 2 * unit}, 2);
    const auto found = exact_neighbors(points, points, true, 1, team, monitor);
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(found->index, (std::vector<uint32_t>{1, 0, 3, 2})) << unit;
  }
}

TEST(Neighbors, ApproximateOnesAreNearlyThose) {
  Monitor monitor;
  ThreadTeam team(2);
  const struct {
    size_t n, dim, clusters;
    double spread;
  } cases[] = {{6000, 10, 30, 3}, {4000, 24, 1, 1}, {4000, 40, 100, 0.3}};
  for (const auto& c : cases) {
    const Points points = points_of(planted_clusters(c.n, c.dim, c.clusters, c.spread, 3), c.dim);
    const auto truth = exact_neighbors(points, points, true, 14, team, monitor);
    const auto found = approximate_neighbors(points, 14, 1, team, monitor);
    ASSERT_TRUE(truth.ok() && found.ok());
    EXPECT_GT(recall(*found, *truth), 0.9) << c.dim;
    for (size_t at = 1; at < found->distance.size(); ++at) {
      ASSERT_GE(found->distance[at], found->distance[at - (at % 14 == 0 ? 0 : 1)]);
    }
  }
}

TEST(Neighbors, ApproximateOnesAreTheSameBytesEverywhere) {
  Monitor monitor;
  const Points points = points_of(planted_clusters(3000, 10, 20, 2, 3), 10);
  ThreadTeam one(1);
  const auto first = approximate_neighbors(points, 14, 1, one, monitor);
  ASSERT_TRUE(first.ok());
  for_each_isa([&] {
    for (const int threads : {1, 2, 3}) {
      ThreadTeam team(threads);
      const auto again = approximate_neighbors(points, 14, 1, team, monitor);
      ASSERT_TRUE(again.ok());
      EXPECT_EQ(again->index, first->index);
      EXPECT_EQ(again->distance, first->distance);
    }
  });
}

TEST(Neighbors, ApproximateOnesOfDuplicatesAreComplete) {
  Monitor monitor;
  ThreadTeam team(2);
  const Points points = points_of(std::vector<float>(2 * 1500, 1), 2);
  const auto found = approximate_neighbors(points, 14, 1, team, monitor);
  ASSERT_TRUE(found.ok());
  for (size_t at = 0; at < found->index.size(); ++at) {
    ASSERT_LT(found->index[at], 1500u);
    ASSERT_NE(found->index[at], at / 14);
    ASSERT_EQ(found->distance[at], 0);
  }
}

}  // namespace
}  // namespace subjrec
