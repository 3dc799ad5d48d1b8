// Clusters of a map by density: HDBSCAN over the graph of nearest neighbours.
//
// Campello, Moulavi and Sander 2013, "Density-Based Clustering Based on Hierarchical Density
// Estimates"; McInnes and Healy 2017, "Accelerated Hierarchical Density Based Clustering". The
// minimum spanning tree is that of the neighbours' mutual reachability, so it takes n log n, and
// what the graph leaves unconnected is apart at any density.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"

namespace subjrec {

/// The cluster of a point that is in none: noise.
inline constexpr uint32_t kNoCluster = 0xffffffff;

struct DensityOptions {
  size_t n_neighbors = 15;      // the graph has these edges from each point
  size_t core_neighbors = 10;   // the distance to this neighbour is the density at a point
  size_t least_size = 0;        // points of a cluster; 0: a fifth of the root of n, 8 or more
  double least_contrast = 1.7;  // a core is so many times denser than where it parts from others
  int threads = 0;              // 0: as many as the machine has; never changes a result
};

/// The cluster of each point of a map (n x 2), 0 being the largest, or kNoCluster. As many as there
/// are: none in an even cloud, and none where a single one holds more than half of all. Points next
/// to a cluster are taken into it where most of their neighbours are. Points at one place share a
/// cluster. The order of the points does not matter, except that clusters of one size are numbered
/// by their leftmost points.
///
/// kInvalid: a position that is not finite; fewer than 1 neighbour. kInterrupted.
Result<std::vector<uint32_t>> density_clusters(std::span<const float> map,
                                               const DensityOptions& options, Monitor& monitor);

}  // namespace subjrec
