#include "core/umap/fuzzy_graph.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "support/planted_clusters.h"

namespace subjrec {
namespace {

class GraphTest : public ::testing::Test {
 protected:
  void build(const std::vector<float>& rows, size_t dim, size_t k) {
    auto points = make_points(rows, dim, "euclidean", monitor_);
    ASSERT_TRUE(points.ok());
    auto neighbors = exact_neighbors(*points, *points, true, k, team_, monitor_);
    ASSERT_TRUE(neighbors.ok());
    neighbors_ = *neighbors;
    auto weights = membership_weights(neighbors_, team_, monitor_);
    ASSERT_TRUE(weights.ok());
    weights_ = *weights;
    auto graph = fuzzy_union(neighbors_, weights_, 0, monitor_);
    ASSERT_TRUE(graph.ok());
    graph_ = *graph;
  }

  Monitor monitor_;
  ThreadTeam team_{2};
  Neighbors neighbors_;
  std::vector<float> weights_;
  Graph graph_;
};

TEST_F(GraphTest, ANeighbourhoodAddsUpToTheLogarithmOfItsSize) {
  build(planted_clusters(500, 5, 4, 3, 1), 5, 14);
  for (size_t i = 0; i < 500; ++i) {
    double sum = 0;
    for (size_t j = 0; j < 14; ++j) {
      const float weight = weights_[i * 14 + j];
      sum += weight;
      EXPECT_LE(weight, weights_[i * 14 + (j == 0 ? 0 : j - 1)]);
    }
    EXPECT_EQ(weights_[i * 14], 1) << "the nearest is certain";
    EXPECT_NEAR(sum, std::log2(15.0), 1e-3);
  }
}

TEST_F(GraphTest, TheUnionIsSymmetricAndAsDefined) {
  build(planted_clusters(300, 5, 4, 3, 2), 5, 9);
  std::map<std::pair<size_t, size_t>, double> directed;
  for (size_t at = 0; at < weights_.size(); ++at) {
    directed[{at / 9, neighbors_.index[at]}] = weights_[at];
  }
  size_t edges = 0;
  for (size_t i = 0; i < graph_.n(); ++i) {
    for (size_t at = graph_.begin[i]; at < graph_.begin[i + 1]; ++at) {
      const size_t j = graph_.neighbor[at];
      const auto there = directed.find({i, j});
      const auto back = directed.find({j, i});
      const double a = there == directed.end() ? 0 : there->second;
      const double b = back == directed.end() ? 0 : back->second;
      EXPECT_GT(a + b, 0);
      EXPECT_NEAR(graph_.weight[at], a + b - a * b, 1e-6);
      if (at > graph_.begin[i]) {
        EXPECT_GT(j, graph_.neighbor[at - 1]);
      }
      ++edges;
    }
  }
  size_t pairs = 0;
  for (const auto& [pair, weight] : directed) {
    pairs += directed.count({pair.second, pair.first}) != 0 ? 1 : 2;
  }
  EXPECT_EQ(edges, pairs);
}

TEST_F(GraphTest, WeakEdgesAreLeftOut) {
  build(planted_clusters(300, 5, 4, 3, 2), 5, 9);
  const auto strong = fuzzy_union(neighbors_, weights_, 0.5, monitor_);
  ASSERT_TRUE(strong.ok());
  size_t wanted = 0;
  for (const float weight : graph_.weight) wanted += weight >= 0.5f ? 1 : 0;
  EXPECT_EQ(strong->weight.size(), wanted);
  EXPECT_LT(wanted, graph_.weight.size());
}

TEST_F(GraphTest, EqualPointsAreCertainNeighbours) {
  build(std::vector<float>(60, 2.0f), 3, 5);
  for (const float weight : weights_) EXPECT_EQ(weight, 1);
}

TEST_F(GraphTest, SameWeightsOnEveryInstructionSet) {
  build(planted_clusters(200, 5, 4, 3, 2), 5, 9);
  const std::vector<float> first = weights_;
  for_each_isa([&] {
    build(planted_clusters(200, 5, 4, 3, 2), 5, 9);
    EXPECT_EQ(weights_, first);
  });
}

TEST_F(GraphTest, FarApartClustersAreComponents) {
  build(planted_clusters(400, 5, 4, 1000, 2), 5, 9);
  const auto components = connected_components(graph_, monitor_);
  ASSERT_TRUE(components.ok());
  EXPECT_EQ(components->count, 4u);
  for (size_t i = 0; i < 400; ++i) EXPECT_EQ(components->of[i], i % 4);
}

}  // namespace
}  // namespace subjrec
