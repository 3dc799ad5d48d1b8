#include "core/retrieval/suited_works.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "core/base/random.h"
#include "support/monitors.h"

namespace subjrec {
namespace {

using ::testing::ElementsAre;

TEST(SuitedWorks, AreTheBestOfThoseThatDoNotCarryTheSubject) {
  constexpr size_t kWorks = 300;
  constexpr size_t kSubjects = 40;
  constexpr size_t kDim = 5;
  constexpr size_t kBest = 4;
  Random random(1);
  std::vector<float> works(kWorks * kDim);
  std::vector<float> subjects(kSubjects * kDim);
  for (float& x : works) x = static_cast<float>(random.normal());
  for (float& x : subjects) x = static_cast<float>(random.normal());
  std::vector<std::pair<uint32_t, uint32_t>> carried;
  for (uint32_t i = 0; i < 2000; ++i) {
    carried.emplace_back(random.below(kSubjects), random.below(kWorks));
  }
  Monitor monitor;
  for (const int threads : {1, 3}) {
    ThreadTeam team(threads);
    const auto lists = suited_works(works, subjects, kDim, carried, kBest, team, monitor);
    ASSERT_TRUE(lists.ok());
    for (uint32_t s = 0; s < kSubjects; ++s) {
      std::vector<std::pair<float, uint32_t>> wanted;  // by minus the score
      for (uint32_t w = 0; w < kWorks; ++w) {
        if (std::count(carried.begin(), carried.end(), std::pair{s, w}) > 0) continue;
        float score = 0;
        for (size_t d = 0; d < kDim; ++d) score += works[w * kDim + d] * subjects[s * kDim + d];
        wanted.emplace_back(-score, w);
      }
      std::sort(wanted.begin(), wanted.end());
      const auto list = lists->list(s);
      ASSERT_EQ(list.size(), kBest);
      for (size_t i = 0; i < kBest; ++i) EXPECT_EQ(list[i].item, wanted[i].second) << s;
    }
  }
}

TEST(SuitedWorks, AreSearchedAmongAllWorksOrSomeEvenlySpaced) {
  EXPECT_THAT(searched_works(4, 10), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(searched_works(0, 10), ElementsAre());
  EXPECT_EQ(searched_works(75'541, 4'819).size(), 75'541u);
  const std::vector<uint32_t> some = searched_works(1'000'000, 150'000);
  EXPECT_GT(some.size(), 10'000u);
  EXPECT_LT(some.size(), 20'000u);
  EXPECT_EQ(some.front(), 0u);
  EXPECT_GT(some.back(), 999'900u);
  EXPECT_TRUE(std::is_sorted(some.begin(), some.end()));
}

TEST(SuitedWorks, StopWhenTheMonitorSaysSo) {
  const std::vector<float> vectors(20'000, 0.5f);
  ThreadTeam team(2);
  StopAtOnce stopped;
  const auto lists = suited_works(vectors, vectors, 2, {}, 3, team, stopped);
  EXPECT_EQ(lists.status().code(), Code::kInterrupted);
}

}  // namespace
}  // namespace subjrec
