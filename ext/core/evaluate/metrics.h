// From ranks to the figures of evaluate.h.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/evaluate/ranks.h"

namespace subjrec {

/// Sums over the first r ranks, r = 0 .. length, of what a right answer at that rank is worth.
class GainTable {
 public:
  enum class Gain { kHit, kDiscounted, kReciprocal };
  /// Ranks beyond k are worth nothing.
  GainTable(Gain gain, size_t k);

  /// The sum over ranks 1 .. r.
  double prefix(size_t r) const { return sums_[r < sums_.size() ? r : sums_.size() - 1]; }
  /// The mean over the ranks first + 1 .. first + count.
  double mean(size_t first, size_t count) const {
    return (prefix(first + count) - prefix(first)) / static_cast<double>(count);
  }

 private:
  std::vector<double> sums_;
};

/// The expected gain of one held-out row, over a random order of equal scores.
inline double expected_gain(const GainTable& table, const RankedTestItem& trial) {
  return table.mean(trial.better, size_t{trial.equal} + 1);
}

/// Held-out subjects of one work that share a score, best first.
struct TieGroup {
  size_t above = 0;   // held-out ones with a greater score
  size_t size = 0;    // held-out ones with this score
  size_t better = 0;  // other candidates with a greater score
  size_t equal = 0;   // other candidates with this score
};
void tie_groups(std::span<const RankedTestItem> trials, std::vector<TieGroup>* groups);

/// The expected sum of gains of a work's held-out subjects.
double expected_gain(const GainTable& table, std::span<const TieGroup> groups);
/// The expected 1 / rank of the first held-out subject, 0 beyond k.
double expected_reciprocal_rank(std::span<const TieGroup> groups, size_t k);
/// The expected sum of (held-out ones up to the rank) / rank over held-out ranks up to k.
double expected_precision_sum(std::span<const TieGroup> groups, size_t k);

/// The Gini coefficient of counts: 0 where all are equal, near 1 where one has everything.
double gini(std::vector<uint32_t> counts);

}  // namespace subjrec
