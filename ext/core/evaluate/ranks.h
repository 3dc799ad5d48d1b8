// Where held-out subjects stand among all subjects: the counts that every metric is made of.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/data/interactions.h"
#include "core/model/model.h"
#include "core/model/train_data.h"

namespace subjrec {

/// One held-out (work, subject) row. Candidates are all subjects but the work's own in training.
struct RankedTestItem {
  float score = 0;
  // Among all other candidates; the subject itself is one even where training has it.
  uint32_t better = 0;
  uint32_t equal = 0;
  // Among the candidates that are not held out for this work.
  uint32_t others_better = 0;
  uint32_t others_equal = 0;
};

struct Ranks {
  std::vector<uint32_t> works;         // the works with held-out rows, ascending
  std::vector<RankedTestItem> trials;  // in the order of the held-out rows
  std::vector<uint32_t> candidates;    // for each of `works`
  std::vector<uint32_t> trained_on;    // for each of `works`: held-out rows that training has
  std::vector<double> losses;          // for each of `works`: cross-entropy summed over candidates
  size_t list_length = 0;              // at the most
  std::vector<uint32_t> lists;         // works x list_length: best candidates first; of equal
                                       // scores the lower subject
  std::vector<uint32_t> list_lengths;  // for each of `works`
  std::vector<float> probabilities;    // as long as lists: what the model says of each
};

/// Scores every candidate of every work that has a row in `heldout`. `shift` moves the subjects in
/// the ranking and changes no probability (core/retrieval/popularity.h); none: nothing.
Result<Ranks> rank_heldout(const Model& model, const TrainData& data, const Interactions& heldout,
                           std::span<const float> shift, size_t list_length, ThreadTeam& team,
                           Monitor& monitor);

}  // namespace subjrec
