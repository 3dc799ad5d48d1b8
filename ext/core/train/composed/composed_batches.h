// Batches of composed works, and the learning rate of each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/train/composed/composed_network.h"
#include "core/train/composed/example_source.h"
#include "core/train/options.h"

namespace subjrec {

/// Batches of options.batch_size works, give or take a half, of `works` works.
size_t batch_count(size_t works, const TrainOptions& options);

/// The examples of these works in `epoch`, each drawn by the work's own random numbers: pieces are
/// drawn side by side. `pieces` is room for them.
Result<ComposedBatch> draw_batch(const Interactions& y, const ExampleSource& examples,
                                 std::span<const uint32_t> works, int64_t epoch,
                                 std::vector<EncoderInputs>* pieces, ThreadTeam& team,
                                 Monitor& monitor);

/// Of step `now`, counted from 1, of `all`: rises over the warm-up, then falls to zero in a
/// straight line.
double scheduled_rate(const TrainOptions& options, double now, double all);

/// NegativeSampler's: how many subjects compete in a batch.
double negative_count(const TrainOptions& options);

}  // namespace subjrec
