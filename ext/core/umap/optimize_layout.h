// The layout: points that are neighbours approach each other, and keep away from others.
//
// The published optimisation goes from edge to edge, moves both ends at once and lets threads race,
// which gives other bytes with every run. Here points take turns in blocks. In its turn a point
// goes through the edges that are due in this epoch (an edge comes up in proportion to its weight):
// it takes a step towards the other end, and steps away from points drawn at random, seeing the
// others where they stood when the block began. The other ends take their halves of the steps when
// the block ends, in the order of the turns. So a block can be cut among threads and vector lanes
// without changing a byte, and with blocks of a sixty-fourth of the points the maps are as good as
// one edge after the other makes them.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/umap/fuzzy_graph.h"

namespace subjrec {

/// The similarity of two points of the map at squared distance d is 1 / (1 + a d^b).
struct Curve {
  double a = 0;
  double b = 0;
};

/// The least-squares fit to: 1 up to min_dist, then exp(-(distance - min_dist) / spread).
Curve fit_curve(double spread, double min_dist);

struct LayoutOptions {
  Curve curve;
  int epochs = 0;
  float learning_rate = 1;
  uint32_t negatives = 5;
  uint64_t seed = 0;
};

/// The optimisation of a whole map, an epoch at a time. The graph must outlive it.
class Layout {
 public:
  /// `xy`: where the points start, n x 2.
  static Result<Layout> begin(const Graph& graph, const LayoutOptions& options,
                              const std::vector<float>& xy, Monitor& monitor);
  ~Layout();
  Layout(Layout&&) noexcept;
  Layout& operator=(Layout&&) noexcept;

  /// Moves all points; called options.epochs times.
  Status run_epoch(ThreadTeam& team, Monitor& monitor);
  /// Where the points are now, n x 2.
  std::vector<float> xy() const;

 private:
  struct State;
  explicit Layout(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// One new point (`place`) or a few on a map that stays as it is. Point i starts at `xy` (m x 2)
/// and approaches its edges' ends, which are points of `map`; negatives are drawn from `map` as
/// well, from the same stream for every point, so that a point's place does not depend on the
/// others'.
Status optimise_placement(const Graph& edges, const std::vector<float>& map,
                          const LayoutOptions& options, ThreadTeam& team, Monitor& monitor,
                          std::vector<float>* xy);

}  // namespace subjrec
