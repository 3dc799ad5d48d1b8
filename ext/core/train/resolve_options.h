// Settles the options of a training, once: the algorithm that "auto" means, and every default that
// depends on the algorithm or on the data.
#pragma once

#include "core/train/trainer.h"

namespace subjrec {

/// Those of the given options that the algorithm reads (Algorithm::options).
OptionNames options_that_are_read(const TrainOptions& options);

/// Code::kInvalid where an option was given that the algorithm does not read (Algorithm::options).
/// Asked before the side information that the options name is read.
Status check_options(const TrainOptions& options);

/// Applies the recipe, settles the algorithm and chooses what was not given, for this data.
///
/// "auto" is "blend", which fits to pairs kept out of training how much each of its parts is worth
/// in this catalogue, and so decides nothing by size.
void resolve_options(const TrainData& data, TrainOptions* options);

/// The same for a training over shards, where "auto" is the better of two single algorithms:
/// "composed", or "ease" where works have features and are few (below 50,000) and its matrix is
/// inverted in seconds, unless an option was given that "ease" does not read, that only trainings
/// of many epochs have, or whose scale is that of "composed". The matrix then has all features that
/// two works have, or if that is too large the commoner ones. Of what was held out "ease" finds
/// 0.576 against 0.524 among 5,000 works of Gutenberg's, 0.604 against 0.559 among 10,000, and
/// 0.750 against 0.764 among 75,541.
void resolve_options_over_shards(const TrainData& data, TrainOptions* options);

}  // namespace subjrec
