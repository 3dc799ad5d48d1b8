// A map: embeddings laid out in the plane, so that neighbours in the embedding are neighbours on
// the map (UMAP; McInnes, Healy and Melville 2018).
//
// The same embeddings, options and seed give the same bytes, whatever the number of threads and the
// instruction set.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/umap/umap_options.h"

namespace subjrec {

/// n x 2, row-major, in the order of the embeddings.
struct Embedding2d {
  std::vector<float> xy;

  size_t n() const { return xy.size() / 2; }
};

/// A map in the making, an epoch at a time, so that the caller can show progress or give up.
class MapMaker {
 public:
  /// Finds the neighbours and where the points start. `embeddings` is n x dim; n may be anything,
  /// and with fewer than options.n_neighbors points all are neighbours. A value that is not finite
  /// is an error. Nothing of `embeddings` is kept.
  static Result<MapMaker> begin(std::span<const float> embeddings, size_t dim,
                                const MapOptions& options, Monitor& monitor);
  ~MapMaker();
  MapMaker(MapMaker&&) noexcept;
  MapMaker& operator=(MapMaker&&) noexcept;

  int epochs() const;
  int epoch() const;  // how many are done
  bool finished() const { return epoch() == epochs(); }
  Status run_epoch(Monitor& monitor);
  Embedding2d map() const;

 private:
  struct State;
  explicit MapMaker(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// The map of `embeddings`, all epochs at once.
Result<Embedding2d> compute_umap(std::span<const float> embeddings, size_t dim,
                                 const MapOptions& options, Monitor& monitor);

/// Places `points` (m x dim) on the map of `embeddings` (n x dim, n > 0), which stays as it is:
/// each starts at the weighted mean of its neighbours' positions and is optimised for a third of
/// the map's epochs. A point with the embedding of one on the map gets that one's position. The
/// place of a point does not depend on the others placed with it.
Result<Embedding2d> transform(std::span<const float> embeddings, size_t dim, const Embedding2d& map,
                              std::span<const float> points, const MapOptions& options,
                              Monitor& monitor);

}  // namespace subjrec
