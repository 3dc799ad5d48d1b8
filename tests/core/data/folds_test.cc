#include "core/data/folds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/base/random.h"

namespace subjrec {
namespace {

/// A catalogue with ids of its own, put in order.
struct Catalogue {
  IdTable works;
  IdTable subjects;
  Interactions y;

  explicit Catalogue(uint32_t n_works, uint32_t leave_out = ~uint32_t{0}) {
    Monitor monitor;
    Random random(4);
    std::vector<std::pair<uint32_t, uint32_t>> pairs;
    for (uint32_t w = 0; w < n_works; ++w) {
      const uint64_t n = 1 + random.below(6);
      for (uint64_t i = 0; i < n; ++i) {
        const auto s = static_cast<uint32_t>(random.below(30) * random.below(30) / 30);
        if (w == leave_out) continue;
        const std::string work = "w" + std::to_string(w);
        pairs.emplace_back(works.intern({IdKind::kText, 0, work}),
                           subjects.intern({IdKind::kInteger, int64_t{s} * 7, {}}));
      }
    }
    const auto moved_works = *works.sort(monitor);
    const auto moved_subjects = *subjects.sort(monitor);
    for (auto& [w, s] : pairs) {
      w = moved_works[w];
      s = moved_subjects[s];
    }
    y = make_interactions(std::move(pairs), works.size(), subjects.size());
  }

  std::vector<uint32_t> folds(const FoldOptions& options) const {
    Monitor monitor;
    auto folds = assign_folds(y, works, subjects, options, monitor);
    EXPECT_TRUE(folds.ok());
    return *folds;
  }
};

/// Whichever fold is held out, subjects and (unless whole works are) works stay in training.
void expect_fair(const Catalogue& c, const std::vector<uint32_t>& folds, bool whole_works) {
  const uint32_t most = *std::max_element(folds.begin(), folds.end());
  ASSERT_GT(most, 0u);
  for (uint32_t f = 1; f <= most; ++f) {
    std::vector<uint32_t> left(c.subjects.size(), 0);
    for (size_t w = 0; w < c.y.n_works; ++w) {
      size_t kept = 0;
      for (size_t e = c.y.offsets[w]; e < c.y.offsets[w + 1]; ++e) {
        kept += folds[e] != f;
        left[c.y.subjects[e]] += folds[e] != f;
      }
      if (!whole_works) {
        EXPECT_GT(kept, 0u) << w;
      } else {
        EXPECT_TRUE(kept == 0 || kept == c.y.row(w).size()) << w;
      }
    }
    for (const uint32_t n : left) EXPECT_GT(n, 0u);
  }
}

TEST(Folds, LeaveOneOutTakesOnePairOfEachWorkThatHasThree) {
  const Catalogue c(2000);
  const auto folds = c.folds({});
  expect_fair(c, folds, false);
  for (size_t w = 0; w < c.y.n_works; ++w) {
    const auto begin = folds.begin() + static_cast<ptrdiff_t>(c.y.offsets[w]);
    const auto end = folds.begin() + static_cast<ptrdiff_t>(c.y.offsets[w + 1]);
    EXPECT_EQ(std::count(begin, end, 1), end - begin >= 3 ? 1 : 0);
  }
}

TEST(Folds, HoldOutEachSubjectAsOftenAsChanceSays) {
  const Catalogue c(20000);
  const auto folds = c.folds({});
  std::vector<double> expected(c.subjects.size(), 0);
  std::vector<double> seen(c.subjects.size(), 0);
  for (size_t w = 0; w < c.y.n_works; ++w) {
    const auto row = c.y.row(w);
    for (size_t i = 0; i < row.size() && row.size() >= 3; ++i) {
      expected[row[i]] += 1.0 / static_cast<double>(row.size());
      seen[row[i]] += folds[c.y.offsets[w] + i];
    }
  }
  for (size_t s = 0; s < seen.size(); ++s) {
    EXPECT_NEAR(seen[s], expected[s], 5 * std::sqrt(expected[s]) + 2) << s;
  }
}

TEST(Folds, ShareFoldsAndWholeWorks) {
  const Catalogue c(5000);
  const auto share_of = [&](const std::vector<uint32_t>& folds, uint32_t f) {
    return static_cast<double>(std::count(folds.begin(), folds.end(), f)) /
           static_cast<double>(folds.size());
  };
  FoldOptions options;
  options.method = "share";
  options.share = 0.2;
  options.least = 2;
  auto folds = c.folds(options);
  expect_fair(c, folds, false);
  EXPECT_NEAR(share_of(folds, 1), 0.19, 0.02);
  options.method = "works";
  folds = c.folds(options);
  expect_fair(c, folds, true);
  EXPECT_NEAR(share_of(folds, 1), 0.2, 0.02);
  options.method = "folds";
  options.folds = 4;
  folds = c.folds(options);
  expect_fair(c, folds, false);
  for (uint32_t f = 1; f <= 4; ++f) EXPECT_NEAR(share_of(folds, f), 0.24, 0.03);
}

TEST(Folds, DependOnSeedAndIdsAlone) {
  const Catalogue whole(300);
  const Catalogue less(300, 17);  // one work is not there
  const auto of_pairs = [](const Catalogue& c, const FoldOptions& options) {
    std::map<std::pair<std::string, int64_t>, uint32_t> folds;
    const auto list = c.folds(options);
    for (size_t w = 0; w < c.y.n_works; ++w) {
      for (size_t e = c.y.offsets[w]; e < c.y.offsets[w + 1]; ++e) {
        folds[{std::string(c.works[w].bytes), c.subjects[c.y.subjects[e]].integer}] = list[e];
      }
    }
    return folds;
  };
  FoldOptions options;
  const auto first = of_pairs(whole, options);
  size_t other = 0;
  for (const auto& [pair, fold] : of_pairs(less, options)) other += first.at(pair) != fold;
  EXPECT_LE(other, 4u) << "only where a subject is on few works";
  EXPECT_EQ(first, of_pairs(whole, options));
  options.seed = 2;
  EXPECT_NE(first, of_pairs(whole, options));
}

}  // namespace
}  // namespace subjrec
