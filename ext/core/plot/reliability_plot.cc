#include "core/plot/reliability_plot.h"

#include <algorithm>
#include <cmath>

#include "core/plot/axis.h"
#include "core/plot/svg.h"
#include "core/plot/text.h"

namespace subjrec {
namespace {

constexpr double kWidth = 560;
constexpr double kLeft = 76;
constexpr double kRight = kWidth - 34;
constexpr double kTop = 92;
constexpr double kBarsHeight = 80;
constexpr double kGap = 62;
constexpr uint64_t kEnough = 20;  // suggestions whose share says something

double share_of(uint64_t part, uint64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

void draw_percentages(const Axis& x, const Axis& y, Svg* svg) {
  for (int percent = 0; percent <= 100; percent += 20) {
    const double at = percent / 100.0;
    const std::string label = std::to_string(percent) + "%";
    svg->line(kLeft, y.pixel(at), kRight, y.pixel(at), "grid");
    svg->text(kLeft - 8, y.pixel(at) + 4, "tick end", label);
    svg->text(x.pixel(at), y.from + 19, "tick mid", label);
  }
  svg->line(kLeft, y.from, kRight, y.from, "frame");
}

/// How many suggestions each bin has, as bars; the highest is labelled.
void draw_counts(const ReliabilityBins& bins, const Axis& x, double top, Svg* svg) {
  uint64_t most = 0;
  for (const ReliabilityBins::Bin& bin : bins.bins()) most = std::max(most, bin.count);
  const double bottom = top + kBarsHeight;
  for (size_t b = 0; b < ReliabilityBins::kBins; ++b) {
    const uint64_t count = bins.bins()[b].count;
    const double left = x.pixel(static_cast<double>(b) / ReliabilityBins::kBins);
    const double right = x.pixel(static_cast<double>(b + 1) / ReliabilityBins::kBins);
    // By the root: a bin of a hundredth can still be seen beside the fullest.
    const double height = kBarsHeight * std::sqrt(share_of(count, most));
    if (count == 0) continue;
    svg->rect(left + 2, bottom - height, right - left - 4, height, "fill c0 bar");
    svg->text((left + right) / 2, bottom - height - 4, "tick mid", format_count(count));
  }
  svg->line(kLeft, bottom, kRight, bottom, "frame");
}

}  // namespace

void ReliabilityBins::add(double probability, bool hit) {
  const double p = std::clamp(probability, 0.0, 1.0);
  const auto b = std::min(kBins - 1, static_cast<size_t>(p * kBins));
  ++bins_[b].count;
  bins_[b].hits += hit;
  bins_[b].probability += p;
}

uint64_t ReliabilityBins::count() const {
  uint64_t total = 0;
  for (const Bin& bin : bins_) total += bin.count;
  return total;
}

double ReliabilityBins::calibration_error() const {
  double error = 0;
  for (const Bin& bin : bins_) {
    error += std::fabs(bin.probability - static_cast<double>(bin.hits));
  }
  return count() == 0 ? 0 : error / static_cast<double>(count());
}

Result<std::string> reliability_plot(const ReliabilityPlot& plot) {
  const uint64_t total = plot.bins.count();
  if (total == 0) {
    return Status(Code::kInvalid, "model \"" + plot.model +
                                      "\" knows no work of the held-out rows, so there are no "
                                      "probabilities to compare with");
  }
  const double side = kRight - kLeft;
  const Axis x{0, 1, kLeft, kRight};
  const Axis y{0, 1, kTop + side, kTop};
  const std::string title = plot.model + ": are the probabilities right?";
  const std::string off = format_fixed(100 * plot.bins.calibration_error(), 1);
  const std::string line = format_count(total) + " suggestions for " + format_count(plot.works) +
                           " works; on average " + off + " points off";
  const double foot = kTop + side + kGap + kBarsHeight + 30;
  Svg svg(kWidth, foot, title + ' ' + line);
  svg.text(kLeft, 36, "title", shorten_to_width(title, 19, kRight - kLeft));
  svg.text(kLeft, 57, "sub", shorten_to_width(line, 12.5, kRight - kLeft));
  svg.text(kLeft, 74, "sub",
           "on the line: of those said to be 30% likely, 30% are right; hollow: fewer than 20");
  draw_percentages(x, y, &svg);
  svg.line(x.pixel(0), y.pixel(0), x.pixel(1), y.pixel(1), "frame");
  std::vector<XY> line_points;
  for (const ReliabilityBins::Bin& bin : plot.bins.bins()) {
    if (bin.count == 0) continue;
    const XY at{x.pixel(bin.probability / static_cast<double>(bin.count)),
                y.pixel(share_of(bin.hits, bin.count))};
    if (bin.count >= kEnough) line_points.push_back(at);
    svg.circle(at.x, at.y, 4.5, bin.count >= kEnough ? "fill c0" : "out c0");
  }
  if (line_points.size() > 1) svg.polyline(line_points, "line c0");
  svg.vertical_text(22, (y.from + y.to) / 2, "axis mid", "how many were right");
  svg.text((kLeft + kRight) / 2, y.from + 40, "axis mid", "how likely they were said to be");
  draw_counts(plot.bins, x, kTop + side + kGap, &svg);
  svg.text((kLeft + kRight) / 2, foot - 12, "axis mid", "suggestions of each probability");
  return std::move(svg).finish();
}

}  // namespace subjrec
