#include "core/train/calibration_set.h"

#include <algorithm>
#include <span>

#include "core/base/random.h"

namespace subjrec {
namespace {

constexpr uint64_t kStream = 3;

}  // namespace

std::vector<CalibrationPair> hold_out_calibration_pairs(const Interactions& y, uint64_t seed) {
  std::vector<uint32_t> rich;
  for (uint32_t w = 0; w < y.n_works; ++w) {
    if (y.row(w).size() > 2) rich.push_back(w);
  }
  const size_t wanted = std::min<size_t>(rich.size() / 20, 1024);
  if (wanted < 32) return {};
  Random random(seed, kStream);
  random.shuffle(std::span(rich));
  rich.resize(wanted);
  std::sort(rich.begin(), rich.end());
  std::vector<CalibrationPair> pairs;
  for (const uint32_t w : rich) pairs.push_back({w, y.row(w)[random.below(y.row(w).size())]});
  return pairs;
}

}  // namespace subjrec
