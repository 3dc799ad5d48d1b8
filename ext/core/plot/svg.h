// A small writer of self-contained SVG, and the look that all pictures share.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/plot/downsample.h"

namespace subjrec {

/// How many categories have a colour of their own; the rest share a grey.
constexpr size_t kCategoryColors = 8;
/// How many steps a scale of numbers has.
constexpr size_t kScaleColors = 8;

/// One picture. Colours are set by class, in light and in dark (prefers-color-scheme), by one
/// style sheet that every picture carries whole, so that several can stand in one HTML page:
///   c0..c7   categories: Okabe and Ito's colours, told apart by the colour-blind; co: the rest
///   s0..s7   a scale from faint to strong; sn: no value
///   title, sub, tick, axis, note, label, region   texts;  grid, frame   lines;  and with end, mid
///   text
/// anchored at its end or middle.
class Svg {
 public:
  /// `description` says in a sentence what is to be seen, to those who cannot see it.
  Svg(double width, double height, std::string_view description);

  void text(double x, double y, std::string_view classes, std::string_view text);
  /// Text that reads upwards, its middle at (x, y).
  void vertical_text(double x, double y, std::string_view classes, std::string_view text);
  void line(double x1, double y1, double x2, double y2, std::string_view classes);
  void rect(double x, double y, double width, double height, std::string_view classes);
  void circle(double x, double y, double radius, std::string_view classes);
  /// Points are pixels already.
  void polyline(std::span<const XY> points, std::string_view classes);
  void open_group(std::string_view attributes);
  void close_group();
  /// Well-formed SVG from the caller.
  void raw(std::string_view markup) { out_ += markup; }

  /// The document, complete. Nothing can be added after it.
  std::string finish() &&;

 private:
  void attribute(std::string_view name, double value);
  void classes(std::string_view names);

  std::string out_;
};

}  // namespace subjrec
