#include "core/plot/axis.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "core/base/number_text.h"
#include "core/plot/text.h"

namespace subjrec {
namespace {

/// digit * 10^exponent, digit in {1, 2, 5}.
struct Step {
  int digit = 1;
  int exponent = 0;

  /// The k-th multiple, rounded once.
  double multiple(int64_t k) const {
    double power = 1;
    for (int i = 0; i < std::abs(exponent); ++i) power *= 10;
    const auto units = static_cast<double>(k * digit);
    return exponent < 0 ? units / power : units * power;
  }
};

/// The smallest step of at least `least` > 0.
Step step_of_at_least(double least) {
  Step step{1, static_cast<int>(std::floor(std::log10(least)))};
  while (step.multiple(1) > least) --step.exponent;
  while (step.multiple(10) < least) ++step.exponent;
  for (const int digit : {1, 2, 5}) {
    step.digit = digit;
    if (step.multiple(1) >= least) return step;
  }
  return {1, step.exponent + 1};
}

Step step_for(const Axis& axis, int wanted) {
  return step_of_at_least((axis.high - axis.low) / std::max(wanted, 1));
}

std::string tick_label(double value, const Step& step) {
  if (step.exponent >= -6 && std::fabs(value) < 1e9) {
    return format_fixed(value, std::max(0, -step.exponent));
  }
  return shortest_text(value);
}

}  // namespace

Axis make_axis(double low, double high, double from, double to) {
  const double size = std::max(std::fabs(low), std::fabs(high));
  const double narrowest = size == 0 ? 2e-30 : size * 1e-6;
  if (high - low < narrowest) {
    const double middle = low + (high - low) / 2;
    const double half = size == 0 ? 1 : size * (high == low ? 0.1 : 1e-6);
    low = middle - half;
    high = middle + half;
  }
  return {low, high, from, to};
}

std::vector<Tick> nice_ticks(const Axis& axis, int wanted) {
  const Step step = step_for(axis, wanted);
  const double width = step.multiple(1);
  const double slack = (axis.high - axis.low) * 1e-9;
  const auto first = static_cast<int64_t>(std::ceil((axis.low - slack) / width));
  const auto last = static_cast<int64_t>(std::floor((axis.high + slack) / width));
  std::vector<Tick> ticks;
  for (int64_t k = first; k <= last; ++k) {
    const double value = step.multiple(k);
    ticks.push_back({value, tick_label(value, step)});
  }
  return ticks;
}

Axis extend_to_ticks(const Axis& axis, int wanted) {
  Axis wider = axis;
  // A wider range can ask for a larger step, which widens it once or twice more.
  for (Step step = step_for(axis, wanted);;) {
    const double width = step.multiple(1);
    wider.low = step.multiple(static_cast<int64_t>(std::floor(wider.low / width + 1e-9)));
    wider.high = step.multiple(static_cast<int64_t>(std::ceil(wider.high / width - 1e-9)));
    const Step next = step_for(wider, wanted);
    if (next.multiple(1) <= width) return wider;
    step = next;
  }
}

}  // namespace subjrec
