#include "core/plot/scatter_plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "core/base/random.h"
#include "core/plot/label_layout.h"
#include "core/plot/text.h"
#include "support/xml_check.h"

namespace subjrec {
namespace {

using ::testing::HasSubstr;

ScatterPlot planted(size_t n) {
  ScatterPlot plot;
  plot.model = "rec";
  Random random(n + 1);
  for (size_t i = 0; i < n; ++i) {
    const auto island = static_cast<double>(random.below(5));
    const std::string number = std::to_string(i);
    std::string label = "Subject number ";
    label += number;
    plot.points.push_back({4 * island + random.normal(), 3 * std::fmod(island, 2) + random.normal(),
                           label, static_cast<double>(n - i), number});
  }
  return plot;
}

double attribute(const std::string& svg, const char* name, size_t n) {
  return std::strtod(between(svg, std::string(name) + "=\"", "\"", n).c_str(), nullptr);
}

TEST(ScatterPlot, TheBetterKnownAreLarger) {
  ScatterPlot plot;
  plot.points = {{0, 0, "a", 1, ""}, {2, 0, "b", 100, ""}, {0, 1, "c", 1e9, ""}};
  const std::string svg = *scatter_plot(plot);
  EXPECT_LT(attribute(svg, " r", 0), attribute(svg, " r", 1));
  plot.style = {2, false, 0.5, ""};
  const std::string alike = *scatter_plot(plot);
  EXPECT_EQ(attribute(alike, " r", 0), attribute(alike, " r", 1));
  EXPECT_THAT(alike, HasSubstr("fill-opacity=\"0.5\""));
}

TEST(ScatterPlot, GroupsHaveNamesOnTheMap) {
  ScatterPlot plot = planted(100);
  plot.colors.clusters.assign(100, 0);
  plot.colors.clusters[99] = 0xffffffff;
  plot.colors.regions = {{"Bees & honey", 8, 2, 99, 3}};
  const std::string svg = *scatter_plot(plot);
  ASSERT_EQ(xml_fault(svg), "");
  EXPECT_THAT(svg, HasSubstr("class=\"region mid\">Bees &amp; honey<"));
  EXPECT_THAT(svg, HasSubstr("in no group"));
}

TEST(ScatterPlot, PositionsKeepTheMapsShape) {
  ScatterPlot plot;
  plot.model = "rec";
  // The least known is drawn first.
  plot.points = {{0, 0, "a", 1, ""}, {2, 0, "b", 2, ""}, {0, 1, "c", 3, ""}};
  const std::string svg = *scatter_plot(plot);
  ASSERT_EQ(xml_fault(svg), "");
  const double ax = attribute(svg, "cx", 0);
  const double ay = attribute(svg, "cy", 0);
  EXPECT_NEAR(attribute(svg, "cx", 1) - ax, 2 * (ay - attribute(svg, "cy", 2)), 2);
  EXPECT_EQ(attribute(svg, "cy", 1), ay);
  EXPECT_EQ(attribute(svg, "cx", 2), ax);
  EXPECT_GT(attribute(svg, "cx", 1) - ax, 3000);  // tenths of a pixel: it fills the page
}

TEST(ScatterPlot, FewPointsAndIdenticalOnes) {
  EXPECT_THAT(*scatter_plot(planted(0)), HasSubstr("no points to draw"));
  for (const size_t n : {0, 1, 2, 49, 50}) {
    const std::string svg = *scatter_plot(planted(n));
    EXPECT_EQ(xml_fault(svg), "");
    EXPECT_EQ(occurrences(svg, "<title>"), n);
    ScatterPlot same = planted(n);
    for (MapPoint& p : same.points) p.x = p.y = 1e9;
    EXPECT_EQ(xml_fault(*scatter_plot(same)), "");
    ScatterPlot column = planted(n);
    for (MapPoint& p : column.points) p.x = 0;
    const std::string upright = *scatter_plot(column);
    EXPECT_EQ(xml_fault(upright), "");
    EXPECT_EQ(upright.find("nan"), std::string::npos);
  }
}

TEST(ScatterPlot, PointsFarOffDoNotSquashTheRest) {
  ScatterPlot plot = planted(1000);
  plot.points[999].x = 1e7;
  const std::string svg = *scatter_plot(plot);
  EXPECT_THAT(svg, HasSubstr("1 far off"));
  EXPECT_EQ(occurrences(svg, "class=\"out\""), 1u);
  double low = 1e9;
  double high = 0;
  for (size_t i = 1; i < 1000; ++i) {
    low = std::min(low, attribute(svg, "cx", i));
    high = std::max(high, attribute(svg, "cx", i));
  }
  EXPECT_GT(high - low, 2500);
}

TEST(ScatterPlot, NumbersThatAreNotFiniteAreErrors) {
  const double nan = std::nan("");
  const double infinite = std::numeric_limits<double>::infinity();
  for (const double bad : {nan, infinite, -infinite, 1e200}) {
    ScatterPlot plot = planted(10);
    plot.points[3].y = bad;
    const Result<std::string> svg = scatter_plot(plot);
    ASSERT_FALSE(svg.ok());
    EXPECT_EQ(svg.status().message(),
              "the map of model \"rec\": point 4 (\"Subject number 3\") has a "
              "position that is not a finite number; compute the map again with subjrec_map()");
  }
  ScatterPlot plot = planted(10);
  plot.points[3].weight = nan;
  EXPECT_FALSE(scatter_plot(plot).ok());
  plot = planted(10);
  plot.colors.numbers = {1, 2};
  EXPECT_EQ(scatter_plot(plot).status().message(),
            "want one colour value for each of 10 points, got 2");
}

TEST(ScatterPlot, ManyPointsStayAFewMegabytes) {
  const ScatterPlot plot = planted(60000);
  const std::string svg = *scatter_plot(plot);
  EXPECT_EQ(xml_fault(svg), "");
  EXPECT_LT(svg.size(), 4u << 20);
  EXPECT_EQ(occurrences(svg, "<title>"), 25000u);
  EXPECT_EQ(svg, *scatter_plot(plot));
  // The best known have the tooltips.
  EXPECT_THAT(svg, HasSubstr("<title>Subject number 0 \u00b7 60,000 works</title>"));
  EXPECT_EQ(svg.find("<title>Subject number 25000 "), std::string::npos);
}

TEST(ScatterPlot, HostileLabelsStayText) {
  ScatterPlot plot = planted(30);
  plot.points[0].label = "</title><script>alert(1)</script>\xff\x01 & \"";
  plot.points[1].label = "";
  plot.colors.title = "<cluster>";
  plot.colors.categories.assign(30, "</g><script>");
  const std::string svg = *scatter_plot(plot);
  EXPECT_EQ(xml_fault(svg), "");
  EXPECT_EQ(svg.find("<script"), std::string::npos);
  EXPECT_THAT(svg, HasSubstr(">1</text>"));  // the id stands in for the empty label
}

TEST(ScatterPlot, CategoriesBeyondEightShareAGrey) {
  PointColors colors;
  for (char i = 0; i < 100; ++i) {
    colors.categories.push_back({'g', static_cast<char>('0' + i % 10)});
  }
  colors.categories.push_back("g3");
  colors.categories.push_back("");
  const ColorClasses classes = *choose_colors(colors, 102);
  ASSERT_EQ(classes.key.size(), 9u);
  EXPECT_EQ(classes.key[0].name, "g3");
  EXPECT_EQ(classes.key[0].count, 11u);
  EXPECT_EQ(classes.key[1].name, "g0");
  EXPECT_EQ(classes.key[8].name, "other");
  EXPECT_EQ(classes.key[8].count, 21u);
  EXPECT_EQ(classes.colors[3], 0);
  EXPECT_EQ(classes.colors[9], ColorClasses::kNoColor);
}

TEST(ScatterPlot, AKeyThatIsTooWideHasSeveralRows) {
  ScatterPlot plot = planted(80);
  for (size_t i = 0; i < 80; ++i) {
    plot.colors.categories.push_back(std::string("a rather long name of a category, number ") +
                                     static_cast<char>('0' + i % 8));
  }
  const std::string svg = *scatter_plot(plot);
  EXPECT_EQ(xml_fault(svg), "");
  std::set<std::string> rows;
  for (size_t at = 0; (at = svg.find("class=\"key\"", at)) != std::string::npos; ++at) {
    const size_t y = svg.rfind("y=\"", at);
    rows.insert(svg.substr(y, svg.find('"', y + 3) - y));
  }
  EXPECT_GE(rows.size(), 2u);
}

TEST(ScatterPlot, NumbersAreCutAtTheirEighths) {
  PointColors colors;
  for (int i = 0; i < 800; ++i) colors.numbers.push_back(std::exp(i / 50.0));
  colors.numbers.push_back(std::nan(""));
  const ColorClasses classes = *choose_colors(colors, 801);
  ASSERT_EQ(classes.key.size(), 9u);
  for (size_t c = 0; c < 8; ++c) EXPECT_EQ(classes.key[c].count, 100u);
  EXPECT_EQ(classes.key[8].name, "none");
  for (size_t i = 0; i < 800; ++i) EXPECT_EQ(classes.colors[i], i / 100);
  // Equal numbers share a colour.
  colors.numbers.assign(10, 5);
  EXPECT_EQ(choose_colors(colors, 10)->key.size(), 1u);
  EXPECT_EQ(choose_colors(colors, 10)->key[0].name, "5");
  colors.numbers.assign(10, 1.25e-9);
  EXPECT_EQ(choose_colors(colors, 10)->key[0].name, "1.25e-09");
}

TEST(LabelLayout, LabelsKeepClearOfEachOther) {
  Random random(3);
  std::vector<LabelRequest> requests;
  for (int i = 0; i < 500; ++i) {
    requests.push_back(
        {random.uniform() * 600, random.uniform() * 400, std::string(3 + random.below(25), 'n')});
  }
  const Box area{0, 0, 600, 400};
  const std::vector<PlacedLabel> labels = place_labels(requests, area, 12, 60);
  EXPECT_GT(labels.size(), 30u);
  EXPECT_EQ(labels.front().request, 0u);
  for (size_t i = 0; i < labels.size(); ++i) {
    EXPECT_TRUE(labels[i].box.inside(area));
    EXPECT_NEAR(labels[i].box.right - labels[i].box.left,
                text_width(requests[labels[i].request].text, 12), 1e-9);
    for (size_t j = 0; j < labels.size(); ++j) {
      if (j == i) continue;
      EXPECT_FALSE(labels[i].box.overlaps(labels[j].box));
      const LabelRequest& other = requests[labels[j].request];
      EXPECT_FALSE(j < i && labels[i].box.overlaps({other.x, other.y, other.x, other.y}));
    }
  }
}

TEST(LabelLayout, OnOneSpotAtMostEightFit) {
  const std::vector<LabelRequest> requests(50, LabelRequest{300, 200, "same"});
  const size_t placed = place_labels(requests, {0, 0, 600, 400}, 12, 60).size();
  EXPECT_GE(placed, 2u);
  EXPECT_LE(placed, 8u);
  EXPECT_TRUE(place_labels(requests, {0, 0, 10, 10}, 12, 60).empty());
}

TEST(LabelLayout, LeavesOutPointsOnWhatIsBlocked) {
  const std::vector<Box> blocked = {{100, 100, 200, 120}};
  const std::vector<LabelRequest> requests = {{110, 119, "on a name"}, {110, 130, "below it"}};
  const std::vector<PlacedLabel> placed = place_labels(requests, {0, 0, 400, 400}, 12, 9, blocked);
  ASSERT_EQ(placed.size(), 1u);
  EXPECT_EQ(placed[0].request, 1u);
}

}  // namespace
}  // namespace subjrec
