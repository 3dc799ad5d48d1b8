// The map as a page of its own: to pan, zoom and search, in any browser, from a file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/plot/map_point.h"

namespace subjrec {

/// A point, by its place in Explorer::points, and how near or likely it is.
struct ScoredPoint {
  uint32_t point = 0;
  double value = 0;
};

struct ExplorerWork {
  std::string title;
  std::string id;
  std::vector<uint32_t> subjects;        // that it carries, as places in Explorer::points
  std::vector<ScoredPoint> recommended;  // best first; the value is the probability
};

/// A work by name, and its place in Explorer::works where it has one.
struct WorkName {
  std::string title;
  std::string id;
  std::optional<uint32_t> shown;
};

/// Works that subjects would suit, of all that were searched: most are not among those shown.
struct SuitedWorks {
  std::vector<std::vector<uint32_t>> of_points;  // best first, as places in `works`; or empty
  std::vector<WorkName> works;
  uint64_t searched = 0;  // so many works, of Explorer::n_works
};

struct Explorer {
  std::string model;                  // its name, for the title
  std::string weight_noun = "works";  // what weights count; "": do not show them
  std::vector<MapPoint> points;       // the subjects
  PointColors colors;
  PointStyle style;
  std::vector<std::vector<ScoredPoint>> neighbours;  // of each point, nearest first; or empty
  SuitedWorks suited;
  std::vector<ExplorerWork> works;  // all, or a sample
  uint64_t n_works = 0;             // how many there are in all
};

/// One HTML file that needs nothing else: no network (its content security policy forbids it), no
/// build. The page's sources are ext/core/plot/explorer/; the data stand in it as JSON. A subject
/// takes about 150 bytes with ten neighbours, a work about 200, and the name of one 60.
///
/// Points far off all others are moved to the border of the rest (see MapFrame). Any label is
/// safe: texts enter the page as text alone, and invalid UTF-8 as U+FFFD.
///
/// kInvalid: a position, weight, similarity or probability that is not finite; a place that is
/// not one of a point or work; not as many lists of neighbours or works, or colour values, as
/// points.
Result<std::string> explorer_html(const Explorer& explorer);

}  // namespace subjrec
