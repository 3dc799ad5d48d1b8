#include "core/train/composed/negative_sampler.h"

#include <algorithm>
#include <cmath>

#include "core/base/portable_math.h"

namespace subjrec {

NegativeSampler::NegativeSampler(const std::vector<uint32_t>& counts, double wanted) {
  const size_t n = counts.size();
  if (wanted >= static_cast<double>(n)) {
    sampler_.all = true;
    for (size_t s = 0; s < n; ++s) sampler_.subjects.push_back(static_cast<uint32_t>(s));
    sampler_.log_chance.assign(n, 0);
    return;
  }
  for (const uint32_t count : counts) chance_.push_back(std::sqrt(count + 1.0));
  scale_to(wanted);
  double sum = 0;
  for (const double chance : chance_) {
    log_.push_back(static_cast<float>(portable_log(chance)));
    sums_.push_back(sum += chance);
  }
}

/// Multiplies the chances by what makes them add up to `wanted` when each is cut at 1: those that
/// reach 1 stay there, and the others share what is left, until no more reach it.
void NegativeSampler::scale_to(double wanted) {
  std::vector<bool> certain(chance_.size(), false);
  for (bool again = true; again;) {
    double free_sum = 0;
    double left = wanted;
    for (size_t s = 0; s < chance_.size(); ++s) {
      if (certain[s]) {
        left -= 1;
      } else {
        free_sum += chance_[s];
      }
    }
    again = false;
    const double scale = left / free_sum;
    for (size_t s = 0; s < chance_.size(); ++s) {
      if (certain[s]) continue;
      chance_[s] *= scale;
      if (chance_[s] < 1) continue;
      chance_[s] = 1;
      certain[s] = true;
      again = true;
    }
  }
}

/// Subject s is drawn where its chance takes the running sum past a whole number. The search for
/// the next one doubles its stride until it is past it, so that a draw costs
/// O(sample x log(subjects / sample)).
const SampledClasses& NegativeSampler::draw(Random* random) {
  if (sampler_.all) return sampler_;
  sampler_.subjects.clear();
  sampler_.log_chance.clear();
  const size_t n = sums_.size();
  const double start = random->uniform();
  size_t from = 0;
  for (double wanted = 1 - start; from < n; wanted += 1) {
    size_t step = 1;
    while (from + step < n && sums_[from + step - 1] < wanted) step *= 2;
    const auto begin = sums_.begin() + static_cast<ptrdiff_t>(from);
    const auto end = sums_.begin() + static_cast<ptrdiff_t>(std::min(from + step, n));
    const auto found = std::lower_bound(begin, end, wanted);
    if (found == sums_.end()) break;
    const auto s = static_cast<uint32_t>(found - sums_.begin());
    sampler_.subjects.push_back(s);
    sampler_.log_chance.push_back(log_[s]);
    from = s + 1;
  }
  return sampler_;
}

}  // namespace subjrec
