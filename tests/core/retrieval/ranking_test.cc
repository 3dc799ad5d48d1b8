#include "core/retrieval/ranking.h"

#include <gtest/gtest.h>

#include "support/topk_cases.h"

namespace subjrec {
namespace {

TEST(Ranking, IsTheWholeRowBestFirst) {
  Monitor monitor;
  Ranking ranking;  // one object for all: starting anew forgets everything
  for (const TopKCase& c : topk_cases()) {
    SCOPED_TRACE(c.name + ", " + std::to_string(c.n()) + " x " + std::to_string(c.dim));
    auto index = TopKIndex::build(c.vectors, c.dim, c.bias, 1, monitor);
    ASSERT_TRUE(index.ok());
    for (const auto& exclude : exclusions(plain_ranking(c, c.query(0), {}))) {
      const std::vector<ScoredItem> wanted = plain_ranking(c, c.query(0), exclude);
      for (const size_t expected : {size_t{1}, size_t{64}, size_t{5000}}) {
        ranking.start(*index, c.query(0), exclude, expected);
        ASSERT_EQ(ranking.size(), wanted.size());
        for (size_t rank = 0; rank < wanted.size(); ++rank) {
          const auto hit = ranking.at(rank, monitor);
          ASSERT_TRUE(hit.ok());
          ASSERT_EQ(**hit, wanted[rank]) << "rank " << rank;
        }
      }
    }
  }
}

TEST(Ranking, OfScoresEndsAtTheLeast) {
  const std::vector<float> scores = {0.5f, 2.0f, -1.0f, 2.0f, 0.25f};
  Monitor monitor;
  Ranking ranking;
  std::vector<uint32_t> items;
  for (const double least : {-1e300, 0.25, 0.26, 2.5}) {
    ranking.start(scores, least);
    items.push_back(static_cast<uint32_t>(ranking.size()));
  }
  EXPECT_EQ(items, (std::vector<uint32_t>{5, 4, 3, 0}));
  ranking.start(scores, 0.5);
  items.clear();
  for (size_t r = 0; r < ranking.size(); ++r) items.push_back((*ranking.at(r, monitor))->item);
  EXPECT_EQ(items, (std::vector<uint32_t>{1, 3, 0}));
}

}  // namespace
}  // namespace subjrec
