#include "core/evaluate/metrics.h"

#include <algorithm>

#include "core/base/portable_math.h"

namespace subjrec {

GainTable::GainTable(Gain gain, size_t k) : sums_(k + 1, 0.0) {
  const double log_2 = portable_log(2);
  for (size_t r = 1; r <= k; ++r) {
    const auto rank = static_cast<double>(r);
    double worth = 1;
    if (gain == Gain::kDiscounted) worth = log_2 / portable_log(rank + 1);
    if (gain == Gain::kReciprocal) worth = 1 / rank;
    sums_[r] = sums_[r - 1] + worth;
  }
}

void tie_groups(std::span<const RankedTestItem> trials, std::vector<TieGroup>* groups) {
  groups->clear();
  std::vector<RankedTestItem> sorted(trials.begin(), trials.end());
  std::sort(sorted.begin(), sorted.end(),
            [](const RankedTestItem& a, const RankedTestItem& b) { return a.score > b.score; });
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (i == 0 || sorted[i].score != sorted[i - 1].score) {
      groups->push_back({i, 0, sorted[i].others_better, sorted[i].others_equal});
    }
    ++groups->back().size;
  }
}

double expected_gain(const GainTable& table, std::span<const TieGroup> groups) {
  double sum = 0;
  for (const TieGroup& g : groups) {
    sum += static_cast<double>(g.size) * table.mean(g.better + g.above, g.size + g.equal);
  }
  return sum;
}

namespace {

/// Sum over x of P(x others of the tie stand before its i-th held-out one) * worth / rank, where
/// rank = better + above + x + i <= k. P is the negative hypergeometric distribution.
double expected_over_rank(const TieGroup& g, size_t i, size_t k) {
  const auto others = static_cast<double>(g.equal);
  const auto size = static_cast<double>(g.size);
  const auto place = static_cast<double>(i);
  double p = 1;
  for (size_t m = 0; m < i; ++m) {
    const auto taken = static_cast<double>(m);
    p *= (size - taken) / (others + size - taken);
  }
  double sum = 0;
  for (size_t x = 0; x <= g.equal; ++x) {
    const size_t rank = g.better + g.above + x + i;
    if (rank > k) break;
    sum += p / static_cast<double>(rank);
    const auto before = static_cast<double>(x);
    if (x < g.equal) {
      p *= (before + place) / (before + 1) * (others - before) / (others - before + size - place);
    }
  }
  return sum;
}

}  // namespace

double expected_reciprocal_rank(std::span<const TieGroup> groups, size_t k) {
  return groups.empty() ? 0 : expected_over_rank(groups.front(), 1, k);
}

double expected_precision_sum(std::span<const TieGroup> groups, size_t k) {
  double sum = 0;
  for (const TieGroup& g : groups) {
    if (g.better + g.above >= k) break;
    for (size_t i = 1; i <= g.size; ++i) {
      sum += static_cast<double>(g.above + i) * expected_over_rank(g, i, k);
    }
  }
  return sum;
}

double gini(std::vector<uint32_t> counts) {
  std::sort(counts.begin(), counts.end());
  double weighted = 0;
  double total = 0;
  const auto n = static_cast<double>(counts.size());
  for (size_t i = 0; i < counts.size(); ++i) {
    weighted += (2 * static_cast<double>(i + 1) - n - 1) * counts[i];
    total += counts[i];
  }
  return total == 0 ? 0 : weighted / (n * total);
}

}  // namespace subjrec
