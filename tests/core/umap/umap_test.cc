#include "core/umap/umap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <set>

#include "support/planted_clusters.h"
#include "support/trustworthiness.h"

namespace subjrec {
namespace {

Embedding2d map_of(const std::vector<float>& rows, size_t dim, const MapOptions& options = {}) {
  Monitor monitor;
  auto map = compute_umap(rows, dim, options, monitor);
  EXPECT_TRUE(map.ok()) << map.status().message();
  return map.ok() ? *map : Embedding2d{};
}

double trust(const std::vector<float>& rows, size_t dim, const Embedding2d& map) {
  Monitor monitor;
  const auto trust = trustworthiness(rows, dim, map, 15, {}, monitor);
  EXPECT_TRUE(trust.ok());
  return *trust;
}

double distance(const Embedding2d& map, size_t i, size_t j) {
  return std::hypot(map.xy[2 * i] - map.xy[2 * j], map.xy[2 * i + 1] - map.xy[2 * j + 1]);
}

void expect_finite(const Embedding2d& map, size_t n) {
  ASSERT_EQ(map.n(), n);
  for (const float value : map.xy) ASSERT_TRUE(std::isfinite(value));
}

TEST(Map, PlantedClustersStayApart) {
  const size_t n = 1200;
  const size_t clusters = 6;
  const std::vector<float> rows = planted_clusters(n, 10, clusters, 4, 3);
  const Embedding2d map = map_of(rows, 10);
  expect_finite(map, n);
  // Every point's nearest on the map is of its own cluster.
  size_t wrong = 0;
  for (size_t i = 0; i < n; ++i) {
    size_t nearest = i == 0 ? 1 : 0;
    for (size_t j = 0; j < n; ++j) {
      if (j != i && distance(map, i, j) < distance(map, i, nearest)) nearest = j;
    }
    wrong += nearest % clusters != i % clusters ? 1 : 0;
  }
  EXPECT_LE(wrong, n / 100);
}

TEST(Map, ARolledUpBandIsUnrolled) {
  const SwissRoll roll = swiss_roll(2000, 6, 4);
  const Embedding2d map = map_of(roll.rows, 6);
  EXPECT_GT(trust(roll.rows, 6, map), 0.995);
}

TEST(Map, ARingStaysARing) {
  const size_t n = 400;
  std::vector<float> rows;
  for (size_t i = 0; i < n; ++i) {
    const double angle = 6.283185307 * static_cast<double>(i) / n;
    rows.insert(rows.end(),
                {static_cast<float>(std::cos(angle)), 0.5f, static_cast<float>(std::sin(angle))});
  }
  const Embedding2d map = map_of(rows, 3);
  // Around the ring no step is long, and opposite points are far apart.
  double around = 0;
  double longest = 0;
  for (size_t i = 0; i < n; ++i) {
    around += distance(map, i, (i + 1) % n);
    longest = std::max(longest, distance(map, i, (i + 1) % n));
  }
  EXPECT_LT(longest, around / 20);
  for (size_t i = 0; i < n / 2; ++i) EXPECT_GT(distance(map, i, i + n / 2), around / 20);
}

TEST(Map, SameBytesForAnyThreadsAndInstructionSet) {
  const std::vector<float> rows = planted_clusters(1500, 10, 12, 3, 5);
  MapOptions options;
  options.epochs = 30;
  options.threads = 1;
  const Embedding2d first = map_of(rows, 10, options);
  for_each_isa([&] {
    for (const int threads : {1, 2, 3}) {
      options.threads = threads;
      EXPECT_EQ(map_of(rows, 10, options).xy, first.xy) << threads << isa_name(active_isa());
    }
  });
  options.seed = 2;
  EXPECT_NE(map_of(rows, 10, options).xy, first.xy);
}

TEST(Map, OfOneToThreePoints) {
  EXPECT_EQ(map_of({}, 4).n(), 0u);
  EXPECT_EQ(map_of({1, 2, 3, 4}, 4).xy, (std::vector<float>{0, 0}));
  for (const size_t n : {2, 3, 4, 5, 14, 16}) {
    const Embedding2d map = map_of(planted_clusters(n, 4, 1, 1, n), 4);
    expect_finite(map, n);
    EXPECT_GT(distance(map, 0, n - 1), 0);
    EXPECT_LT(distance(map, 0, n - 1), 100);
  }
}

TEST(Map, OfDuplicatesAndConstants) {
  for (const char* metric : {"euclidean", "cosine"}) {
    for (const char* init : {"spectral", "pca", "random"}) {
      MapOptions options;
      options.metric = metric;
      options.init = init;
      options.epochs = 50;
      expect_finite(map_of(std::vector<float>(100 * 3, 0.0f), 3, options), 100);
      expect_finite(map_of(std::vector<float>(100 * 3, 7.0f), 3, options), 100);
      std::vector<float> rows = planted_clusters(40, 3, 2, 5, 1);
      for (int copy = 0; copy < 4; ++copy) rows.insert(rows.end(), rows.begin(), rows.begin() + 60);
      expect_finite(map_of(rows, 3, options), 120);
    }
  }
}

TEST(Map, OfExtremeValues) {
  MapOptions options;
  options.epochs = 20;
  for (const float unit : {1e-44f, 1e-30f, 1e30f, 1e38f}) {
    std::vector<float> rows;
    for (int i = 0; i < 120; ++i) rows.push_back(unit * static_cast<float>(i % 7 - 3));
    expect_finite(map_of(rows, 3, options), 40);
    options.metric = "cosine";
    expect_finite(map_of(rows, 3, options), 40);
    options.metric = "euclidean";
  }
  expect_finite(map_of(planted_clusters(50, 1, 2, 5, 1), 1, options), 50);
  expect_finite(map_of(planted_clusters(50, 2, 2, 5, 1), 2, options), 50);
}

TEST(Map, SaysWhichEmbeddingIsNotFinite) {
  Monitor monitor;
  std::vector<float> rows = planted_clusters(10, 3, 1, 1, 1);
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    rows[7] = bad;
    EXPECT_EQ(compute_umap(rows, 3, {}, monitor).status().message(),
              "the embedding in row 3 has a value that is not a finite number, in "
              "column 2; train again, with a lower learning rate");
  }
}

TEST(Map, WantsWholeRows) {
  Monitor monitor;
  EXPECT_EQ(compute_umap(std::vector<float>(31), 3, {}, monitor).status().message(),
            "31 values are not rows of 3");
  EXPECT_EQ(compute_umap(std::vector<float>(3), 0, {}, monitor).status().message(),
            "3 values are not rows of 0");
}

// Circles about one centre, each in a plane of its own: parts whose centroids are the same.
TEST(Map, PartsWithOneCentreGetPlacesOfTheirOwn) {
  constexpr size_t kCircles = 6, kDim = 2 * kCircles;
  const float s = std::sqrt(0.5f);
  const float circle[8][2] = {{1, 0}, {s, s}, {0, 1}, {-s, s}, {-1, 0}, {-s, -s}, {0, -1}, {s, -s}};
  std::vector<float> rows(8 * kCircles * kDim);
  for (size_t i = 0; i < 8 * kCircles; ++i) {
    std::copy_n(circle[i % 8], 2, rows.begin() + static_cast<ptrdiff_t>(i * kDim + i / 8 * 2));
  }
  MapOptions options;
  options.n_neighbors = 3;
  const Embedding2d map = map_of(rows, kDim, options);
  expect_finite(map, 8 * kCircles);
  std::set<std::pair<int, int>> places;
  for (size_t c = 0; c < kCircles; ++c) {
    double x = 0, y = 0;
    for (size_t i = 8 * c; i < 8 * c + 8; ++i) x += map.xy[2 * i] / 8, y += map.xy[2 * i + 1] / 8;
    places.insert({static_cast<int>(std::lround(x)), static_cast<int>(std::lround(y))});
  }
  EXPECT_EQ(places.size(), kCircles);
}

TEST(Map, IsMadeAnEpochAtATime) {
  Monitor monitor;
  MapOptions options;
  options.epochs = 7;
  const std::vector<float> rows = planted_clusters(50, 3, 1, 1, 1);
  auto maker = MapMaker::begin(rows, 3, options, monitor);
  ASSERT_TRUE(maker.ok());
  EXPECT_EQ(maker->epochs(), 7);
  std::vector<float> before = maker->map().xy;
  for (int epoch = 1; epoch <= 7; ++epoch) {
    EXPECT_FALSE(maker->finished());
    ASSERT_TRUE(maker->run_epoch(monitor).ok());
    EXPECT_EQ(maker->epoch(), epoch);
    const std::vector<float> after = maker->map().xy;
    if (epoch > 1) {  // no edge is due in the first
      EXPECT_NE(before, after) << epoch;
    }
    before = after;
  }
  EXPECT_TRUE(maker->finished());
  EXPECT_EQ(compute_umap(rows, 3, options, monitor)->xy, before);
}

TEST(Map, StopsWhenTheMonitorSaysSo) {
  const std::vector<float> rows = planted_clusters(3000, 10, 12, 3, 5);
  for (const int calls : {0, 1, 5, 40, 100, 1000}) {
    StopAfter monitor(calls);
    EXPECT_EQ(compute_umap(rows, 10, {}, monitor).status().code(), Code::kInterrupted) << calls;
  }
}

TEST(Place, PointsGoToTheirCluster) {
  Monitor monitor;
  const size_t clusters = 5;
  const std::vector<float> all = planted_clusters(1100, 10, clusters, 5, 9);
  const std::vector<float> rows(all.begin(), all.begin() + 10000);
  const std::vector<float> fresh(all.begin() + 10000, all.end());
  const Embedding2d map = map_of(rows, 10);
  const auto placed = transform(rows, 10, map, fresh, {}, monitor);
  ASSERT_TRUE(placed.ok());
  expect_finite(*placed, 100);
  size_t wrong = 0;
  for (size_t i = 0; i < 100; ++i) {
    double best = 1e9;
    size_t nearest = 0;
    for (size_t j = 0; j < 1000; ++j) {
      const double d =
          std::hypot(placed->xy[2 * i] - map.xy[2 * j], placed->xy[2 * i + 1] - map.xy[2 * j + 1]);
      if (d < best) {
        best = d;
        nearest = j;
      }
    }
    wrong += nearest % clusters != i % clusters ? 1 : 0;
  }
  EXPECT_LE(wrong, 2u);
}

TEST(Place, DoesNotDependOnTheOthersNorOnThreads) {
  Monitor monitor;
  const std::vector<float> rows = planted_clusters(500, 6, 5, 4, 9);
  const std::vector<float> fresh = planted_clusters(40, 6, 5, 4, 10);
  const Embedding2d map = map_of(rows, 6);
  MapOptions options;
  options.threads = 1;
  const auto together = transform(rows, 6, map, fresh, options, monitor);
  ASSERT_TRUE(together.ok());
  for_each_isa([&] {
    options.threads = 3;
    EXPECT_EQ(transform(rows, 6, map, fresh, options, monitor)->xy, together->xy);
  });
  for (size_t i = 0; i < 40; i += 7) {
    const auto alone =
        transform(rows, 6, map, std::span(fresh).subspan(6 * i, 6), options, monitor);
    ASSERT_TRUE(alone.ok());
    EXPECT_EQ(alone->xy[0], together->xy[2 * i]);
    EXPECT_EQ(alone->xy[1], together->xy[2 * i + 1]);
  }
}

TEST(Place, AKnownEmbeddingGetsItsOwnPosition) {
  Monitor monitor;
  const std::vector<float> rows = planted_clusters(300, 6, 5, 4, 9);
  const Embedding2d map = map_of(rows, 6);
  const auto placed = transform(rows, 6, map, rows, {}, monitor);
  ASSERT_TRUE(placed.ok());
  EXPECT_EQ(placed->xy, map.xy);
}

TEST(Place, WantsTheMapOfTheseEmbeddings) {
  Monitor monitor;
  const std::vector<float> rows = planted_clusters(30, 6, 5, 4, 9);
  EXPECT_EQ(transform(rows, 6, Embedding2d{{1, 2}}, rows, {}, monitor).status().message(),
            "the map has 1 points and the model 30; make the map again");
}

}  // namespace
}  // namespace subjrec
