#include "core/train/optim/adam.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace subjrec {
namespace {

constexpr uint64_t kNever = std::numeric_limits<uint64_t>::max();
constexpr uint64_t kLongestReach = 8192;
constexpr uint64_t kChunk = 1024;

/// The least n with x^n < limit, or kNever where that is more than `most`.
uint64_t steps_until_below(double x, double limit, uint64_t most) {
  if (x >= 1) return kNever;
  double p = 1;
  for (uint64_t n = 0; n <= most; ++n, p *= x) {
    if (p < limit) return n;
  }
  return kNever;
}

}  // namespace

double power(double x, uint64_t n) {
  double result = 1;
  for (; n > 0; n /= 2, x *= x) {
    if (n % 2 == 1) result *= x;
  }
  return result;
}

AdamSchedule::AdamSchedule(const AdamOptions& options) : options_(options) {
  const double root = std::sqrt(options.beta2);
  double ratio = options.beta1;
  for (double& r : ratio_) r = ratio = root > 0 ? ratio / root : 1;
  longest_walk_ = steps_until_below(ratio_[0], 1e-20, 1u << 20);
  const uint64_t reach = steps_until_below(ratio_[3], 1e-14, kLongestReach);
  if (reach == kNever) return;
  reach_ = std::max<uint64_t>(reach, 1);
  settled_ = steps_until_below(options.beta2, 1e-17, 1u << 22);
  Moments p{{1, 1, 1, 1}};
  double first = 1;
  for (uint64_t k = 0; k < reach_; ++k) {
    powers_.push_back(p);
    first_.push_back(static_cast<float>(first));
    for (int n = 0; n < 4; ++n) p.m[n] *= ratio_[n];
    first *= options.beta1;
  }
}

AdamStep AdamSchedule::step(uint64_t t) const {
  return {options_.learning_rate / (1 - power(options_.beta1, t)),
          1 / std::sqrt(1 - power(options_.beta2, t))};
}

void AdamSchedule::extend(uint64_t t) {
  if (!expands()) return;
  t = std::min(t, settled_);
  while (moments_.size() <= t) {
    const uint64_t begin = moments_.size();
    const uint64_t end = begin + kChunk;
    moments_.resize(end);
    second_.resize(end);
    double decay = power(options_.beta2, begin);
    for (uint64_t k = begin; k < end; ++k, decay *= options_.beta2) {
      second_[k] = static_cast<float>(decay);
    }
    Moments sum;
    for (uint64_t at = end + reach_; at > begin; --at) {
      const AdamStep s = step(at);
      double g = s.rate;
      for (int n = 0; n < 4; ++n) {
        g /= s.root;  // g_n(at), times the learning rate
        sum.m[n] = ratio_[n] * (g + sum.m[n]);
      }
      if (at <= end) moments_[at - 1] = sum;
    }
  }
}

AdamSkip AdamSchedule::skip(uint64_t from, uint64_t to) const {
  const uint64_t k = to - from;
  AdamSkip skip;
  skip.first_decay = k < reach_ ? first_[k] : 0;
  skip.second_decay =
      k < second_.size() ? second_[k] : static_cast<float>(power(options_.beta2, k));
  Moments sum = moments_[std::min(from, settled_)];
  if (k < reach_) {
    const Moments& rest = moments_[std::min(to, settled_)];
    for (int n = 0; n < 4; ++n) sum.m[n] -= powers_[k].m[n] * rest.m[n];
  }
  if (!(sum.m[0] > 0)) {  // beta1 is 0: nothing moves without a gradient
    skip.epsilon_y = 1;
    return skip;
  }
  const double y = sum.m[1] / sum.m[0];
  const double c2 = sum.m[2] - y * sum.m[1];
  const double c3 = sum.m[3] - y * (3 * sum.m[2] - 2 * y * sum.m[1]);
  skip.epsilon_y = static_cast<float>(options_.epsilon * y);
  skip.c0 = static_cast<float>(sum.m[0]);
  skip.c2 = static_cast<float>(c2);
  skip.c3 = static_cast<float>(c3);
  // What is left out is about u^4 c_4, and c_4 about 9 c_2^2 / c_0: u^2 c_2 <= 1e-3 c_0 keeps it
  // under 1e-5 of the sum. u is at most 1 / y.
  if (c2 > 1e-3 * y * y * sum.m[0]) {
    const double s = options_.epsilon * (std::sqrt(1e3 * c2 / sum.m[0]) - y);
    skip.least_second = static_cast<float>(s * s);
  }
  return skip;
}

}  // namespace subjrec
