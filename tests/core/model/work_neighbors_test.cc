#include "core/model/work_neighbors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/model/item_weights.h"
#include "support/planted_interactions.h"

namespace subjrec {
namespace {

constexpr double kFeatureWeight = 0.7;
constexpr size_t kNearest = 9;

/// TF-IDF vectors and cosines as the header defines them, in double precision.
class Twin {
 public:
  explicit Twin(const TrainData& data) : data_(data) {
    for (size_t w = 0; w < data.interactions.n_works; ++w) {
      works_ += !data.interactions.row(w).empty();
      for (const auto& [term, value] : values(w)) counts_[term] += value > 0;
    }
  }

  double similarity(size_t a, size_t b) const {
    return dot(weights(a), weights(b)) /
           std::sqrt(dot(weights(a), weights(a)) * dot(weights(b), weights(b)));
  }

  std::vector<uint32_t> nearest(uint32_t work) const {
    std::vector<uint32_t> order;
    for (uint32_t w = 0; w < data_.interactions.n_works; ++w) {
      if (w != work && similarity(work, w) > 0) order.push_back(w);
    }
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
      return similarity(work, a) > similarity(work, b) + 1e-7;
    });
    order.resize(std::min(order.size(), kNearest));
    return order;
  }

 private:
  using Vector = std::map<size_t, double>;

  Vector values(size_t w) const {
    Vector terms;
    for (const uint32_t s : data_.interactions.row(w)) terms[s] = 1;
    if (terms.empty()) return terms;
    for (const WeightedFeature& f : features_of(data_, w)) {
      terms[data_.interactions.n_subjects + f.feature] = kFeatureWeight * double{f.weight};
    }
    return terms;
  }
  Vector weights(size_t w) const {
    Vector terms = values(w);
    for (auto& [term, value] : terms) value *= std::log(works_ / counts_.at(term));
    return terms;
  }
  static double dot(const Vector& a, const Vector& b) {
    double sum = 0;
    for (const auto& [term, value] : a) {
      if (const auto at = b.find(term); at != b.end()) sum += value * at->second;
    }
    return sum;
  }

  const TrainData& data_;
  double works_ = 0;
  std::map<size_t, double> counts_;
};

class WorkNeighborsTest : public ::testing::Test {
 protected:
  WorkNeighbors built() const {
    Monitor monitor;
    return *WorkNeighbors::build(data, kFeatureWeight, kNearest, monitor);
  }
  std::vector<Neighbor> nearest(const WorkNeighbors& index, uint32_t w) {
    std::vector<Neighbor> found;
    index.find(data.interactions.row(w), features_of(data, w), w, &scratch, &found);
    return found;
  }
  TrainData data = planted_data(200, 4, true, 1);
  NeighborScratch scratch;
};

TEST_F(WorkNeighborsTest, AreThoseOfTheDefinition) {
  const WorkNeighbors index = built();
  const Twin twin(data);
  for (uint32_t w = 0; w < 200; w += 7) {
    const std::vector<Neighbor> found = nearest(index, w);
    const std::vector<uint32_t> wanted = twin.nearest(w);
    ASSERT_EQ(found.size(), wanted.size());
    for (size_t i = 0; i < found.size(); ++i) {
      EXPECT_NEAR(found[i].similarity, twin.similarity(w, found[i].work), 1e-5);
      EXPECT_NEAR(found[i].similarity, twin.similarity(w, wanted[i]), 1e-5);
      EXPECT_NE(found[i].work, w);
    }
  }
}

TEST_F(WorkNeighborsTest, VoteWithTheirSimilarities) {
  const WorkNeighbors index = built();
  for (uint32_t w = 0; w < 200; w += 31) {
    const std::vector<Neighbor> found = nearest(index, w);
    double total = 0;
    std::map<uint32_t, double> shares;
    for (const Neighbor& n : found) {
      total += n.similarity;
      for (const uint32_t s : data.interactions.row(n.work)) shares[s] += n.similarity;
    }
    std::vector<Vote> votes;
    index.vote(found, &scratch, &votes);
    ASSERT_EQ(votes.size(), shares.size());
    for (const Vote& vote : votes) {
      EXPECT_NEAR(vote.share, shares.at(vote.subject) / total, 1e-5);
      EXPECT_TRUE(std::is_sorted(votes.begin(), votes.end(), [](const Vote& a, const Vote& b) {
        return a.subject < b.subject;
      }));
    }
  }
}

