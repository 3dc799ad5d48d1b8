#include "core/train/blend/kept_out.h"

#include <span>
#include <utility>

namespace subjrec {

std::vector<KeptOutWork> warm_works(const Interactions& y, const CalibrationSet& kept_out) {
  std::vector<KeptOutWork> works;
  for (const CalibrationPair& pair : kept_out.pairs) {
    RowWithout left(y.weighted_row(pair.work), pair.subject);
    works.push_back({pair.work, {pair.subject}, std::move(left.subjects), std::move(left.weights)});
  }
  return works;
}

std::vector<KeptOutWork> cold_works(const Interactions& y, const CalibrationSet& kept_out) {
  std::vector<KeptOutWork> works;
  for (const uint32_t w : kept_out.cold_works) {
    const std::span<const uint32_t> row = y.row(w);
    works.push_back({w, {row.begin(), row.end()}, {}, {}});
  }
  return works;
}

}  // namespace subjrec
