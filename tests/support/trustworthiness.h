// How far the neighbourhoods of a map can be trusted.
#pragma once

#include <cstddef>
#include <span>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/umap/umap.h"

namespace subjrec {

/// Trustworthiness (Venna and Kaski 2001), from 0 to 1: of each point's k nearest on the map, those
/// that are not among its k nearest in the embedding (by options.metric) cost as much as their rank
/// there exceeds k. Wants k below n / 2. Compares every pair of points.
Result<double> trustworthiness(std::span<const float> embeddings, size_t dim,
                               const Embedding2d& map, size_t k, const MapOptions& options,
                               Monitor& monitor);

}  // namespace subjrec
