#include "sqlite/jobs/tune_options.h"

#include "core/train/options.h"

namespace subjrec {
namespace {

/// What training's option of that name may be.
const OptionSpec<TrainOptions>& of_training(std::string_view name) {
  const auto& specs = train_option_table().specs();
  size_t at = 0;
  while (specs[at].name != name) ++at;
  return specs[at];
}

/// The same option as training has, for all runs.
OptionSpec<TuneOptions> shared(std::string_view name, OptionSpec<TuneOptions>::Field field,
                               std::string_view help = {}) {
  const auto& spec = of_training(name);
  return {spec.name,
          field,
          spec.least,
          spec.most,
          spec.open,
          spec.choices,
          help.empty() ? spec.help : help};
}

}  // namespace

const OptionTable<TuneOptions>& tune_option_table() {
  static const OptionTable<TuneOptions> table(
      {
          {"results",
           &TuneOptions::results,
           0,
           0,
           false,
           {},
           "table that finished runs are kept in, made if there is none; \"\": none"},
          {"validation",
           &TuneOptions::validation,
           0,
           0.9,
           true,
           {},
           "share of each work's subjects held out to evaluate by, the same for every run"},
          {"heldout",
           &TuneOptions::heldout,
           0,
           0,
           false,
           {},
           "table or SELECT of (work, subject) to evaluate by instead; the source must lack them"},
          shared("validation_metric", &TuneOptions::validation_metric,
                 "what decides which epoch of a run is its best, and which run"),
          shared("threads", &TuneOptions::threads),
          shared("memory_limit", &TuneOptions::memory_limit,
                 "megabytes that a run may take, estimated before the first starts; 0: as many as "
                 "the machine has left"),
          shared("progress", &TuneOptions::progress),
      },
      {{"output", "results"},
       {"table", "results"},
       {"cache", "results"},
       {"holdout", "heldout"},
       {"test", "heldout"},
       {"validation_split", "validation"},
       {"test_size", "validation"},
       {"metric", "validation_metric"},
       {"scoring", "validation_metric"},
       {"num_threads", "threads"},
       {"n_jobs", "threads"}});
  return table;
}

}  // namespace subjrec
