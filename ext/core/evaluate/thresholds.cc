#include "core/evaluate/thresholds.h"

#include <algorithm>
#include <cstdio>
#include <span>

namespace subjrec {
namespace {

constexpr size_t kSteps = 20;  // thresholds from 0 to 0.95

double threshold(size_t step) { return static_cast<double>(step) / kSteps; }

struct Sums {
  double precision = 0;
  double recall = 0;
  double f1 = 0;
};

/// Adds one work's list to the sums of every limit and threshold. Probabilities fall along a list,
/// unless its subjects were ranked with a discount: so each limit and threshold is counted.
void add_work(std::span<const uint32_t> list, std::span<const float> probabilities,
              std::span<const uint32_t> heldout, double relevant, size_t limits,
              std::vector<Sums>* sums) {
  for (size_t step = 0; step < kSteps; ++step) {
    double listed = 0;
    double hits = 0;
    for (size_t limit = 1, at = 0; limit <= limits; ++limit) {
      // The best `limit` of those that reach the threshold.
      while (at < list.size() && double{probabilities[at]} < threshold(step)) ++at;
      if (at < list.size()) {
        listed += 1;
        hits += std::binary_search(heldout.begin(), heldout.end(), list[at]) ? 1 : 0;
        ++at;
      }
      Sums& sum = (*sums)[(limit - 1) * kSteps + step];
      sum.precision += listed == 0 ? 0 : hits / listed;
      sum.recall += hits / relevant;
      sum.f1 += 2 * hits / (listed + relevant);
    }
  }
}

}  // namespace

Status add_thresholds(const Ranks& ranks, const Interactions& heldout,
                      const EvaluateOptions& options, Monitor& monitor,
                      std::vector<std::pair<std::string, double>>* metrics) {
  const auto limits = static_cast<size_t>(options.k[0]);
  std::vector<Sums> sums(limits * kSteps);
  for (size_t i = 0; i < ranks.works.size(); ++i) {
    if (i % 1024 == 0 && monitor.stop()) return Status::interrupted();
    const uint32_t w = ranks.works[i];
    const size_t first = i * ranks.list_length;
    const size_t length = ranks.list_lengths[i];
    const size_t unknown = options.unknown_subjects.empty() ? 0 : options.unknown_subjects[w];
    add_work({ranks.lists.data() + first, length}, {ranks.probabilities.data() + first, length},
             heldout.row(w), static_cast<double>(heldout.row(w).size() + unknown), limits, &sums);
  }
  const auto works = std::max(static_cast<double>(ranks.works.size() + options.unknown_works), 1.0);
  size_t best = 0;
  for (size_t at = 0; at < sums.size(); ++at) {
    if (sums[at].f1 > sums[best].f1) best = at;
    char suffix[48];
    std::snprintf(suffix, sizeof suffix, "@%zu,p>=%.2f", at / kSteps + 1, threshold(at % kSteps));
    metrics->emplace_back(std::string("precision") + suffix, sums[at].precision / works);
    metrics->emplace_back(std::string("recall") + suffix, sums[at].recall / works);
    metrics->emplace_back(std::string("f1") + suffix, sums[at].f1 / works);
  }
  metrics->emplace_back("best_limit", static_cast<double>(best / kSteps + 1));
  metrics->emplace_back("best_threshold", threshold(best % kSteps));
  metrics->emplace_back("best_f1", sums[best].f1 / works);
  return {};
}

}  // namespace subjrec
