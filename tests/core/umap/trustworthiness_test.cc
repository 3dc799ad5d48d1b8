#include "support/trustworthiness.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "support/planted_clusters.h"

namespace subjrec {
namespace {

/// The ids of all points but i by distance from it.
std::vector<size_t> by_distance(const std::vector<float>& rows, size_t dim, size_t i) {
  std::vector<std::pair<double, size_t>> all;
  for (size_t j = 0; j < rows.size() / dim; ++j) {
    double square = 0;
    for (size_t d = 0; d < dim; ++d) {
      square += std::pow(double{rows[i * dim + d]} - rows[j * dim + d], 2);
    }
    if (j != i) all.emplace_back(square, j);
  }
  std::sort(all.begin(), all.end());
  std::vector<size_t> ids;
  for (const auto& [distance, id] : all) ids.push_back(id);
  return ids;
}

TEST(Trustworthiness, IsAsDefined) {
  Monitor monitor;
  const size_t n = 150;
  const size_t k = 6;
  const std::vector<float> rows = planted_clusters(n, 8, 3, 1, 1);
  const Embedding2d map{planted_clusters(n, 2, 3, 1, 2)};
  double excess = 0;
  for (size_t i = 0; i < n; ++i) {
    const std::vector<size_t> there = by_distance(rows, 8, i);
    const std::vector<size_t> here = by_distance(map.xy, 2, i);
    for (size_t j = 0; j < k; ++j) {
      const auto at = std::find(there.begin(), there.end(), here[j]);
      const auto rank = static_cast<double>(at - there.begin()) + 1;
      excess += std::max(0.0, rank - static_cast<double>(k));
    }
  }
  const double wanted = 1 - 2.0 / (150.0 * 6 * (2 * 150 - 3 * 6 - 1)) * excess;
  const auto got = trustworthiness(rows, 8, map, k, {}, monitor);
  ASSERT_TRUE(got.ok());
  EXPECT_NEAR(*got, wanted, 1e-12);
  EXPECT_LT(*got, 0.9);
}

TEST(Trustworthiness, IsOneForTheDataItself) {
  Monitor monitor;
  const Embedding2d map{planted_clusters(200, 2, 3, 1, 2)};
  const auto got = trustworthiness(map.xy, 2, map, 15, {}, monitor);
  ASSERT_TRUE(got.ok());
  EXPECT_EQ(*got, 1);
}

TEST(Trustworthiness, WantsKBelowHalfOfThePoints) {
  Monitor monitor;
  const Embedding2d map{planted_clusters(30, 2, 3, 1, 2)};
  EXPECT_TRUE(trustworthiness(map.xy, 2, map, 14, {}, monitor).ok());
  EXPECT_EQ(trustworthiness(map.xy, 2, map, 15, {}, monitor).status().message(),
            "trustworthiness: k must be from 1 to below half of the 30 points, got 15, with a map "
            "of 30");
}

}  // namespace
}  // namespace subjrec
