#include "core/plot/clusters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "core/base/random.h"

namespace subjrec {
namespace {

class Never : public Monitor {};
class Always : public Monitor {
 public:
  bool stop() override { return true; }
};

/// Rows round `groups` axes of a space of 8 dimensions, at any length; group g has about
/// 100 * (g + 1) rows.
std::vector<float> planted(size_t groups, std::vector<size_t>* truth) {
  Random random(9);
  std::vector<float> rows;
  for (size_t g = 0; g < groups; ++g) {
    for (size_t i = 0; i < 100 * (g + 1); ++i) {
      const double length = 0.1 + 5 * random.uniform();
      for (size_t d = 0; d < 8; ++d) {
        rows.push_back(static_cast<float>(length * ((d == g) + 0.1 * random.normal())));
      }
      truth->push_back(g);
    }
  }
  return rows;
}

TEST(Clusters, FindPlantedDirections) {
  std::vector<size_t> truth;
  const std::vector<float> rows = planted(5, &truth);
  Never monitor;
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const std::vector<uint32_t> clusters = *cluster_embeddings(rows, 8, 5, seed, monitor);
    std::set<std::pair<size_t, uint32_t>> pairs;
    for (size_t i = 0; i < truth.size(); ++i) pairs.insert({truth[i], clusters[i]});
    EXPECT_EQ(pairs.size(), 5u) << "seed " << seed;
    // The largest is 0.
    EXPECT_EQ(clusters.back(), 0u);
    EXPECT_EQ(clusters.front(), 4u);
    EXPECT_EQ(clusters, *cluster_embeddings(rows, 8, 5, seed, monitor));
  }
}

TEST(Clusters, OrthogonalRowsAreApart) {
  const std::vector<float> rows{1, 0, 0, 1, -1, 0, 0, -2};
  Never monitor;
  const std::vector<uint32_t> clusters = *cluster_embeddings(rows, 2, 4, 1, monitor);
  EXPECT_EQ(std::set<uint32_t>(clusters.begin(), clusters.end()).size(), 4u);
}

TEST(Clusters, NoMoreThanThereAreDirections) {
  Never monitor;
  const std::vector<float> same(60, 2.5f);
  EXPECT_EQ(*cluster_embeddings(same, 6, 4, 1, monitor), std::vector<uint32_t>(10));
  EXPECT_EQ(*cluster_embeddings(std::vector<float>(60), 6, 4, 1, monitor),
            std::vector<uint32_t>(10));
  EXPECT_TRUE(cluster_embeddings({}, 6, 4, 1, monitor)->empty());
  std::vector<float> with_zeros{0, 0, 1, 0, 0, 1, 0, 0, 3, 0};
  const std::vector<uint32_t> clusters = *cluster_embeddings(with_zeros, 2, 5, 1, monitor);
  EXPECT_EQ(clusters[0], clusters[3]);
  EXPECT_EQ(clusters[1], clusters[4]);
  EXPECT_NE(clusters[1], clusters[2]);
}

TEST(Clusters, RefuseBadInputAndStop) {
  Never monitor;
  std::vector<float> rows(20, 1.0f);
  EXPECT_FALSE(cluster_embeddings(rows, 2, 0, 1, monitor).ok());
  rows[7] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(cluster_embeddings(rows, 2, 2, 1, monitor).status().message(),
            "subjrec_plot: embedding 4 has a number that is not finite");
  rows[7] = 0;
  Always stop;
  EXPECT_EQ(cluster_embeddings(rows, 2, 2, 1, stop).status().code(), Code::kInterrupted);
}

TEST(Clusters, AreNamedByTheirBestKnown) {
  std::vector<MapPoint> points(4);
  points[0] = {0, 0, "Sonnets", 1, ""};
  points[1] = {0, 0, "Poetry", 9, ""};
  points[2] = {0, 0, "Odes", 5, ""};
  points[3] = {0, 0, "Botany", 2, ""};
  EXPECT_THAT(cluster_names({0, 0, 0, 1}, points),
              ::testing::ElementsAre("Poetry, Odes", "Poetry, Odes", "Poetry, Odes", "Botany"));
  EXPECT_TRUE(cluster_names({}, {}).empty());
}

}  // namespace
}  // namespace subjrec