TEST_F(WorkNeighborsTest, OfAnEmptyBagAreNone) {
  const WorkNeighbors index = built();
  std::vector<Vote> votes{{1, 1}};
  index.vote_for({}, {}, WorkNeighbors::kNone, &scratch, &votes);
  EXPECT_TRUE(votes.empty());
}

TEST_F(WorkNeighborsTest, DoNotAskWorksThatCarryNothing) {
  data.interactions.subjects.erase(
      data.interactions.subjects.begin(),
      data.interactions.subjects.begin() + static_cast<ptrdiff_t>(data.interactions.offsets[1]));
  const uint64_t gone = data.interactions.offsets[1];
  for (size_t w = 1; w < data.interactions.offsets.size(); ++w)
    data.interactions.offsets[w] -= gone;
  const WorkNeighbors index = built();
  for (uint32_t w = 1; w < 200; ++w) {
    for (const Neighbor& n : nearest(index, w)) EXPECT_NE(n.work, 0u);
  }
  EXPECT_FALSE(nearest(index, 0).empty()) << "by its features";
}

/// Lists of which some cannot be read.
class BrokenLists : public WorkLists {
 public:
  BrokenLists(const WorkLists& whole, bool terms) : whole_(whole), terms_(terms) {}
  Status postings(size_t term, std::span<const Posting>* out) const override {
    return terms_ ? Status(Code::kCorrupt, "term") : whole_.postings(term, out);
  }
  Status subjects_of(uint32_t work, std::span<const uint32_t>* out) const override {
    return terms_ ? whole_.subjects_of(work, out) : Status(Code::kCorrupt, "work");
  }

 private:
  const WorkLists& whole_;
  bool terms_;
};

/// Two works with a subject each in common with a third.
class FewLists : public WorkLists {
 public:
  Status postings(size_t term, std::span<const Posting>* out) const override {
    *out = std::span(postings_).subspan(2 * term, 2);
    return {};
  }
  Status subjects_of(uint32_t work, std::span<const uint32_t>* out) const override {
    *out = std::span(subjects_).subspan(work, 1);
    return {};
  }

 private:
  std::vector<Posting> postings_ = {{0, 1}, {2, 0.6f}, {1, 1}, {2, 0.8f}};
  std::vector<uint32_t> subjects_ = {0, 1, 1};
};

TEST(WorkNeighborsOver, ListsThatAreRead) {
  const auto lists = std::make_shared<FewLists>();
  const TermCounts terms{3, 2, 3, {2, 2}};
  const std::vector<uint32_t> both{0, 1};
  NeighborScratch scratch;
  std::vector<Neighbor> found;
  const WorkNeighbors whole = WorkNeighbors::over(lists, terms, 1, kNearest);
  whole.find(both, {}, WorkNeighbors::kNone, &scratch, &found);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].work, 2u);
  EXPECT_TRUE(whole.carries(1, 1));
  EXPECT_FALSE(whole.carries(1, 0));
  std::vector<Vote> votes;
  for (const bool in_terms : {true, false}) {
    const WorkNeighbors broken =
        WorkNeighbors::over(std::make_shared<BrokenLists>(*lists, in_terms), terms, 1, kNearest);
    broken.vote_for(both, {}, WorkNeighbors::kNone, &scratch, &votes);
    EXPECT_EQ(scratch.status.message(), in_terms ? "term" : "work");
    EXPECT_TRUE(votes.empty());
    whole.vote_for(both, {}, WorkNeighbors::kNone, &scratch, &votes);
    EXPECT_TRUE(scratch.status.ok()) << "a search that fails leaves nothing behind";
    ASSERT_EQ(votes.size(), 2u);
    EXPECT_FLOAT_EQ(votes[0].share + votes[1].share, 1);
  }
}

}  // namespace
}  // namespace subjrec
