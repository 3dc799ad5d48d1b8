// The picture of a map: every subject or work a small translucent dot, the best known with names.
#pragma once

#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/plot/map_point.h"

namespace subjrec {

struct ScatterPlot {
  std::string model;                  // its name, for the title
  std::string what = "subjects";      // what the points are, for the title
  std::string note;                   // a line below the title: how to read it, say
  std::string weight_noun = "works";  // what weights count, for tooltips; "": do not show them
  std::vector<MapPoint> points;
  PointColors colors;
  PointStyle style;
};

/// A complete SVG: x and y at one scale, the better known larger and the lesser above them, a key
/// of the colours below. Labels are those of the best-known points, as many as find room (60 at the
/// most) without touching. The best-known 25,000 points carry a tooltip; the others are drawn as
/// bare dots, of which those are left out that would lie on three of their colour already. So
/// 20,000 points take about 2 MB, 100,000 about 4 MB. Points far off all others are rings at the
/// border, and the line below the title counts them. No points: a picture that says so.
///
/// kInvalid: a position or weight that is not finite; not as many colour values as points.
Result<std::string> scatter_plot(const ScatterPlot& plot);

}  // namespace subjrec
