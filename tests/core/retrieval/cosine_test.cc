#include "core/retrieval/cosine.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/topk_cases.h"

namespace subjrec {
namespace {

TEST(CosineSimilarity, KnownAngles) {
  const std::vector<float> x{3, 0};
  const std::vector<float> y{0, 0.5f};
  const std::vector<float> between{2, 2};
  const std::vector<float> zero{0, 0};
  EXPECT_EQ(cosine_similarity(x, x), 1.0f);
  EXPECT_EQ(cosine_similarity(x, y), 0.0f);
  EXPECT_EQ(cosine_similarity(x, between), static_cast<float>(std::sqrt(0.5)));
  EXPECT_EQ(cosine_similarity(x, std::vector<float>{-7, 0}), -1.0f);
  EXPECT_EQ(cosine_similarity(x, zero), 0.0f);
  EXPECT_EQ(cosine_similarity(zero, zero), 0.0f);
}

TEST(CosineSimilarity, NeitherOverflowsNorVanishes) {
  constexpr float kHuge = std::numeric_limits<float>::max();
  constexpr float kTiny = std::numeric_limits<float>::denorm_min();
  const std::vector<float> huge{kHuge, kHuge, -kHuge};
  const std::vector<float> tiny{kTiny, kTiny, -kTiny};
  EXPECT_EQ(cosine_similarity(huge, huge), 1.0f);
  EXPECT_EQ(cosine_similarity(tiny, tiny), 1.0f);
  EXPECT_EQ(cosine_similarity(huge, tiny), 1.0f);
}

TEST(CosineSimilarity, HasNoNegativeZero) {
  const float a[] = {1e-30f, 1e30f};
  const float b[] = {-1e30f, 1e-40f};
  EXPECT_EQ(cosine_similarity(a, b), 0.0f);
  EXPECT_FALSE(std::signbit(cosine_similarity(a, b)));
}

TEST(CosineSimilarity, IsOneForAVectorAndItselfAndNeverMore) {
  const TopKCase c = scaled_case("any", 2000, 9, [](size_t i) { return 1.0 + 0.001 * i; });
  for (size_t i = 0; i < c.n(); ++i) {
    EXPECT_EQ(cosine_similarity(c.vector(i), c.vector(i)), 1.0f);
    EXPECT_EQ(cosine_similarity(c.vector(i), c.query(0)),
              cosine_similarity(c.query(0), c.vector(i)));
  }
}

TEST(CosineIndex, IsComparingWithEveryItem) {
  Monitor monitor;
  TopKScratch scratch;
  std::vector<ScoredItem> hits;
  for (const TopKCase& c : topk_cases()) {
    SCOPED_TRACE(c.name + ", " + std::to_string(c.n()) + " x " + std::to_string(c.dim));
    auto index = CosineIndex::build(c.vectors, c.dim, monitor);
    ASSERT_TRUE(index.ok());
    for (size_t q = 0; q < c.n_queries(); ++q) {
      for (const auto& exclude : exclusions(plain_ranking(c, c.query(q), {}))) {
        std::vector<ScoredItem> wanted = plain_ranking(c, c.query(q), exclude);
        for (ScoredItem& hit : wanted)
          hit.score = cosine_similarity(c.query(q), c.vector(hit.item));
        std::sort(wanted.begin(), wanted.end(), [](const ScoredItem& a, const ScoredItem& b) {
          return a.score != b.score ? a.score > b.score : a.item < b.item;
        });
        for (const size_t k : {size_t{0}, size_t{1}, size_t{10}, c.n(), c.n() + 5}) {
          ASSERT_TRUE(index->nearest(c.query(q), k, exclude, monitor, &scratch, &hits).ok());
          ASSERT_EQ(hits, std::vector<ScoredItem>(
                              wanted.begin(),
                              wanted.begin() + static_cast<ptrdiff_t>(std::min(k, wanted.size()))))
              << "query " << q << ", k " << k << ", excluded " << exclude.size();
        }
      }
    }
  }
}

}  // namespace
}  // namespace subjrec
