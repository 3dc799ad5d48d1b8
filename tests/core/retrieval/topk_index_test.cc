#include "core/retrieval/topk_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <numeric>

#include "core/simd/isa.h"
#include "support/monitors.h"
#include "support/set_active_isa.h"
#include "support/topk_cases.h"

namespace subjrec {
namespace {

std::vector<Isa> isas() {
  std::vector<Isa> all{Isa::kPlain};
  for (const Isa isa : {Isa::kAvx2, Isa::kAvx512}) {
    if (isa <= best_isa()) all.push_back(isa);
  }
  return all;
}

TopKIndex index_of(const TopKCase& c) {
  Monitor monitor;
  auto index = TopKIndex::build(c.vectors, c.dim, c.bias, mean_norm(c.queries, c.dim), monitor);
  EXPECT_TRUE(index.ok());
  return std::move(*index);
}

std::vector<ScoredItem> first(std::vector<ScoredItem> ranking, size_t k) {
  ranking.resize(std::min(k, ranking.size()));
  return ranking;
}

/// Byte by byte, so that -0.0 is not 0.0.
bool same_bytes(const std::vector<ScoredItem>& a, const std::vector<ScoredItem>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(ScoredItem)) == 0);
}

class TopKIndexTest : public testing::Test {
 protected:
  void TearDown() override { set_active_isa(best_isa()); }
  Monitor monitor_;
  TopKScratch scratch_;
  std::vector<ScoredItem> hits_;
};

TEST_F(TopKIndexTest, IsScoringEveryItem) {
  for (const TopKCase& c : topk_cases()) {
    SCOPED_TRACE(c.name + ", " + std::to_string(c.n()) + " x " + std::to_string(c.dim));
    const TopKIndex index = index_of(c);
    EXPECT_EQ(index.size(), c.n());
    for (size_t q = 0; q < c.n_queries(); ++q) {
      for (const auto& exclude : exclusions(plain_ranking(c, c.query(q), {}))) {
        const std::vector<ScoredItem> wanted = plain_ranking(c, c.query(q), exclude);
        for (const Isa isa : isas()) {
          set_active_isa(isa);
          for (const size_t k : {size_t{0}, size_t{1}, size_t{2}, size_t{10}, size_t{100},
                                 c.n() / 2, c.n(), c.n() + 5}) {
            ASSERT_TRUE(index.top_k(c.query(q), k, exclude, monitor_, &scratch_, &hits_).ok());
            ASSERT_TRUE(same_bytes(hits_, first(wanted, k)))
                << isa_name(isa) << ", query " << q << ", k " << k << ", excluded "
                << exclude.size();
          }
        }
      }
    }
  }
}

TEST_F(TopKIndexTest, OthersCompeteWithTheScoresThatTheyHave) {
  for (const TopKCase& c : topk_cases()) {
    SCOPED_TRACE(c.name + ", " + std::to_string(c.n()) + " x " + std::to_string(c.dim));
    const TopKIndex index = index_of(c);
    for (const uint32_t step : {2, 10, 333}) {
      std::vector<uint32_t> exclude;
      std::vector<ScoredItem> others;
      std::vector<ScoredItem> wanted;
      for (uint32_t i = 0; i < c.n(); i += step) exclude.push_back(i);
      for (const uint32_t i : exclude) {
        if (i % 3 != 0) others.push_back({i, plain_score(c, c.query(0), i) + 0.5f});
      }
      wanted = plain_ranking(c, c.query(0), exclude);
      wanted.insert(wanted.end(), others.begin(), others.end());
      std::sort(wanted.begin(), wanted.end(), [](const ScoredItem& a, const ScoredItem& b) {
        return hit_key(a.score, a.item) < hit_key(b.score, b.item);
      });
      for (const size_t k : {size_t{1}, size_t{10}, c.n() / 4, c.n()}) {
        const TopKIndex::Additions additions{.others = others};
        ASSERT_TRUE(
            index.top_k(c.query(0), k, exclude, additions, monitor_, &scratch_, &hits_).ok());
        ASSERT_TRUE(same_bytes(hits_, first(wanted, k))) << "k " << k << ", every " << step;
      }
    }
  }
}

