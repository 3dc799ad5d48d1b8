#include "core/plot/scatter_plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <unordered_map>
#include <utility>

#include "core/plot/label_layout.h"
#include "core/plot/svg.h"
#include "core/plot/text.h"

namespace subjrec {
namespace {

constexpr double kWidth = 860;
constexpr double kMargin = 28;
constexpr double kInset = 14;  // from the frame to the outermost points
constexpr double kLeastHeight = 420;
constexpr double kMostHeight = 800;
constexpr double kLabelSize = 12;
constexpr double kRegionSize = 14;
constexpr size_t kMostLabels = 60;
constexpr size_t kMostAsked = 400;  // labels tried
constexpr size_t kMostTooltips = 25000;
constexpr int kMostStacked = 3;      // bare dots of a colour on one spot
constexpr size_t kDotsPerPath = 24;  // dots in one path do not add up where they overlap

/// Where the map lies on the page.
struct Page {
  Box box;  // the frame
  MapFrame frame;
  double scale = 1;  // pixels for one unit of the map

  double x(double v) const {
    const double middle = (box.left + box.right) / 2;
    const double at = middle + (v - (frame.left / 2 + frame.right / 2)) * scale;
    return std::clamp(at, box.left + kInset / 2, box.right - kInset / 2);
  }
  double y(double v) const {
    const double middle = (box.top + box.bottom) / 2;
    const double at = middle - (v - (frame.bottom / 2 + frame.top / 2)) * scale;
    return std::clamp(at, box.top + kInset / 2, box.bottom - kInset / 2);
  }
};

Page lay_out(const std::vector<MapPoint>& points, double top) {
  Page page;
  page.frame = frame_of(points);
  const double across = page.frame.right - page.frame.left;
  const double up = page.frame.top - page.frame.bottom;
  const double width = kWidth - 2 * kMargin - 2 * kInset;
  // As high as the map's shape asks for, within reason; a map of no width is a column.
  double height = across > 0 ? width * (up / across) : kLeastHeight;
  height = std::clamp(height, kLeastHeight, kMostHeight);
  const double fit_x = across > 0 ? width / across : HUGE_VAL;
  const double fit_y = up > 0 ? height / up : HUGE_VAL;
  page.scale = std::min(fit_x, fit_y);
  if (!std::isfinite(page.scale)) page.scale = 1;
  page.box = {kMargin, top, kWidth - kMargin, top + height + 2 * kInset};
  return page;
}

double dot_radius(size_t n) {
  if (n <= 200) return 4;
  if (n <= 2000) return 3;
  return n <= 10000 ? 2.2 : 1.8;
}

std::string tenths(double pixels) { return format_number(pixels * 10, 0); }

std::string tooltip(const MapPoint& p, const std::string& noun) {
  std::string text = display_label(p);
  if (!noun.empty()) {
    const bool whole = p.weight == std::floor(p.weight);
    text += " \u00b7 " + format_fixed(p.weight, whole ? 0 : 2) + ' ' + noun;
  }
  return text;
}

std::string class_of(const ColorClasses& colors, uint8_t color) {
  const std::string kind = colors.scale ? "s" : "c";
  if (color == ColorClasses::kNoColor) return colors.scale ? "sn" : "co";
  return kind + std::to_string(color);
}

/// The lesser-known points of one colour: zero-length strokes with round ends, ten bytes a dot.
void draw_bare_dots(const std::vector<std::pair<int, int>>& dots, Svg* svg) {
  std::unordered_map<int64_t, int> spots;  // dots on each half a pixel
  std::vector<std::string> paths((dots.size() + kDotsPerPath - 1) / kDotsPerPath);
  size_t next = 0;
  for (const auto& [x, y] : dots) {
    const int64_t spot = static_cast<int64_t>(x / 5) << 32 | static_cast<uint32_t>(y / 5);
    if (++spots[spot] > kMostStacked) continue;
    // Neighbours in the data go to different paths, so that overlaps add up.
    std::string& path = paths[next++ % paths.size()];
    (((path += 'M') += std::to_string(x)) += ' ') += std::to_string(y) + "h0";
  }
  for (const std::string& path : paths) {
    if (!path.empty()) svg->raw("<path d=\"" + path + "\"/>\n");
  }
}

/// All dots, the least known first. Coordinates are whole tenths of a pixel.
void draw_dots(const ScatterPlot& plot, const ColorClasses& colors, const Page& page,
               const std::vector<uint32_t>& order, Svg* svg) {
  const size_t n = order.size();
  const double radius = dot_radius(n);
  const auto color_of = [&](uint32_t i) {
    return colors.colors.empty() ? uint8_t{0} : colors.colors[i];
  };
  svg->open_group("transform=\"scale(.1)\"");
  const std::string width = tenths(2 * plot.style.radius({}, radius));
  const std::string bare_opacity =
      format_number(plot.style.opacity > 0 ? plot.style.opacity : 0.35, 2);
  std::array<std::vector<std::pair<int, int>>, ColorClasses::kNoColor + 1> bare;
  for (size_t rank = n; rank > kMostTooltips; --rank) {
    const MapPoint& p = plot.points[order[rank - 1]];
    bare[color_of(order[rank - 1])].emplace_back(std::lround(page.x(p.x) * 10),
                                                 std::lround(page.y(p.y) * 10));
  }
  for (size_t color = 0; color < bare.size(); ++color) {
    if (bare[color].empty()) continue;
    svg->open_group("class=\"dots " + class_of(colors, static_cast<uint8_t>(color)) +
                    "\" fill=\"none\" stroke-linecap=\"round\" stroke-opacity=\"" + bare_opacity +
                    "\" stroke-width=\"" + width + '"');
    draw_bare_dots(bare[color], svg);
    svg->close_group();
  }
  // Runs of one colour share a group.
  const double usual = n <= 200 ? 0.75 : n <= 2000 ? 0.6 : 0.35;
  const double opacity = plot.style.opacity > 0 ? plot.style.opacity : usual;
  int open = -1;
  for (size_t rank = std::min(n, kMostTooltips); rank > 0; --rank) {
    const MapPoint& p = plot.points[order[rank - 1]];
    const int color = color_of(order[rank - 1]);
    if (color != open) {
      if (open >= 0) svg->close_group();
      svg->open_group("class=\"fill " + class_of(colors, static_cast<uint8_t>(color)) +
                      "\" fill-opacity=\"" + format_number(opacity, 2) + '"');
      open = color;
    }
    const bool off = !page.frame.holds(p);
    svg->raw("<circle cx=\"" + tenths(page.x(p.x)) + "\" cy=\"" + tenths(page.y(p.y)) + "\" r=\"" +
             tenths(plot.style.radius(p, radius)) +
             (off ? "\" class=\"out\" stroke-width=\"12" : "") + "\"><title>" +
             xml_escape(tooltip(p, plot.weight_noun)) + "</title></circle>\n");
  }
  if (open >= 0) svg->close_group();
  svg->close_group();
}

/// The names of clusters in the middle of their points, and then the best-known points beside their
/// dots, as far as there is room.
void draw_labels(const ScatterPlot& plot, const ColorClasses& colors, const Page& page,
                 const std::vector<uint32_t>& order, Svg* svg) {
  std::vector<Box> taken;
  for (const MapRegion& region : plot.colors.regions) {
    const std::string name = shorten(region.name, 44);
    const double half = text_width(name, kRegionSize) / 2;
    const double x = std::clamp(page.x(region.x), page.box.left + half + 4,
                                std::max(page.box.left + half + 4, page.box.right - half - 4));
    const double y = page.y(region.y);
    const Box box{x - half - 3, y - kRegionSize, x + half + 3, y + kRegionSize / 2};
    const auto in_the_way = [&](const Box& other) { return other.overlaps(box); };
    if (name.empty() || std::any_of(taken.begin(), taken.end(), in_the_way)) continue;
    taken.push_back(box);
    svg->text(x, y, "region mid", name);
  }
  std::vector<LabelRequest> requests;
  for (size_t rank = 0; rank < std::min(order.size(), kMostAsked); ++rank) {
    const MapPoint& p = plot.points[order[rank]];
    requests.push_back({page.x(p.x), page.y(p.y), shorten(display_label(p), 32)});
  }
  const size_t most = kMostLabels - std::min(kMostLabels / 2, taken.size());
  const std::vector<PlacedLabel> labels = place_labels(requests, page.box, kLabelSize, most, taken);
  for (const PlacedLabel& label : labels) {
    const uint32_t i = order[label.request];
    if (!page.frame.holds(plot.points[i])) continue;  // stays a ring
    const LabelRequest& at = requests[label.request];
    const uint8_t color = colors.colors.empty() ? uint8_t{0} : colors.colors[i];
    // Under the pointer the dot below keeps its tooltip.
    svg->circle(at.x, at.y, plot.style.radius(plot.points[i], dot_radius(order.size())) + 0.8,
                "named fill " + class_of(colors, color));
  }
  for (const PlacedLabel& label : labels) {
    svg->text(label.x, label.y, "label", requests[label.request].text);
  }
}

/// The key of the colours, in rows below `top`; returns where it ends. Draws only given an Svg.
double draw_key(const PointColors& colors, const ColorClasses& classes, double top, Svg* svg) {
  if (classes.key.empty()) return top;
  double x = kMargin;
  double y = top + 22;
  if (!colors.title.empty()) {
    const std::string title = shorten_to_width(colors.title, 12.5, 200) + ":";
    if (svg != nullptr) svg->text(x, y, "key", title);
    x += text_width(title, 12.5) + 12;
  }
  for (const ColorClasses::Entry& entry : classes.key) {
    const std::string name = shorten_to_width(entry.name, 12.5, 260);
    const double width = 18 + text_width(name, 12.5);
    if (x + width > kWidth - kMargin) {
      x = kMargin;
      y += 20;
    }
    if (svg != nullptr) {
      svg->circle(x + 6, y - 4.5, 5.5, "fill " + class_of(classes, entry.color));
      svg->text(x + 16, y, "key", name);
    }
    x += width + 14;
  }
  return y;
}

}  // namespace

Result<std::string> scatter_plot(const ScatterPlot& plot) {
  SUBJREC_TRY(check_points(plot.points, "the map of model \"" + plot.model + "\""));
  SUBJREC_ASSIGN(const ColorClasses classes, choose_colors(plot.colors, plot.points.size()));
  const std::vector<uint32_t> order = by_weight(plot.points);
  const MapFrame frame = frame_of(plot.points);
  const auto far = static_cast<size_t>(std::count_if(
      plot.points.begin(), plot.points.end(), [&](const MapPoint& p) { return !frame.holds(p); }));

  const std::string title = plot.model + ": map of " + plot.what;
  std::string facts = format_count(plot.points.size()) + ' ' + plot.what +
                      "; the nearer two lie, the more they are alike";
  if (far > 0) facts += "; " + format_count(far) + " far off, as rings at the border";
  const double top = plot.note.empty() ? 72 : 89;
  const Page page = lay_out(plot.points, top);
  const double height = draw_key(plot.colors, classes, page.box.bottom, nullptr) + 22;

  Svg svg(kWidth, height, title + ", " + facts);
  svg.text(kMargin, 36, "title", shorten_to_width(title, 19, kWidth - 2 * kMargin));
  svg.text(kMargin, 57, "sub", facts);
  if (!plot.note.empty()) {
    svg.text(kMargin, 74, "sub", shorten_to_width(plot.note, 12.5, kWidth - 2 * kMargin));
  }
  if (plot.points.empty()) {
    svg.text(kWidth / 2, (page.box.top + page.box.bottom) / 2, "axis mid", "no points to draw");
  }
  // The colour of a class gives way to one of the group's own, for the dots inside it.
  svg.open_group(plot.style.one_color.empty()
                     ? "class=\"all\""
                     : "class=\"all one\" style=\"--one:" + plot.style.one_color + '"');
  draw_dots(plot, classes, page, order, &svg);
  draw_labels(plot, classes, page, order, &svg);
  svg.close_group();
  draw_key(plot.colors, classes, page.box.bottom, &svg);
  return std::move(svg).finish();
}

}  // namespace subjrec
