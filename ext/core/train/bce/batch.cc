#include "core/train/bce/batch.h"

#include <algorithm>
#include <limits>

namespace subjrec {
namespace {

constexpr uint32_t kNoSlot = std::numeric_limits<uint32_t>::max();

}  // namespace

BatchBuilder::BatchBuilder(const Interactions& interactions)
    : interactions_(interactions), slots_(interactions.n_subjects, kNoSlot) {}

void BatchBuilder::build(std::span<const uint32_t> works, Batch* batch) {
  // Rows are anywhere in memory: ask for a row's bounds, and then for its subjects, well ahead.
  constexpr size_t kAhead = 8;
  const auto& offsets = interactions_.offsets;
  const auto& subjects = interactions_.subjects;
  batch->works.assign(works.begin(), works.end());
  batch->subjects.clear();
  batch->offsets.assign(1, 0);
  found_.clear();
  for (size_t p = 0; p < works.size(); ++p) {
    if (p + 2 * kAhead < works.size()) __builtin_prefetch(&offsets[works[p + 2 * kAhead]]);
    if (p + kAhead < works.size()) __builtin_prefetch(&subjects[offsets[works[p + kAhead]]]);
    for (const uint32_t s : interactions_.row(works[p])) {
      if (slots_[s] == kNoSlot) {
        slots_[s] = static_cast<uint32_t>(batch->subjects.size());
        batch->subjects.push_back(s);
        batch->offsets.push_back(0);
      }
      found_.push_back(slots_[s]);
      ++batch->offsets[slots_[s] + 1];
    }
  }
  for (size_t j = 0; j < batch->subjects.size(); ++j) batch->offsets[j + 1] += batch->offsets[j];

  // The slots now count where each subject's next work goes.
  for (size_t j = 0; j < batch->subjects.size(); ++j) slots_[batch->subjects[j]] = kNoSlot;
  batch->positives.resize(found_.size());
  const bool weighted = interactions_.weighted();
  batch->weights.resize(weighted ? found_.size() : 0);
  size_t at = 0;
  for (size_t p = 0; p < works.size(); ++p) {
    for (size_t e = offsets[works[p]]; e < offsets[works[p] + 1]; ++e, ++at) {
      const uint32_t place = batch->offsets[found_[at]]++;
      batch->positives[place] = static_cast<uint32_t>(p);
      if (weighted) batch->weights[place] = interactions_.weights[e];
    }
  }
  // Each offset has moved to the next one's place: move them back.
  std::copy_backward(batch->offsets.begin(), batch->offsets.end() - 1, batch->offsets.end());
  batch->offsets[0] = 0;
}

}  // namespace subjrec
