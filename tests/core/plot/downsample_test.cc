#include "core/plot/downsample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "core/base/random.h"

namespace subjrec {
namespace {

std::vector<XY> walk(size_t n) {
  Random random(n);
  std::vector<XY> line;
  double y = 0;
  for (size_t i = 0; i < n; ++i) line.push_back({static_cast<double>(i), y += random.normal()});
  return line;
}

TEST(Thin, ShortLinesComeBackWhole) {
  for (const size_t n : {0, 1, 2, 400}) EXPECT_EQ(thin_line(walk(n), 100).size(), n);
}

TEST(Thin, EveryPixelColumnKeepsItsExtremes) {
  const size_t columns = 97;
  const std::vector<XY> line = walk(50000);
  const std::vector<XY> thinned = thin_line(line, columns);
  EXPECT_LE(thinned.size(), 4 * columns);
  EXPECT_TRUE(std::is_sorted(thinned.begin(), thinned.end(),
                             [](const XY& a, const XY& b) { return a.x < b.x; }));
  const auto extremes = [&](const std::vector<XY>& points) {
    std::map<int, std::pair<double, double>> found;
    for (const XY& p : points) {
      const int column = std::min(static_cast<int>(p.x / 49999 * columns), 96);
      const auto [at, fresh] = found.try_emplace(column, p.y, p.y);
      at->second = {std::min(at->second.first, p.y), std::max(at->second.second, p.y)};
    }
    return found;
  };
  EXPECT_EQ(extremes(line), extremes(thinned));
  EXPECT_EQ(thinned.front().y, line.front().y);
  EXPECT_EQ(thinned.back().y, line.back().y);
}

TEST(Thin, PointsOnOneSpotAreFew) {
  const std::vector<XY> line(10000, XY{3, 4});
  EXPECT_LE(thin_line(line, 10).size(), 4u);
}

TEST(Thin, RunningMeanIsTheMeanAround) {
  const std::vector<XY> line = walk(1000);
  for (const size_t window : {1, 3, 51}) {
    for (const size_t most : {10, 999, 5000}) {
      const std::vector<XY> means = running_mean(line, window, most);
      ASSERT_EQ(means.size(), std::min<size_t>(most, 1000));
      EXPECT_EQ(means.back().x, 999);
      for (const XY& mean : means) {
        // The window's reach: less near the ends, but never under an eighth.
        const double end = std::min(mean.x, 999 - mean.x);
        const size_t widest = window / 2, narrowest = window / 16;
        const double reach =
            std::min(static_cast<double>(widest), std::max(end, static_cast<double>(narrowest)));
        double sum = 0;
        int count = 0;
        for (const XY& p : line) {
          if (std::abs(p.x - mean.x) > reach) continue;
          sum += p.y;
          ++count;
        }
        EXPECT_NEAR(mean.y, sum / count, 1e-9);
      }
    }
  }
  EXPECT_TRUE(running_mean({}, 3, 10).empty());
}

}  // namespace
}  // namespace subjrec
