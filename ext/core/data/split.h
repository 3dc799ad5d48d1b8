// Rows of the interaction matrix put aside, to evaluate a model on.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/data/interactions.h"

namespace subjrec {

/// Both have the works and subjects of the whole; each of its pairs is in exactly one of them.
struct Split {
  Interactions train;
  Interactions heldout;
};

/// Puts aside about `fraction` (0 < fraction < 1) of the pairs of each work with two or more
/// subjects: n * fraction of its n, rounded up or down at random without bias, drawn at random. A
/// work keeps at least one subject, and a subject at least one work. The same for the same seed.
Split hold_out(const Interactions& y, double fraction, uint64_t seed);

}  // namespace subjrec
