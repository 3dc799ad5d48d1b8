#include "core/retrieval/diversify.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "core/base/random.h"

namespace subjrec {
namespace {

constexpr size_t kDim = 5;
constexpr uint32_t kSubjects = 40;

struct Case {
  std::vector<float> embeddings = std::vector<float>(kSubjects * kDim);
  std::vector<ScoredItem> pool;

  explicit Case(uint64_t seed) {
    fill_normal(embeddings, kDim, 1, seed, 1);
    std::fill_n(embeddings.begin() + 3 * kDim, kDim, 0.0f);  // one that has no direction
    Random random(seed);
    for (uint32_t s = 0; s < 25; ++s) {
      pool.push_back({(s * 7) % kSubjects, static_cast<float>(random.normal())});
    }
    std::sort(pool.begin(), pool.end(),
              [](const ScoredItem& a, const ScoredItem& b) { return a.score > b.score; });
  }

  double cosine(uint32_t a, uint32_t b) const {
    double ab = 0, aa = 0, bb = 0;
    for (size_t k = 0; k < kDim; ++k) {
      const double x = embeddings[a * kDim + k];
      const double y = embeddings[b * kDim + k];
      ab += x * y;
      aa += x * x;
      bb += y * y;
    }
    return aa * bb == 0 ? 0 : ab / std::sqrt(aa * bb);
  }

  /// As the paper says it: each time everything anew.
  std::vector<size_t> by_hand(const std::vector<uint32_t>& carried, size_t k, double d) const {
    std::set<size_t> chosen;
    while (chosen.size() < k) {
      double greatest = -1e9;
      size_t best = 0;
      for (size_t i = 0; i < pool.size(); ++i) {
        if (chosen.count(i) != 0) continue;
        double near = 0;
        for (const uint32_t s : carried) near = std::max(near, cosine(s, pool[i].item));
        for (const size_t j : chosen) near = std::max(near, cosine(pool[j].item, pool[i].item));
        const double relevance = (double{pool[i].score} - double{pool.back().score}) /
                                 (double{pool.front().score} - double{pool.back().score});
        const double worth = (1 - d) * relevance - d * near;
        if (worth > greatest) {
          greatest = worth;
          best = i;
        }
      }
      chosen.insert(best);
    }
    return {chosen.begin(), chosen.end()};
  }
};

TEST(Diversify, IsMaximalMarginalRelevance) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Case c(seed);
    for (const double d : {0.1, 0.5, 0.9, 1.0}) {
      const std::vector<uint32_t> carried{5, 6};
      EXPECT_EQ(diversify(c.embeddings, kDim, c.pool, carried, 8, d), c.by_hand(carried, 8, d));
    }
  }
}

TEST(Diversify, LeavesTheBestAsTheyAreAtZero) {
  const Case c(3);
  EXPECT_EQ(diversify(c.embeddings, kDim, c.pool, {}, 4, 0), (std::vector<size_t>{0, 1, 2, 3}));
}

TEST(Diversify, GivesAllOfAPoolThatIsNoLarger) {
  const Case c(3);
  EXPECT_EQ(diversify(c.embeddings, kDim, c.pool, {}, 100, 0.5).size(), c.pool.size());
  EXPECT_TRUE(diversify(c.embeddings, kDim, {}, {}, 3, 0.5).empty());
}

TEST(Diversify, TakesSubjectsWithoutDirectionAsTheOthersAreInTheMean) {
  // The carried subject, then those of the pool: their cosines with it are 0.8, 0.6 and 0.
  const std::vector<float> embeddings{1, 0, 0.8f, 0.6f, 0.6f, 0.8f, 0, 0, 0, 1};
  const std::vector<uint32_t> carried{0};
  const std::vector<ScoredItem> close{{1, 2.0f}, {2, 2.0f}, {3, 2.0f}};
  EXPECT_EQ(diversify(embeddings, 2, close, carried, 1, 1), (std::vector<size_t>{1}));
  const std::vector<ScoredItem> wide{{1, 2.0f}, {3, 2.0f}, {4, 2.0f}};
  EXPECT_EQ(diversify(embeddings, 2, wide, carried, 1, 1), (std::vector<size_t>{2}));
  // Between one that is as near as can be and one that is far it is in the middle.
  EXPECT_EQ(diversify(embeddings, 2, wide, carried, 2, 1), (std::vector<size_t>{0, 2}));
  const std::vector<ScoredItem> blind{{3, 2.0f}, {3, 1.0f}};
  EXPECT_EQ(diversify(embeddings, 2, blind, carried, 1, 0.5), (std::vector<size_t>{0}));
}

TEST(Diversify, DoesNotSuggestASubjectForHavingNoDirection) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Case c(seed);
    c.pool.back().item = 3;  // without direction, and the least relevant
    const std::vector<size_t> list = diversify(c.embeddings, kDim, c.pool, {{5, 6, 8, 9}}, 3, 0.6);
    EXPECT_NE(list.back(), c.pool.size() - 1) << seed;
  }
}

TEST(Diversify, StatesItsPool) {
  EXPECT_EQ(diversity_pool(1), 50u);
  EXPECT_EQ(diversity_pool(10), 100u);
  EXPECT_EQ(diversity_pool(500), 1000u);
  EXPECT_EQ(diversity_pool(5000), 5000u);
}

}  // namespace
}  // namespace subjrec
