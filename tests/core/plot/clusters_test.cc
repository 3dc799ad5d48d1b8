#include "core/plot/clusters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace subjrec {
namespace {

using testing::ElementsAre;
Monitor monitor;
constexpr uint32_t kNone = 0xffffffff;

TEST(ClusterNames, SayWhatIsTypical) {
  // "Fiction" is as known in both, but typical of neither.
  const std::vector<MapPoint> points{{0, 0, "Cooking, American", 20, "a"},
                                     {0, 0, "Cooking, French", 20, "b"},
                                     {0, 0, "Home economics", 30, "c"},
                                     {0, 0, "Fiction", 900, "d"},
                                     {5, 5, "Bees", 40, "e"},
                                     {5, 5, "Honey", 30, "f"},
                                     {9, 9, "Poetry", 1000, "g"}};
  const std::vector<uint32_t> clusters{0, 0, 0, 0, 1, 1, kNone};
  const std::vector<double> typical{0.5, 0.5, 0.5, 0, 0.6, 0.6, 0};
  EXPECT_THAT(*cluster_names(clusters, kNone, points, typical, {}, monitor),
              ElementsAre("Cooking, Home economics", "Bees, Honey"));
  // A broader term of several counts for all of them.
  EXPECT_THAT(*cluster_names(clusters, kNone, points, typical,
                             {{4, "Bee culture"}, {5, "Bee culture"}}, monitor),
              ElementsAre("Cooking, Home economics", "Bee culture, Bees"));
}

TEST(ClusterNames, OfNothing) {
  EXPECT_TRUE(cluster_names({}, kNone, {}, {}, {}, monitor)->empty());
  EXPECT_TRUE(cluster_names({kNone}, kNone, {{0, 0, "A", 1, "a"}}, {0}, {}, monitor)->empty());
  EXPECT_THAT(*cluster_names({0}, kNone, {{0, 0, "", 0, ""}}, {0}, {}, monitor),
              ElementsAre("(no label)"));
}

TEST(Typicality, IsAgainstTheRest) {
  const std::vector<float> rows{1, 0, 2, 0, 0, 1, 0, 3, 1, 1, 0, 0};
  const std::vector<double> typical = *typicality(rows, 2, {0, 0, 1, 1, 0, 1}, kNone, monitor);
  EXPECT_NEAR(typical[0], typical[1], 1e-9);  // the length says nothing
  EXPECT_GT(typical[0], typical[4]);
  EXPECT_GT(typical[2], 0.1);
  EXPECT_EQ(typical[5], 0);  // without a direction
  EXPECT_THAT(*typicality({rows.data(), 2}, 2, {kNone}, kNone, monitor), ElementsAre(0));
}

TEST(ClusterColors, NeighboursDifferAndNoneIsGrey) {
  std::vector<MapPoint> points;
  std::vector<uint32_t> clusters;
  std::vector<std::string> names;
  for (uint32_t c = 0; c < 20; ++c) {
    names.push_back("N" + std::to_string(c));
    for (int i = 0; i < 3; ++i) {
      points.push_back({10.0 * c, 0.1 * i, "p", 1, "p"});
      clusters.push_back(c);
    }
  }
  points.push_back({-5, 0, "alone", 1, "alone"});
  clusters.push_back(kNone);
  const PointColors colors = cluster_colors(clusters, names, points);
  ASSERT_EQ(colors.regions.size(), 20u);
  EXPECT_NEAR(colors.regions[3].x, 30, 1e-9);
  EXPECT_EQ(colors.regions[3].count, 3u);
  for (size_t c = 1; c < 20; ++c) EXPECT_NE(colors.regions[c].color, colors.regions[c - 1].color);
  const ColorClasses classes = *choose_colors(colors, points.size());
  EXPECT_EQ(classes.colors.back(), ColorClasses::kNoColor);
  EXPECT_EQ(classes.colors[9], colors.regions[3].color);
  ASSERT_EQ(classes.key.size(), 1u);
  EXPECT_EQ(classes.key[0].name, "in no group");
}

}  // namespace
}  // namespace subjrec
