// Where the points of a map start.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/umap/fuzzy_graph.h"
#include "core/umap/neighbors.h"

namespace subjrec {

/// n x 2, each axis from 0 to 10. "spectral": the eigenvectors of the graph's normalised Laplacian
/// that follow the trivial one; where the graph is in pieces, those of each piece, around the place
/// that the piece's centroid has among the others'. Where eigenvectors do not converge, and for
/// "pca": the first two principal components of the embeddings; where those are constant, and for
/// "random": uniformly at random.
Result<std::vector<float>> start_layout(const Points& points, const Graph& graph,
                                        const std::string& init, uint64_t seed, ThreadTeam& team,
                                        Monitor& monitor);

/// The two leading principal components of `rows` (n x dim), n x 2, the largest value 1; empty
/// where the rows are constant.
Result<std::vector<double>> principal_components(const float* rows, size_t n, size_t dim,
                                                 ThreadTeam& team, Monitor& monitor);

/// The second and third eigenvectors of a connected graph's normalised Laplacian, n x 2, the
/// largest value 1; empty where they do not converge or the graph has fewer than 5 points.
Result<std::vector<double>> spectral_coordinates(const Graph& graph, ThreadTeam& team,
                                                 Monitor& monitor);

}  // namespace subjrec
