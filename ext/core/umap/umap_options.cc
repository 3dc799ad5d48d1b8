#include "core/umap/umap_options.h"

namespace subjrec {

const OptionTable<MapOptions>& map_option_table() {
  using T = MapOptions;
  constexpr double kMost = 9223372036854775807.0;
  static const OptionTable<MapOptions> table(
      {
          {"metric",
           &T::metric,
           0,
           0,
           false,
           {"euclidean", "cosine"},
           "how far apart two embeddings are"},
          {"n_neighbors",
           &T::n_neighbors,
           2,
           1000,
           false,
           {},
           "a point's neighbourhood, itself included: small for detail, large for the whole"},
          {"min_dist", &T::min_dist, 0, 1000, false, {}, "how close points may lie on the map"},
          {"spread",
           &T::spread,
           0,
           1000,
           true,
           {},
           "how far apart the ends of a neighbourhood lie on the map"},
          {"epochs",
           &T::epochs,
           0,
           100000,
           false,
           {},
           "passes over the neighbourhoods; 0: 500 for up to 10,000 points, else 200"},
          {"learning_rate", &T::learning_rate, 0, 100, true, {}, "step size of the first epoch"},
          {"negative_sample_rate",
           &T::negative_sample_rate,
           0,
           1000,
           false,
           {},
           "points to keep away from for each neighbour to approach"},
          {"init",
           &T::init,
           0,
           0,
           false,
           {"spectral", "pca", "random"},
           "where the points start: eigenvectors of the neighbourhoods, principal components, or "
           "anywhere"},
          {"seed", &T::seed, -kMost - 1, kMost, false, {}, "of everything that is drawn at random"},
          {"threads",
           &T::threads,
           0,
           1024,
           false,
           {},
           "0: as many as the machine has; never changes a result"},
          {"only_new",
           &T::only_new,
           0,
           0,
           false,
           {},
           "place what the map lacks, such as works added since; what is on it stays where it is"},
          {"progress",
           &T::progress,
           0,
           0,
           false,
           {},
           "draw a bar with rate and time left on standard error, where that is a terminal"},
      },
      {
          {"distance", "metric"},
          {"affinity", "metric"},
          {"k", "n_neighbors"},
          {"neighbors", "n_neighbors"},
          {"neighbours", "n_neighbors"},
          {"n_neighbours", "n_neighbors"},
          {"num_neighbors", "n_neighbors"},
          {"perplexity", "n_neighbors"},
          {"minimum_distance", "min_dist"},
          {"n_epochs", "epochs"},
          {"num_epochs", "epochs"},
          {"iterations", "epochs"},
          {"n_iter", "epochs"},
          {"max_iter", "epochs"},
          {"lr", "learning_rate"},
          {"alpha", "learning_rate"},
          {"initial_alpha", "learning_rate"},
          {"negatives", "negative_sample_rate"},
          {"n_negatives", "negative_sample_rate"},
          {"initialization", "init"},
          {"init_method", "init"},
          {"random_state", "seed"},
          {"random_seed", "seed"},
          {"n_jobs", "threads"},
          {"n_threads", "threads"},
          {"num_threads", "threads"},
          {"workers", "threads"},
          {"verbose", "progress"},
          {"tqdm", "progress"},
      });
  return table;
}

Status check_map_options(const MapOptions& options) {
  if (options.min_dist <= options.spread) return {};
  return {Code::kInvalid, "option \"min_dist\" must be at most the option \"spread\", which is " +
                              option_detail::number_text(options.spread) + ", got " +
                              option_detail::number_text(options.min_dist)};
}

int map_epochs(const MapOptions& options, size_t n) {
  if (options.epochs > 0) return options.epochs;
  return n <= 10000 ? 500 : 200;
}

}  // namespace subjrec
