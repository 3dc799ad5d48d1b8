#include "core/plot/tuning_plot.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/plot/axis.h"
#include "core/plot/svg.h"
#include "core/plot/text.h"

namespace subjrec {
namespace {

constexpr double kWidth = 820;
constexpr double kLeft = 76;
constexpr double kRight = kWidth - 26;
constexpr double kTop = 88;
constexpr double kHeight = 330;
constexpr double kMargin = 40;  // from the frame to the first and the last value
constexpr size_t kMostTicks = 24;

/// What orders the axis: numbers by size, then texts.
struct AxisValue {
  bool is_text = false;
  double number = 0;
  std::string text;

  bool operator<(const AxisValue& o) const {
    if (is_text != o.is_text) return !is_text;
    return number != o.number ? number < o.number : text < o.text;
  }
};

using Line = std::map<AxisValue, std::vector<double>>;  // a value of the axis -> the runs there

struct Sorted {
  std::string x;
  std::set<AxisValue> values;
  std::map<std::string, Line> lines;  // by what the other options say
  size_t not_evaluated = 0;
  size_t elsewhere = 0;  // runs without the option of the axis
  double low = 0;
  double high = 0;
};

/// The option with the most different values; of equals the first by name.
std::string widest_option(const std::vector<Trial>& trials) {
  std::map<std::string, std::set<std::string>> values;
  for (const Trial& trial : trials) {
    for (const TrialOption& o : trial.options) values[o.name].insert(o.text);
  }
  std::string widest;
  size_t most = 0;
  for (const auto& [name, texts] : values) {
    if (name == "seed" || texts.size() <= most) continue;
    most = texts.size();
    widest = name;
  }
  return widest.empty() && !values.empty() ? values.begin()->first : widest;
}

/// "epochs 8, metric cosine": the options that differ between runs, but for the axis and seeds.
std::string line_name(const Trial& trial, const std::string& x,
                      const std::map<std::string, std::set<std::string>>& values) {
  std::vector<std::string> parts;
  for (const TrialOption& o : trial.options) {
    if (o.name == x || o.name == "seed" || values.at(o.name).size() < 2) continue;
    parts.push_back(o.name + ' ' + o.text);
  }
  std::sort(parts.begin(), parts.end());
  std::string name;
  for (const std::string& part : parts) name += (name.empty() ? "" : ", ") + part;
  return name;
}

/// Where runs lack an option that others have, that is a value of it as well.
std::map<std::string, std::set<std::string>> values_of_options(const std::vector<Trial>& trials) {
  std::map<std::string, std::set<std::string>> values;
  std::map<std::string, size_t> runs;
  for (const Trial& trial : trials) {
    for (const TrialOption& o : trial.options) {
      values[o.name].insert(o.text);
      ++runs[o.name];
    }
  }
  for (auto& [name, texts] : values) {
    if (runs[name] < trials.size()) texts.insert("");
  }
  return values;
}

Sorted sort_trials(const TuningPlot& plot) {
  Sorted sorted;
  sorted.x = plot.x.empty() ? widest_option(plot.trials) : plot.x;
  const auto values = values_of_options(plot.trials);
  bool first = true;
  for (const Trial& trial : plot.trials) {
    const auto at =
        std::find_if(trial.options.begin(), trial.options.end(),
                     [&](const TrialOption& option) { return option.name == sorted.x; });
    if (at == trial.options.end()) {
      ++sorted.elsewhere;
      continue;
    }
    if (!(std::fabs(trial.quality) <= kLargestDrawn)) {
      ++sorted.not_evaluated;
      continue;
    }
    const AxisValue value{!at->numeric, at->numeric ? at->number : 0, at->text};
    sorted.values.insert(value);
    sorted.lines[line_name(trial, sorted.x, values)][value].push_back(trial.quality);
    sorted.low = first ? trial.quality : std::min(sorted.low, trial.quality);
    sorted.high = first ? trial.quality : std::max(sorted.high, trial.quality);
    first = false;
  }
  return sorted;
}

double mean_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  double sum = 0;
  for (const double v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

/// The values of the axis, side by side.
class Places {
 public:
  explicit Places(const std::set<AxisValue>& values) : values_(values.begin(), values.end()) {}
  double x(const AxisValue& value) const {
    const auto at = std::lower_bound(values_.begin(), values_.end(), value) - values_.begin();
    return x(static_cast<size_t>(at));
  }
  void draw(Svg* svg) const {
    const size_t step = (values_.size() + kMostTicks - 1) / kMostTicks;
    const double room =
        (kRight - kLeft) / static_cast<double>(values_.size()) * static_cast<double>(step);
    for (size_t i = 0; i < values_.size(); i += step) {
      svg->line(x(i), kTop + kHeight, x(i), kTop + kHeight + 5, "frame");
      svg->text(x(i), kTop + kHeight + 19, "tick mid",
                shorten_to_width(values_[i].text, 11.5, room - 6));
    }
  }

 private:
  double x(size_t at) const {
    if (values_.size() == 1) return (kLeft + kRight) / 2;
    return kLeft + kMargin +
           (kRight - kLeft - 2 * kMargin) * static_cast<double>(at) /
               static_cast<double>(values_.size() - 1);
  }
  std::vector<AxisValue> values_;
};

std::string class_of(size_t line) {
  return line < kCategoryColors ? "c" + std::to_string(line) : "co";
}

void draw_lines(const Sorted& sorted, const Places& places, const Axis& y, Svg* svg) {
  size_t number = 0;
  for (const auto& [name, line] : sorted.lines) {
    const std::string color = class_of(number++);
    std::vector<XY> means;
    for (const auto& [value, runs] : line) {
      const double x = places.x(value);
      means.push_back({x, y.pixel(mean_of(runs))});
      for (const double quality : runs) {
        if (runs.size() > 1) svg->circle(x, y.pixel(quality), 2, "fill " + color);
      }
    }
    // Texts have no order along which a line could lead.
    if (!line.begin()->first.is_text) svg->polyline(means, "line " + color);
    for (const XY& mean : means) svg->circle(mean.x, mean.y, 3.6, "fill " + color);
  }
}

/// What the lines are, below the axis; returns where it ends. Draws only given an Svg.
double draw_key(const Sorted& sorted, double top, Svg* svg) {
  if (sorted.lines.size() < 2) return top;
  double x = kLeft;
  double y = top + 24;
  size_t number = 0;
  for (const auto& [name, line] : sorted.lines) {
    if (number > kCategoryColors) break;
    const std::string full = name.empty() ? "as given" : name;
    const std::string text =
        shorten_to_width(number < kCategoryColors ? full : "others", 12.5, 360);
    const double width = 26 + text_width(text, 12.5);
    if (x > kLeft && x + width > kRight) {
      x = kLeft;
      y += 20;
    }
    if (svg != nullptr) {
      svg->circle(x + 6, y - 4.5, 5, "fill " + class_of(number));
      svg->text(x + 16, y, "key", text);
    }
    x += width + 12;
    ++number;
  }
  return y;
}

std::string facts(const TuningPlot& plot, const Sorted& sorted) {
  std::string text = format_count(plot.trials.size()) +
                     (plot.trials.size() == 1 ? " run" : " runs") + ", each evaluated by " +
                     plot.metric + " on what it was not trained with";
  if (sorted.not_evaluated > 0)
    text += "; " + format_count(sorted.not_evaluated) + " could not be evaluated";
  if (sorted.elsewhere > 0) text += "; " + format_count(sorted.elsewhere) + " without " + sorted.x;
  return text;
}

}  // namespace

Result<std::string> tuning_plot(const TuningPlot& plot) {
  const Sorted sorted = sort_trials(plot);
  if (sorted.lines.empty()) {
    const bool lacks = !plot.trials.empty() && sorted.elsewhere == plot.trials.size();
    return Status(Code::kInvalid, lacks ? "no run has the option \"" + sorted.x + "\" of the grid"
                                        : "there is no run with a number in \"" + plot.metric +
                                              "\" in " + plot.source +
                                              ", a table of results of subjrec_tune()");
  }
  const double foot = draw_key(sorted, kTop + kHeight + 50, nullptr) + 22;
  const std::string title = plot.source + ": " + plot.metric + " by " + sorted.x;
  const std::string line = facts(plot, sorted);
  Svg svg(kWidth, foot, title + ", " + line);
  svg.text(kLeft, 36, "title", shorten_to_width(title, 19, kRight - kLeft));
  svg.text(kLeft, 57, "sub", shorten_to_width(line, 12.5, kRight - kLeft));
  const Axis y = extend_to_ticks(make_axis(sorted.low, sorted.high, kTop + kHeight, kTop), 6);
  for (const Tick& tick : nice_ticks(y, 6)) {
    svg.line(kLeft, y.pixel(tick.value), kRight, y.pixel(tick.value), "grid");
    svg.text(kLeft - 8, y.pixel(tick.value) + 4, "tick end", tick.label);
  }
  svg.line(kLeft, y.from, kRight, y.from, "frame");
  const Places places(sorted.values);
  places.draw(&svg);
  svg.vertical_text(22, (y.from + y.to) / 2, "axis mid",
                    shorten_to_width(plot.metric, 12.5, kHeight));
  svg.text((kLeft + kRight) / 2, kTop + kHeight + 42, "axis mid",
           shorten_to_width(sorted.x, 12.5, kRight - kLeft));
  draw_lines(sorted, places, y, &svg);
  draw_key(sorted, kTop + kHeight + 50, &svg);
  return std::move(svg).finish();
}

}  // namespace subjrec
