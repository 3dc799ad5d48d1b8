// Labels beside points, none over another.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace subjrec {

/// A rectangle in pixels, y downwards.
struct Box {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;

  bool overlaps(const Box& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
  bool inside(const Box& other) const {
    return left >= other.left && right <= other.right && top >= other.top && bottom <= other.bottom;
  }
};

struct LabelRequest {
  double x = 0;  // the point
  double y = 0;
  std::string text;
};

struct PlacedLabel {
  size_t request = 0;
  double x = 0;  // where the text starts, and its baseline
  double y = 0;
  Box box;  // that it fills, by text_width
};

/// Places up to `most` labels of `size` pixels, the requests being in order of importance. Each
/// takes the first of eight places around its point (right, left, above, below, the corners) that
/// lies in `area` and keeps clear of `blocked`, the labels before it and their points; a label
/// without such a place is left out, and so is one whose point lies on what is blocked.
std::vector<PlacedLabel> place_labels(std::span<const LabelRequest> requests, const Box& area,
                                      double size, size_t most, std::span<const Box> blocked = {});

}  // namespace subjrec
