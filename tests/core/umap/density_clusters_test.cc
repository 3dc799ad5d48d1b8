#include "core/umap/density_clusters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>

#include "core/base/random.h"
#include "support/planted_clusters.h"

namespace subjrec {
namespace {

/// `each` points round each of five places far from each other, and then `noise` anywhere.
std::vector<float> islands(size_t each, size_t noise, uint64_t seed) {
  Random random(seed);
  const std::vector<std::pair<double, double>> places{{0, 0}, {10, 0}, {0, 10}, {10, 10}, {5, 5}};
  std::vector<float> map;
  for (const auto& [x, y] : places) {
    for (size_t i = 0; i < each; ++i) {
      map.push_back(static_cast<float>(x + 0.4 * random.normal()));
      map.push_back(static_cast<float>(y + 0.4 * random.normal()));
    }
  }
  for (size_t i = 0; i < 2 * noise; ++i) {
    map.push_back(static_cast<float>(-5 + 20 * random.uniform()));
  }
  return map;
}

std::set<uint32_t> found(const std::vector<uint32_t>& clusters) {
  std::set<uint32_t> numbers(clusters.begin(), clusters.end());
  numbers.erase(kNoCluster);
  return numbers;
}

TEST(DensityClusters, FindPlantedOnesAsManyAsThereAre) {
  Monitor monitor;
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const std::vector<uint32_t> clusters = *density_clusters(islands(200, 400, seed), {}, monitor);
    EXPECT_EQ(found(clusters).size(), 5u) << "seed " << seed;
    std::set<uint32_t> used;
    for (size_t g = 0; g < 5; ++g) {
      std::vector<uint32_t> own(clusters.begin() + 200 * g, clusters.begin() + 200 * (g + 1));
      std::sort(own.begin(), own.end());
      const uint32_t middle = own[100];
      EXPECT_NE(middle, kNoCluster);
      EXPECT_GE(std::count(own.begin(), own.end(), middle), 170) << "seed " << seed;
      used.insert(middle);
    }
    EXPECT_EQ(used.size(), 5u);
    EXPECT_GE(std::count(clusters.begin() + 1000, clusters.end(), kNoCluster), 200);
  }
}

TEST(DensityClusters, AnEvenCloudHasNone) {
  Monitor monitor;
  Random random(3);
  for (const size_t n : {30, 300, 3000}) {
    std::vector<float> even(2 * n), normal(2 * n);
    for (float& x : even) x = static_cast<float>(random.uniform());
    for (float& x : normal) x = static_cast<float>(random.normal());
    EXPECT_TRUE(found(*density_clusters(even, {}, monitor)).empty()) << n;
    EXPECT_TRUE(found(*density_clusters(normal, {}, monitor)).empty()) << n;
  }
}

TEST(DensityClusters, LargestIsTheFirst) {
  Monitor monitor;
  const std::vector<uint32_t> clusters = *density_clusters(islands(200, 0, 1), {}, monitor);
  std::vector<size_t> sizes(found(clusters).size());
  for (const uint32_t c : clusters) {
    if (c != kNoCluster) ++sizes.at(c);
  }
  EXPECT_TRUE(std::is_sorted(sizes.rbegin(), sizes.rend()));
}

TEST(DensityClusters, OrderOfPointsAndThreadsDoNotMatter) {
  Monitor monitor;
  const std::vector<float> map = islands(150, 300, 7);
  const std::vector<uint32_t> clusters = *density_clusters(map, {}, monitor);
  for (const int threads : {1, 2, 3}) {
    DensityOptions options;
    options.threads = threads;
    EXPECT_EQ(*density_clusters(map, options, monitor), clusters);
  }
  std::vector<size_t> order(map.size() / 2);
  std::iota(order.begin(), order.end(), size_t{0});
  Random random(5);
  for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  std::vector<float> shuffled;
  std::vector<uint32_t> expected;
  for (const size_t i : order) {
    shuffled.push_back(map[2 * i]);
    shuffled.push_back(map[2 * i + 1]);
    expected.push_back(clusters[i]);
  }
  EXPECT_EQ(*density_clusters(shuffled, {}, monitor), expected);
}

TEST(DensityClusters, FewPointsAndEqualOnes) {
  Monitor monitor;
  EXPECT_TRUE(density_clusters({}, {}, monitor)->empty());
  for (const size_t n : {1, 2, 9, 500}) {
    const std::vector<uint32_t> clusters =
        *density_clusters(std::vector<float>(2 * n, 3.0f), {}, monitor);
    EXPECT_EQ(clusters, std::vector<uint32_t>(n, kNoCluster)) << n;
  }
  // Two piles of points, each at one place.
  std::vector<float> piles(400, 0.0f);
  std::fill(piles.begin() + 200, piles.end(), 5.0f);
  const std::vector<uint32_t> clusters = *density_clusters(piles, {}, monitor);
  EXPECT_EQ(found(clusters).size(), 2u);
  EXPECT_EQ(std::set<uint32_t>(clusters.begin(), clusters.begin() + 100).size(), 1u);
}

TEST(DensityClusters, RefuseWhatIsNotFinite) {
  Monitor monitor;
  std::vector<float> map = islands(20, 0, 1);
  map[7] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(density_clusters(map, {}, monitor).status().code(), Code::kInvalid);
  DensityOptions none;
  none.n_neighbors = 0;
  EXPECT_EQ(density_clusters(islands(20, 0, 1), none, monitor).status().code(), Code::kInvalid);
}

TEST(DensityClusters, CanBeStopped) {
  const std::vector<float> map = islands(300, 0, 1);
  int calls = 0;
  for (;; calls += 1 + calls / 8) {
    ASSERT_LT(calls, 10000);
    StopAfter monitor(calls);
    const auto clusters = density_clusters(map, {}, monitor);
    if (clusters.ok()) break;
    EXPECT_EQ(clusters.status().code(), Code::kInterrupted);
  }
  EXPECT_GT(calls, 5);
}

}  // namespace
}  // namespace subjrec
