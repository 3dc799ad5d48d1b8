#include "core/train/composed/negative_sampler.h"

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
  for (const double chance : chance_) log_.push_back(static_cast<float>(portable_log(chance)));
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

const SampledClasses& NegativeSampler::draw(Random* random) {
  if (sampler_.all) return sampler_;
  sampler_.subjects.clear();
  sampler_.log_chance.clear();
  double credit = random->uniform();
  for (size_t s = 0; s < chance_.size(); ++s) {
    credit += chance_[s];
    if (credit < 1) continue;
    credit -= 1;
    sampler_.subjects.push_back(static_cast<uint32_t>(s));
    sampler_.log_chance.push_back(log_[s]);
  }
  return sampler_;
}

}  // namespace subjrec