TEST_F(TopKIndexTest, ScoresCanHaveMoreThanTheProduct) {
  for (const TopKCase& c : topk_cases()) {
    SCOPED_TRACE(c.name + ", " + std::to_string(c.n()) + " x " + std::to_string(c.dim));
    const TopKIndex index = index_of(c);
    const std::vector<uint32_t> exclude{1, 5, 9};
    TopKIndex::Additions additions;
    additions.most = 1;
    additions.more = [](uint32_t item, float score) {
      return item % 3 == 0 ? score + 0.25f * static_cast<float>(item % 5) : score;
    };
    for (size_t q = 0; q < c.n_queries(); ++q) {
      std::vector<ScoredItem> wanted = plain_ranking(c, c.query(q), exclude);
      for (ScoredItem& hit : wanted) hit.score = additions.more(hit.item, hit.score);
      std::sort(wanted.begin(), wanted.end(), [](const ScoredItem& a, const ScoredItem& b) {
        return hit_key(a.score, a.item) < hit_key(b.score, b.item);
      });
      for (const size_t k : {size_t{1}, size_t{10}, c.n() / 4, c.n()}) {
        ASSERT_TRUE(
            index.top_k(c.query(q), k, exclude, additions, monitor_, &scratch_, &hits_).ok());
        ASSERT_TRUE(same_bytes(hits_, first(wanted, k))) << "k " << k << ", query " << q;
      }
    }
  }
}

TEST_F(TopKIndexTest, AmongCandidatesIsScoringThose) {
  for (const TopKCase& c : topk_cases()) {
    SCOPED_TRACE(c.name + ", " + std::to_string(c.n()) + " x " + std::to_string(c.dim));
    const TopKIndex index = index_of(c);
    for (const size_t step : {1, 2, 10, 333}) {
      std::vector<uint32_t> candidates;
      std::vector<uint32_t> others;
      for (uint32_t i = 0; i < c.n(); ++i) (i % step == 0 ? candidates : others).push_back(i);
      const std::vector<ScoredItem> wanted = plain_ranking(c, c.query(0), others);
      for (const size_t k : {size_t{0}, size_t{1}, size_t{10}, c.n()}) {
        ASSERT_TRUE(index.top_k_among(c.query(0), k, candidates, monitor_, &scratch_, &hits_).ok());
        ASSERT_TRUE(same_bytes(hits_, first(wanted, k))) << "k " << k << ", every " << step;
      }
    }
  }
}

TEST_F(TopKIndexTest, OneScoreAndAllScoresAreTheSameBytes) {
  for (const TopKCase& c : topk_cases()) {
    SCOPED_TRACE(c.name + ", " + std::to_string(c.n()) + " x " + std::to_string(c.dim));
    const TopKIndex index = index_of(c);
    std::vector<float> wanted(c.n());
    for (size_t i = 0; i < c.n(); ++i) wanted[i] = plain_score(c, c.query(0), i);
    for (const Isa isa : isas()) {
      set_active_isa(isa);
      std::vector<float> scores(c.n());
      ASSERT_TRUE(index.score_all(c.query(0), monitor_, scores).ok());
      for (uint32_t i = 0; i < c.n(); ++i) {
        const float one = index.score(c.query(0), i);
        ASSERT_EQ(std::memcmp(&wanted[i], &one, sizeof one), 0) << i;
        ASSERT_EQ(std::memcmp(&wanted[i], &scores[i], sizeof one), 0) << i;
      }
    }
  }
}

TEST_F(TopKIndexTest, StopsWhenTheMonitorSaysSo) {
  StopAtOnce impatient;
  const TopKCase c = scaled_case("equal", 70000, 64, [](size_t) { return 1.0; });
  EXPECT_EQ(TopKIndex::build(c.vectors, c.dim, {}, 0, impatient).status().code(),
            Code::kInterrupted);
  const TopKIndex index = index_of(c);
  const std::vector<float> zeros(c.dim);
  for (const size_t k : {size_t{10}, c.n()}) {
    EXPECT_EQ(index.top_k(zeros, k, {}, impatient, &scratch_, &hits_).code(), Code::kInterrupted);
  }
}

}  // namespace
}  // namespace subjrec
