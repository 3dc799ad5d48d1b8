#include "core/train/blend/kept_out.h"

#include <span>
#include <utility>

namespace subjrec {

std::vector<KeptOutWork> warm_works(const Interactions& y, const CalibrationSet& kept_out) {
  std::vector<KeptOutWork> works;
  for (const CalibrationPair& pair : kept_out.pairs) {
    KeptOutWork work{pair.work, {pair.subject}, {}};
    for (const uint32_t s : y.row(pair.work)) {
      if (s != pair.subject) work.shown.push_back(s);
    }
    works.push_back(std::move(work));
  }
  return works;
}

std::vector<KeptOutWork> cold_works(const Interactions& y, const CalibrationSet& kept_out) {
  std::vector<KeptOutWork> works;
  for (const uint32_t w : kept_out.cold_works) {
    const std::span<const uint32_t> row = y.row(w);
    works.push_back({w, {row.begin(), row.end()}, {}});
  }
  return works;
}

}  // namespace subjrec
