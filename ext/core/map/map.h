// A map: embeddings laid out in the plane, so that neighbours in the embedding are neighbours on
// the map (UMAP; McInnes, Healy and Melville 2018).
//
// The same embeddings, options and seed give the same bytes, whatever the number of threads and the
// instruction set.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/map/options.h"

namespace subjrec {

/// n x 2, row-major, in the order of the embeddings.
struct Map2d {
  std::vector<float> xy;

  size_t n() const { return xy.size() / 2; }
};

/// Told after each epoch: 1 .. epochs.
using MapProgress = std::function<void(int epoch, int epochs)>;

/// The map of `embeddings`, which is n x dim; n may be anything, and with fewer than
/// options.n_neighbors points all are neighbours. A value that is not finite is an error.
Result<Map2d> make_map(std::span<const float> embeddings, size_t dim, const MapOptions& options,
                       Monitor& monitor, const MapProgress& progress = {});

/// Places `points` (m x dim) on the map of `embeddings` (n x dim, n > 0), which stays as it is:
/// each starts at the weighted mean of its neighbours' positions and is optimised for a third of
/// the map's epochs. A point with the embedding of one on the map gets that one's position. The
/// place of a point does not depend on the others placed with it.
Result<Map2d> place_on_map(std::span<const float> embeddings, size_t dim, const Map2d& map,
                           std::span<const float> points, const MapOptions& options,
                           Monitor& monitor);

}  // namespace subjrec
