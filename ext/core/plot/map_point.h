// The points of a map, as the scatter plot and the explorer take them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/status.h"

namespace subjrec {

/// A subject or a work in the plane.
struct MapPoint {
  double x = 0;
  double y = 0;
  std::string label;  // what people read; any bytes
  double weight = 0;  // how well known it is: works that carry the subject, say
  std::string id;     // as people would type it; stands in for an empty label
};

/// A named cluster of a map.
struct MapRegion {
  std::string name;
  double x = 0;  // the middle of its points
  double y = 0;
  size_t count = 0;
  uint8_t color = 0;
};

/// What colours the points: categories, numbers or clusters, one for each point in their order, or
/// nothing: then all have one colour.
struct PointColors {
  std::string title;                    // what they are: "cluster", "century"
  std::vector<std::string> categories;  // "": none
  std::vector<double> numbers;          // NaN: none
  std::vector<uint32_t> clusters;       // places in `regions`; any other number: none
  std::vector<MapRegion> regions;       // the largest first
};

/// Colours chosen: for each point 0..7, or kNoColor.
struct ColorClasses {
  static constexpr uint8_t kNoColor = 8;
  struct Entry {
    uint8_t color = 0;
    std::string name;
    size_t count = 0;
  };

  bool scale = false;           // of numbers, from low to high; else of categories
  std::vector<uint8_t> colors;  // as many as points; empty where nothing colours them
  std::vector<Entry> key;       // the colours in use, in the order to show them
};

/// The eight categories with the most points get a colour each (ties: by name), the rest share
/// kNoColor. Numbers are cut at their eighths, so that skewed counts differ in colour as well;
/// equal numbers always share a colour. Clusters
/// have the colours of their regions, and names on the map rather than a key. kInvalid where there
/// are not as many as points.
Result<ColorClasses> choose_colors(const PointColors& colors, size_t n_points);

/// kInvalid, naming `what`, where a position is not a finite number of at most 1e100, or a weight
/// is not finite.
Status check_points(const std::vector<MapPoint>& points, const std::string& what);

/// The points' positions, best known first (ties: in their order).
std::vector<uint32_t> by_weight(const std::vector<MapPoint>& points);

/// The label, or the id, or "(no label)".
std::string display_label(const MapPoint& point);

/// How the points of a map are drawn.
struct PointStyle {
  double size = 1;        // times the usual radius
  bool by_weight = true;  // the better known a point, the larger
  double opacity = 0;     // 0 to 1; 0: by how many there are
  std::string one_color;  // "#0072b2": of all points, where nothing else colours them; or empty

  /// The radius of a point, where `usual` is that of one nobody knows.
  double radius(const MapPoint& point, double usual) const;
};

/// The rectangle of a map that a picture shows: all points, unless a few lie so far off that the
/// rest would shrink to a dot (of 50 points or more, those further from the middle 96% than that
/// is wide); these are for the caller to pin to the border.
struct MapFrame {
  double left = -1;
  double right = 1;
  double bottom = -1;
  double top = 1;

  bool holds(const MapPoint& p) const {
    return p.x >= left && p.x <= right && p.y >= bottom && p.y <= top;
  }
};
MapFrame frame_of(const std::vector<MapPoint>& points);

}  // namespace subjrec
