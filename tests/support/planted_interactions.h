// Small data with structure that any method has to find.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "core/data/split.h"
#include "core/train/trainer.h"

namespace subjrec {

/// Works of `groups` groups of six subjects each; a work carries two to four of its group's, and
/// now and then one of another group's. With features: one that tells the group, and noise.
inline TrainData planted_data(size_t works, uint32_t groups, bool with_features, uint64_t seed) {
  Random random(seed);
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  TrainData data;
  SparseRows& f = data.work_features;
  f.offsets.push_back(0);
  for (uint32_t w = 0; w < works; ++w) {
    const auto group = static_cast<uint32_t>(random.below(groups));
    for (uint64_t n = 2 + random.below(3); n > 0; --n) {
      pairs.emplace_back(w, group * 6 + static_cast<uint32_t>(random.below(6)));
    }
    if (random.below(10) == 0) {
      pairs.emplace_back(w, static_cast<uint32_t>(random.below(groups * 6)));
    }
    f.columns.insert(f.columns.end(), {group, groups + static_cast<uint32_t>(random.below(5))});
    f.weights.insert(f.weights.end(), {1.0f, 0.5f});
    f.offsets.push_back(f.columns.size());
  }
  f.n_rows = works;
  f.n_columns = groups + 5;
  if (!with_features) f = SparseRows();
  data.interactions = make_interactions(pairs, works, groups * 6);
  return data;
}

/// Gives each pair a weight from 0.25 to 4.
inline void weigh(Interactions* y) {
  Random random(17);
  y->weights.clear();
  for (size_t e = 0; e < y->nnz(); ++e) {
    y->weights.push_back(static_cast<float>(0.25 + 3.75 * random.uniform() * random.uniform()));
  }
}

/// A trainer that has done all its epochs.
inline std::unique_ptr<Trainer> trained(const TrainData& data, const TrainOptions& options,
                                        std::vector<HistoryRow>* history) {
  Monitor monitor;
  auto trainer = make_trainer(data, options);
  EXPECT_TRUE(trainer.ok());
  for (int epoch = 0; epoch < options.epochs; ++epoch) {
    EXPECT_TRUE((*trainer)->run_epoch(history, monitor).ok());
  }
  return std::move(*trainer);
}

}  // namespace subjrec
