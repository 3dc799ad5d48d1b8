// The options of a map: one struct, one table of names, ranges and defaults.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/base/status.h"
#include "core/options/option_table.h"

namespace subjrec {

/// The defaults are those of the paper's own implementation.
struct MapOptions {
  std::string metric = "euclidean";  // "euclidean", or "cosine": of the embeddings
  int n_neighbors = 15;              // a point's neighbourhood, itself included
  double min_dist = 0.1;             // how close points may lie on the map
  double spread = 1.0;               // how far apart the ends of a neighbourhood lie on the map
  int epochs = 0;                    // 0: 500 for up to 10,000 points, else 200
  double learning_rate = 1.0;        // of the first epoch; falls to 0 along a line
  int negative_sample_rate = 5;      // points to keep away from for each neighbour to approach
  std::string init = "spectral";     // "spectral", "pca" or "random"
  int64_t seed = 1;                  // of everything that is drawn
  int threads = 0;                   // 0: as many as the machine has; never changes a result
  bool only_new = false;             // place what the map lacks; what is on it stays
  bool progress = false;             // draw a bar on standard error where it is a terminal

  OptionNames given;  // which of these were said, rather than left at their default
};

/// Names, ranges, defaults and spellings of the fields above, in the order of the reference page.
const OptionTable<MapOptions>& map_option_table();

/// What no single option's range can say: min_dist is at most spread.
Status check_map_options(const MapOptions& options);

/// The number of epochs for a map of n points.
int map_epochs(const MapOptions& options, size_t n);

}  // namespace subjrec
