#include "core/plot/downsample.h"

#include <algorithm>
#include <array>

namespace subjrec {

std::vector<XY> thin_line(std::span<const XY> line, size_t columns) {
  if (line.size() <= 4 * columns || columns == 0) return {line.begin(), line.end()};
  const double start = line.front().x;
  const double width = line.back().x - start;
  const auto column_of = [&](const XY& p) {
    if (!(width > 0)) return size_t{0};
    const double at = (p.x - start) / width * static_cast<double>(columns);
    return std::min(static_cast<size_t>(std::max(at, 0.0)), columns - 1);
  };
  std::vector<XY> thinned;
  for (size_t begin = 0; begin < line.size();) {
    const size_t column = column_of(line[begin]);
    size_t end = begin;
    size_t lowest = begin;
    size_t highest = begin;
    for (; end < line.size() && column_of(line[end]) == column; ++end) {
      if (line[end].y < line[lowest].y) lowest = end;
      if (line[end].y > line[highest].y) highest = end;
    }
    std::array<size_t, 4> kept{begin, lowest, highest, end - 1};
    std::sort(kept.begin(), kept.end());
    const auto last = std::unique(kept.begin(), kept.end());
    for (auto i = kept.begin(); i != last; ++i) thinned.push_back(line[*i]);
    begin = end;
  }
  return thinned;
}

std::vector<XY> running_mean(std::span<const XY> line, size_t window, size_t most) {
  const size_t n = line.size();
  const size_t count = std::min(n, most);
  std::vector<XY> means;
  means.reserve(count);
  for (size_t k = 0; k < count; ++k) {
    const size_t i = count == n ? k : (k + 1) * n / count - 1;
    const size_t half = std::min(window / 2, std::max(std::min(i, n - 1 - i), window / 16));
    const size_t begin = i - std::min(i, half);
    const size_t end = std::min(n, i + half + 1);
    double sum = 0;
    for (size_t j = begin; j < end; ++j) sum += line[j].y;
    means.push_back({line[i].x, sum / static_cast<double>(end - begin)});
  }
  return means;
}

}  // namespace subjrec
