#include "core/plot/loss_plot.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>

#include "core/plot/axis.h"
#include "core/plot/downsample.h"
#include "core/plot/svg.h"
#include "core/plot/text.h"

namespace subjrec {
namespace {

constexpr double kWidth = 820;
constexpr double kLeft = 76;
constexpr double kRight = kWidth - 26;
constexpr double kLossHeight = 330;
constexpr double kMetricHeight = 130;
constexpr double kPanelGap = 44;
constexpr double kBottom = 52;
constexpr size_t kMostPanels = 6;
constexpr auto kColumns = static_cast<size_t>(kRight - kLeft);

struct Series {
  std::string name;
  std::vector<XY> points;
};

struct Panel {
  std::string title;  // of its y axis
  std::vector<Series> series;
  double height = kMetricHeight;
  bool unit = false;  // holds what stays within [0, 1]
};

/// What there is to draw, sorted and sifted.
struct Curves {
  bool by_batch = true;  // else by epoch
  Series loss;
  std::vector<Panel> panels;  // the validation metrics'
  std::vector<XY> epoch_ends;
  int64_t epochs = 0;
  size_t left_out = 0;         // values that cannot be drawn
  size_t panels_left_out = 0;  // beyond kMostPanels
};

bool drawable(double value) { return std::fabs(value) <= kLargestDrawn; }

std::vector<HistoryRow> sorted_by_step(std::vector<HistoryRow> rows) {
  std::stable_sort(rows.begin(), rows.end(), [](const HistoryRow& a, const HistoryRow& b) {
    return std::pair(a.step, a.epoch) < std::pair(b.step, b.epoch);
  });
  return rows;
}

Series& series_named(const std::string& name, std::vector<Series>* all) {
  for (Series& s : *all) {
    if (s.name == name) return s;
  }
  all->push_back({name, {}});
  return all->back();
}

/// One panel for all that stays within [0, 1], one for each other.
void arrange_panels(std::vector<Series> metrics, Curves* curves) {
  for (Series& s : metrics) {
    const bool unit = std::all_of(s.points.begin(), s.points.end(),
                                  [](const XY& p) { return p.y >= 0 && p.y <= 1; });
    auto shared = curves->panels.end();
    if (unit) {
      shared = std::find_if(curves->panels.begin(), curves->panels.end(), [](const Panel& p) {
        return p.unit && p.series.size() < kCategoryColors - 1;
      });
    }
    if (shared != curves->panels.end()) {
      shared->title = "metric";
      shared->series.push_back(std::move(s));
    } else if (curves->panels.size() < kMostPanels) {
      curves->panels.push_back({s.name, {s}, kMetricHeight, unit});
    } else {
      ++curves->panels_left_out;
    }
  }
}

Curves sift(const LossPlot& plot) {
  const std::vector<HistoryRow> rows = sorted_by_step(plot.history);
  Curves curves;
  curves.by_batch = std::any_of(rows.begin(), rows.end(),
                                [](const HistoryRow& r) { return r.metric == "batch_loss"; });
  const std::string loss_metric = curves.by_batch ? "batch_loss" : "loss";
  std::vector<Series> metrics;
  for (const HistoryRow& row : rows) {
    const auto x = static_cast<double>(curves.by_batch ? row.step : row.epoch);
    const bool is_loss = row.metric == loss_metric;
    curves.epochs = std::max(curves.epochs, row.epoch);
    if (is_loss && curves.by_batch) {
      if (curves.epoch_ends.empty() ||
          curves.epoch_ends.back().y < static_cast<double>(row.epoch)) {
        curves.epoch_ends.push_back({x, static_cast<double>(row.epoch)});
      }
      curves.epoch_ends.back().x = x;
    }
    if (!is_loss && !is_evaluation_metric(row)) continue;
    if (!drawable(row.value) || (is_loss && plot.log && row.value <= 0)) {
      ++curves.left_out;
    } else if (is_loss) {
      curves.loss.points.push_back({x, plot.log ? std::log(row.value) : row.value});
    } else {
      series_named(row.metric, &metrics).points.push_back({x, row.value});
    }
  }
  arrange_panels(std::move(metrics), &curves);
  return curves;
}

Axis y_axis(const Panel& panel, double top) {
  double low = panel.series[0].points[0].y;
  double high = low;
  for (const Series& s : panel.series) {
    for (const XY& p : s.points) {
      low = std::min(low, p.y);
      high = std::max(high, p.y);
    }
  }
  const int wanted = panel.height > 200 ? 6 : 3;
  return extend_to_ticks(make_axis(low, high, top + panel.height, top), wanted);
}

void draw_axes(const Panel& panel, const Axis& x, const Axis& y, bool bottom, Svg* svg) {
  for (const Tick& tick : nice_ticks(y, panel.height > 200 ? 6 : 3)) {
    const double at = y.pixel(tick.value);
    svg->line(kLeft, at, kRight, at, "grid");
    svg->text(kLeft - 8, at + 4, "tick end", tick.label);
  }
  svg->line(kLeft, y.from, kRight, y.from, "frame");
  for (const Tick& tick : nice_ticks(x, 8)) {
    // Batches and epochs are whole.
    if (tick.value != std::floor(tick.value)) continue;
    const double at = x.pixel(tick.value);
    svg->line(at, y.from, at, y.from + 5, "frame");
    if (bottom) svg->text(at, y.from + 19, "tick mid", tick.label);
  }
  svg->vertical_text(26, (y.from + y.to) / 2, "axis mid",
                     shorten_to_width(panel.title, 12.5, panel.height));
}

void draw_line(const std::vector<XY>& values, const Axis& x, const Axis& y, bool dots,
               const std::string& color, Svg* svg) {
  std::vector<XY> pixels;
  for (const XY& p : values) pixels.push_back({x.pixel(p.x), y.pixel(p.y)});
  svg->polyline(thin_line(pixels, kColumns), "line " + color);
  if (!dots || pixels.size() > 40) return;
  for (const XY& p : pixels) svg->circle(p.x, p.y, 3.2, "fill " + color);
}

/// Names beside samples of their lines, in a row above a panel.
void draw_key(const std::vector<std::pair<std::string, std::string>>& entries, double top,
              Svg* svg) {
  double x = kLeft;
  for (const auto& [classes, name] : entries) {
    const std::string text = shorten_to_width(name, 12.5, 220);
    const double width = 30 + text_width(text, 12.5);
    if (x + width > kRight) return;
    svg->polyline(std::vector<XY>{{x, top - 14}, {x + 20, top - 14}}, classes);
    svg->text(x + 26, top - 10, "key", text);
    x += width + 16;
  }
}

void draw_loss(const Panel& panel, const Curves& curves, const Axis& x, double top, Svg* svg) {
  const std::vector<XY>& points = panel.series[0].points;
  const Axis y = y_axis(panel, top);
  if (curves.by_batch && curves.epoch_ends.size() > 1 && curves.epoch_ends.size() <= 60) {
    for (const XY& end : curves.epoch_ends) {
      svg->line(x.pixel(end.x), y.from, x.pixel(end.x), y.to, "epoch");
    }
  }
  draw_axes(panel, x, y, curves.panels.empty(), svg);
  const size_t window = points.size() / 40 / 2 * 2 + 1;
  if (!curves.by_batch || window == 1) {
    draw_line(points, x, y, true, "c0", svg);
    return;
  }
  std::vector<XY> pixels;
  for (const XY& p : points) pixels.push_back({x.pixel(p.x), y.pixel(p.y)});
  svg->polyline(thin_line(pixels, kColumns), "faint");
  draw_line(running_mean(points, window, 2 * kColumns), x, y, false, "c0", svg);
  draw_key(
      {{"faint sample", "each batch"}, {"line c0", "mean of " + format_count(window) + " batches"}},
      top, svg);
}

void draw_metrics(const Panel& panel, const Axis& x, double top, bool bottom, Svg* svg) {
  const Axis y = y_axis(panel, top);
  draw_axes(panel, x, y, bottom, svg);
  std::vector<std::pair<std::string, std::string>> key;
  for (size_t i = 0; i < panel.series.size(); ++i) {
    std::string color = "c";
    color += std::to_string(i + 1);
    draw_line(panel.series[i].points, x, y, true, color, svg);
    const double last = panel.series[i].points.back().y;
    const bool plain = last == 0 || (std::fabs(last) >= 1e-3 && std::fabs(last) < 1e6);
    std::string name = panel.series[i].name;
    if (plain) (name += ' ') += format_number(last, 4);
    key.emplace_back("line " + color, name);
  }
  draw_key(key, top, svg);
}

std::string counted(size_t count, const std::string& one, const std::string& many) {
  return format_count(count) + ' ' + (count == 1 ? one : many);
}

/// The lines below the title: how much was trained, with what, and what is missing.
std::vector<std::string> subtitles(const LossPlot& plot, const Curves& curves) {
  std::vector<std::string> lines;
  const auto epochs = static_cast<size_t>(std::max<int64_t>(curves.epochs, 0));
  std::string run = counted(epochs, "epoch", "epochs");
  if (curves.by_batch) run += ", " + counted(curves.loss.points.size(), "batch", "batches");
  lines.push_back(run);
  std::string_view rest = plot.options;
  for (int i = 0; i < 2 && !rest.empty(); ++i) {
    // Broken after a comma where one is in reach.
    std::string line = shorten_to_width(rest, 12.5, kRight - kLeft);
    if (line.size() >= rest.size() || i == 1) {
      lines.push_back(line);
      break;
    }
    const size_t comma = rest.substr(0, line.size() - 3).rfind(',');
    if (comma == std::string_view::npos) {
      lines.push_back(line);
      break;
    }
    lines.emplace_back(rest.substr(0, comma + 1));
    rest.remove_prefix(comma + 1);
  }
  if (curves.left_out > 0) {
    lines.push_back(
        counted(curves.left_out, "value", "values") +
        (plot.log ? " left out: not finite, or without a logarithm" : " left out: not finite"));
  }
  if (curves.panels_left_out > 0) {
    lines.push_back(counted(curves.panels_left_out, "further metric", "further metrics") +
                    " left out");
  }
  return lines;
}

}  // namespace

Result<std::string> loss_plot(const LossPlot& plot) {
  const Curves curves = sift(plot);
  if (curves.loss.points.empty()) {
    const std::string model = "model \"" + plot.model + "\" ";
    if (plot.history.empty()) {
      return Status(Code::kInvalid,
                    model +
                        "has no history to plot: train it with subjrec_train() (a model from "
                        "subjrec_load() has none)");
    }
    return Status(Code::kInvalid,
                  model + "has a history, but no loss in it that can be drawn" +
                      (plot.log ? " (a logarithm needs finite losses above 0; try 'loss')"
                                : " (none is a finite number)"));
  }
  Panel loss{plot.log ? "ln(loss)" : "loss", {curves.loss}, kLossHeight, false};
  const std::vector<std::string> lines = subtitles(plot, curves);
  const double top = 48 + 17 * static_cast<double>(lines.size()) + 36;
  const double height = top + kLossHeight +
                        static_cast<double>(curves.panels.size()) * (kPanelGap + kMetricHeight) +
                        kBottom;
  const std::string what = plot.log ? "logarithm of the loss" : "loss";
  const std::string title =
      plot.model + ": " + what + (curves.by_batch ? " by batch" : " by epoch");

  Svg svg(kWidth, height, title + ", " + lines[0]);
  svg.text(kLeft, 36, "title", shorten_to_width(title, 19, kRight - kLeft));
  for (size_t i = 0; i < lines.size(); ++i) {
    svg.text(kLeft, 57 + 17 * static_cast<double>(i), "sub", lines[i]);
  }
  double first = curves.by_batch ? 0 : curves.loss.points.front().x;
  double last = curves.loss.points.back().x;
  for (const Panel& panel : curves.panels) {
    for (const Series& s : panel.series) {
      first = std::min(first, s.points.front().x);
      last = std::max(last, s.points.back().x);
    }
  }
  const Axis x = first == last ? make_axis(first - 1, last + 1, kLeft, kRight)
                               : make_axis(first, last, kLeft, kRight);
  draw_loss(loss, curves, x, top, &svg);
  double y = top + kLossHeight;
  for (const Panel& panel : curves.panels) {
    draw_metrics(panel, x, y + kPanelGap, &panel == &curves.panels.back(), &svg);
    y += kPanelGap + kMetricHeight;
  }
  svg.text((kLeft + kRight) / 2, y + 40, "axis mid", curves.by_batch ? "batch" : "epoch");
  return std::move(svg).finish();
}

}  // namespace subjrec
