#include "core/train/calibration_set.h"

#include <algorithm>
#include <span>

#include "core/base/random.h"

namespace subjrec {
namespace {

constexpr uint64_t kStream = 3;
constexpr size_t kLeastPairs = 32;

}  // namespace

std::vector<CalibrationPair> hold_out_calibration_pairs(const Interactions& y, uint64_t seed) {
  std::vector<uint32_t> rich;
  for (uint32_t w = 0; w < y.n_works; ++w) {
    if (y.row(w).size() > 2) rich.push_back(w);
  }
  const size_t wanted = std::min<size_t>(rich.size() / 20, 1024);
  if (wanted < kLeastPairs) return {};
  Random random(seed, kStream);
  random.shuffle(std::span(rich));
  rich.resize(wanted);
  std::sort(rich.begin(), rich.end());
  std::vector<uint32_t> left = y.subject_counts();
  std::vector<CalibrationPair> pairs;
  for (const uint32_t w : rich) {
    const std::span<const uint32_t> row = y.row(w);
    const size_t drawn = random.below(row.size());
    for (size_t i = 0; i < row.size(); ++i) {
      const uint32_t subject = row[(drawn + i) % row.size()];
      if (left[subject] < 2) continue;
      --left[subject];
      pairs.push_back({w, subject});
      break;
    }
  }
  if (pairs.size() < kLeastPairs) pairs.clear();
  return pairs;
}

}  // namespace subjrec
