// The axes of a chart: ranges, ticks at 1, 2 or 5 times a power of ten, and values to pixels.
#pragma once

#include <string>
#include <vector>

namespace subjrec {

/// Values beyond this are no longer drawn: the pictures' arithmetic stays far from overflow.
constexpr double kLargestDrawn = 1e100;
/// An axis over nothing larger than this is one around 0: a step of less has no power of ten that a
/// double holds.
constexpr double kSmallestDrawn = 1e-280;

struct Tick {
  double value = 0;
  std::string label;  // "0.25", "20,000", "5e-9"
};

/// Maps [low, high] to the pixels [from, to] (to < from for an axis that points up).
struct Axis {
  double low = 0;
  double high = 1;
  double from = 0;
  double to = 1;

  double pixel(double value) const { return from + (value - low) / (high - low) * (to - from); }
};

/// An axis over these values; a range of no width, or of too little for double precision to
/// part, is widened around its middle.
Axis make_axis(double low, double high, double from, double to);

/// About `wanted` ticks (between half and twice as many) within [axis.low, axis.high], at the
/// multiples of 1, 2 or 5 times a power of ten, the labels with as many decimals as that needs.
std::vector<Tick> nice_ticks(const Axis& axis, int wanted);

/// `axis`, its ends moved outwards so that nice_ticks puts a tick on each of them.
Axis extend_to_ticks(const Axis& axis, int wanted);

}  // namespace subjrec
