#include "core/retrieval/topk_batch.h"

#include <gtest/gtest.h>

#include "support/monitors.h"
#include "support/topk_cases.h"

namespace subjrec {
namespace {

TEST(TopKBatch, IsOneQueryAfterTheOtherForAnyNumberOfThreads) {
  Monitor monitor;
  TopKScratch scratch;
  for (TopKCase c : topk_cases()) {
    SCOPED_TRACE(c.name + ", " + std::to_string(c.n()) + " x " + std::to_string(c.dim));
    const std::vector<float> five = c.queries;
    for (int i = 0; i < 3; ++i) c.queries.insert(c.queries.end(), five.begin(), five.end());
    Interactions tagged{c.n_queries(), c.n(), {0}, {}, {}};
    for (size_t q = 0; q < c.n_queries(); ++q) {
      for (uint32_t i = 0; i < c.n(); i += 3 + static_cast<uint32_t>(q)) {
        tagged.subjects.push_back(i);
      }
      tagged.offsets.push_back(tagged.subjects.size());
    }
    auto index = TopKIndex::build(c.vectors, c.dim, c.bias, 1, monitor);
    ASSERT_TRUE(index.ok());
    for (const size_t k : {size_t{0}, size_t{10}, c.n() + 1}) {
      for (const Interactions* exclude :
           {static_cast<const Interactions*>(nullptr), static_cast<const Interactions*>(&tagged)}) {
        for (const int threads : {1, 2, 3}) {
          ThreadTeam team(threads);
          HitLists lists;
          ASSERT_TRUE(top_k_batch(*index, c.queries, k, exclude, team, monitor, &lists).ok());
          ASSERT_EQ(lists.offsets.size(), c.n_queries() + 1);
          for (size_t q = 0; q < c.n_queries(); ++q) {
            std::vector<ScoredItem> wanted;
            const auto left_out = exclude == nullptr ? std::span<const uint32_t>() : tagged.row(q);
            ASSERT_TRUE(index->top_k(c.query(q), k, left_out, monitor, &scratch, &wanted).ok());
            const auto list = lists.list(q);
            ASSERT_EQ(std::vector<ScoredItem>(list.begin(), list.end()), wanted) << "query " << q;
          }
        }
      }
    }
  }
}

TEST(TopKBatch, StopsWhenTheMonitorSaysSo) {
  Monitor monitor;
  StopAtOnce impatient;
  const TopKCase c = scaled_case("any", 100, 4, [](size_t) { return 1.0; });
  auto index = TopKIndex::build(c.vectors, c.dim, {}, 0, monitor);
  ASSERT_TRUE(index.ok());
  ThreadTeam team(2);
  HitLists lists;
  EXPECT_EQ(top_k_batch(*index, c.vectors, 3, nullptr, team, impatient, &lists).code(),
            Code::kInterrupted);
}

}  // namespace
}  // namespace subjrec
