// Lines of many points, made small enough to draw without looking any different.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace subjrec {

struct XY {
  double x = 0;
  double y = 0;
};

/// The points of a line, of ascending x, that its picture needs when it is `columns` pixels wide:
/// of each pixel column the first, the lowest, the highest and the last, in their order, so at
/// most 4 x columns. Lines of fewer points come back whole.
std::vector<XY> thin_line(std::span<const XY> line, size_t columns);

/// At up to `most` evenly spaced points of a line, the last included, the mean of the `window`
/// (odd) values around them. Near the ends the window shrinks to an eighth, so that the mean of a
/// steep start neither lags nor rests on a single value. Costs most x window.
std::vector<XY> running_mean(std::span<const XY> line, size_t window, size_t most);

}  // namespace subjrec
