#include "core/retrieval/best_keys.h"

#include <gtest/gtest.h>

#include <limits>

#include "core/base/random.h"

namespace subjrec {
namespace {

TEST(BestKeys, KeysAreInTheOrderOfHits) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const std::vector<ScoredItem> best_first{{7, kInfinity}, {8, kInfinity}, {3, 2.5f},
                                           {1, 1e-45f},    {0, 0.0f},      {2, -1e-45f},
                                           {5, -2.5f},     {4, -kInfinity}};
  std::vector<uint64_t> keys;
  for (const ScoredItem& hit : best_first) keys.push_back(hit_key(hit.score, hit.item));
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  std::vector<ScoredItem> hits;
  write_hits(keys, &hits);
  EXPECT_EQ(hits, best_first);
}

TEST(BestKeys, SortingIsSorting) {
  Monitor monitor;
  Random random(3);
  for (const size_t n : {0, 1, 2, 5000}) {
    std::vector<uint64_t> keys(n);
    for (uint32_t i = 0; i < n; ++i) {
      const double x = random.normal() * (i % 2 == 0 ? 1e-30 : 3);
      keys[i] = hit_key(i % 5 == 0 ? 1.0f : static_cast<float>(x), i);
    }
    std::vector<uint64_t> wanted = keys;
    std::sort(wanted.begin(), wanted.end());
    ASSERT_TRUE(sort_keys(&keys, monitor).ok());
    EXPECT_EQ(keys, wanted);
  }
}

}  // namespace
}  // namespace subjrec
