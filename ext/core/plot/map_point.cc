#include "core/plot/map_point.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "core/base/number_text.h"
#include "core/plot/axis.h"
#include "core/plot/svg.h"
#include "core/plot/text.h"

namespace subjrec {
namespace {

std::string short_number(double value) {
  const double size = std::fabs(value);
  if (size == 0 || (size >= 0.001 && size < 1e15)) {
    std::string text = format_fixed(value, size >= 100 ? 0 : size >= 1 ? 2 : 4);
    const bool fraction = text.find('.') != std::string::npos;
    if (!fraction) return text;
    const std::string trimmed = text.substr(0, text.find_last_not_of('0') + 1);
    return trimmed.back() == '.' ? trimmed.substr(0, trimmed.size() - 1) : trimmed;
  }
  return scientific_text(value, 2);
}

ColorClasses by_category(const std::vector<std::string>& categories) {
  std::map<std::string, size_t> counts;
  for (const std::string& category : categories) {
    if (!category.empty()) ++counts[category];
  }
  std::vector<std::pair<std::string, size_t>> ranked(counts.begin(), counts.end());
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  if (ranked.size() > kCategoryColors) ranked.resize(kCategoryColors);

  ColorClasses classes;
  std::map<std::string, uint8_t> color_of;
  for (const auto& [name, count] : ranked) {
    const auto color = static_cast<uint8_t>(classes.key.size());
    color_of[name] = color;
    classes.key.push_back({color, name, count});
  }
  size_t others = 0;
  for (const std::string& category : categories) {
    const auto found = color_of.find(category);
    classes.colors.push_back(found == color_of.end() ? ColorClasses::kNoColor : found->second);
    others += found == color_of.end();
  }
  if (others > 0) {
    const bool rest = counts.size() > ranked.size();
    classes.key.push_back({ColorClasses::kNoColor, rest ? "other" : "none", others});
  }
  return classes;
}

ColorClasses by_number(const std::vector<double>& numbers) {
  std::vector<double> sorted;
  for (const double number : numbers) {
    if (!std::isnan(number)) sorted.push_back(number);
  }
  std::sort(sorted.begin(), sorted.end());
  // A number's colour is that of its first place among the sorted: equals stay together.
  const auto color_of = [&](double number) {
    const auto place = std::lower_bound(sorted.begin(), sorted.end(), number) - sorted.begin();
    return static_cast<uint8_t>(static_cast<size_t>(place) * kScaleColors / sorted.size());
  };
  ColorClasses classes;
  classes.scale = true;
  for (size_t i = 0; i < sorted.size();) {
    const uint8_t color = color_of(sorted[i]);
    size_t end = i + 1;
    while (end < sorted.size() && color_of(sorted[end]) == color) ++end;
    const std::string low = short_number(sorted[i]);
    const std::string high = short_number(sorted[end - 1]);
    classes.key.push_back({color, low == high ? low : low + " to " + high, end - i});
    i = end;
  }
  size_t none = 0;
  for (const double number : numbers) {
    classes.colors.push_back(std::isnan(number) ? ColorClasses::kNoColor : color_of(number));
    none += std::isnan(number);
  }
  if (none > 0) classes.key.push_back({ColorClasses::kNoColor, "none", none});
  return classes;
}

ColorClasses by_cluster(const PointColors& colors) {
  ColorClasses classes;
  size_t none = 0;
  for (const uint32_t c : colors.clusters) {
    const bool in_one = c < colors.regions.size();
    classes.colors.push_back(in_one ? colors.regions[c].color : ColorClasses::kNoColor);
    none += !in_one;
  }
  if (none > 0) classes.key.push_back({ColorClasses::kNoColor, "in no group", none});
  return classes;
}

/// The range of `values` to show; see MapFrame.
std::pair<double, double> shown_range(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t n = values.size();
  double low = values.front();
  double high = values.back();
  const double core_low = values[n / 50];
  const double core_high = values[n - 1 - n / 50];
  const double core = core_high - core_low;
  if (n >= 50 && core > 0) {
    low = std::max(low, core_low - core);
    high = std::min(high, core_high + core);
  }
  return {low, high};
}

}  // namespace

Result<ColorClasses> choose_colors(const PointColors& colors, size_t n_points) {
  const size_t given = colors.categories.size() + colors.numbers.size() + colors.clusters.size();
  if (given == 0) return ColorClasses{};
  if (given != n_points) {
    return Status(Code::kInvalid, "want one colour value for each of " + format_count(n_points) +
                                      " points, got " + format_count(given));
  }
  if (!colors.clusters.empty()) return by_cluster(colors);
  return colors.numbers.empty() ? by_category(colors.categories) : by_number(colors.numbers);
}

Status check_points(const std::vector<MapPoint>& points, const std::string& what) {
  for (size_t i = 0; i < points.size(); ++i) {
    const MapPoint& p = points[i];
    const bool placed = std::fabs(p.x) <= kLargestDrawn && std::fabs(p.y) <= kLargestDrawn;
    if (placed && std::isfinite(p.weight)) continue;
    return {Code::kInvalid, what + ": point " + format_count(i + 1) + " (\"" +
                                shorten(display_label(p), 60) + "\") has a " +
                                (placed ? "weight that is not a finite number"
                                        : "position that is not a finite number; compute the map "
                                          "again with subjrec_map()")};
  }
  return {};
}

std::vector<uint32_t> by_weight(const std::vector<MapPoint>& points) {
  std::vector<uint32_t> order(points.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return points[a].weight > points[b].weight; });
  return order;
}

std::string display_label(const MapPoint& point) {
  if (!point.label.empty()) return point.label;
  return point.id.empty() ? "(no label)" : point.id;
}

double PointStyle::radius(const MapPoint& point, double usual) const {
  // Ten times as many works: half as large again.
  const double known = by_weight ? std::log10(std::max(1.0, point.weight)) : 0.5;
  return usual * size * std::min(3.0, 0.75 + 0.5 * known);
}

MapFrame frame_of(const std::vector<MapPoint>& points) {
  if (points.empty()) return {};
  std::vector<double> xs;
  std::vector<double> ys;
  for (const MapPoint& p : points) {
    xs.push_back(p.x);
    ys.push_back(p.y);
  }
  const auto [left, right] = shown_range(std::move(xs));
  const auto [bottom, top] = shown_range(std::move(ys));
  return {left, right, bottom, top};
}

}  // namespace subjrec
