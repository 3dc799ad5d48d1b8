#include "core/plot/label_layout.h"

#include <algorithm>
#include <array>

#include "core/plot/text.h"

namespace subjrec {
namespace {

constexpr double kAway = 6;    // from the point to the text
constexpr double kDot = 3;     // half the room of a labelled point
constexpr double kApartX = 4;  // between two labels
constexpr double kApartY = 1.5;

/// The box of a text of this width in the n-th of eight places around a point.
Box place(const LabelRequest& r, double width, double size, size_t n) {
  struct Shift {
    double across;  // of the width: 0 starts at the point, -1 ends there
    double down;    // of the height
    double x;       // of kAway
    double y;
  };
  static constexpr std::array<Shift, 8> kPlaces{{{0, -0.5, 1, 0},
                                                 {-1, -0.5, -1, 0},
                                                 {-0.5, -1, 0, -1},
                                                 {-0.5, 0, 0, 1},
                                                 {0, -1, 0.6, -0.6},
                                                 {0, 0, 0.6, 0.6},
                                                 {-1, -1, -0.6, -0.6},
                                                 {-1, 0, -0.6, 0.6}}};
  const Shift& s = kPlaces[n];
  const double height = 1.2 * size;
  const double left = r.x + s.across * width + s.x * kAway;
  const double top = r.y + s.down * height + s.y * kAway;
  return {left, top, left + width, top + height};
}

Box dot_of(const LabelRequest& r) { return {r.x - kDot, r.y - kDot, r.x + kDot, r.y + kDot}; }

Box grown(const Box& b, double x, double y) {
  return {b.left - x, b.top - y, b.right + x, b.bottom + y};
}

}  // namespace

std::vector<PlacedLabel> place_labels(std::span<const LabelRequest> requests, const Box& area,
                                      double size, size_t most, std::span<const Box> blocked) {
  std::vector<PlacedLabel> placed;
  std::vector<Box> taken(blocked.begin(),
                         blocked.end());  // and labels and their points, a little grown
  const auto covers_name = [&](const LabelRequest& r) {
    const Box dot = dot_of(r);
    return std::any_of(blocked.begin(), blocked.end(),
                       [&](const Box& b) { return b.overlaps(dot); });
  };
  const auto free = [&](const Box& box) {
    return box.inside(area) &&
           std::none_of(taken.begin(), taken.end(), [&](const Box& t) { return t.overlaps(box); });
  };
  for (size_t i = 0; i < requests.size() && placed.size() < most; ++i) {
    const LabelRequest& r = requests[i];
    if (covers_name(r)) continue;
    const double width = text_width(r.text, size);
    for (size_t n = 0; n < 8; ++n) {
      const Box box = place(r, width, size, n);
      if (!free(box)) continue;
      placed.push_back({i, box.left, box.top + 0.93 * size, box});
      taken.push_back(grown(box, kApartX, kApartY));
      taken.push_back(dot_of(r));
      break;
    }
  }
  return placed;
}

}  // namespace subjrec
