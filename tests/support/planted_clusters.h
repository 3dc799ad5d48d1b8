// Planted shapes for the tests of maps.
#pragma once

#include <cmath>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/random.h"
#include "core/simd/isa.h"
#include "support/monitors.h"
#include "support/set_active_isa.h"

namespace subjrec {

/// n points around `clusters` centres in `dim` dimensions, point i around centre i % clusters.
inline std::vector<float> planted_clusters(size_t n, size_t dim, size_t clusters, double spread,
                                           uint64_t seed) {
  Random random(seed);
  std::vector<double> centres(clusters * dim);
  for (double& c : centres) c = spread * random.normal();
  std::vector<float> rows;
  for (size_t i = 0; i < n * dim; ++i) {
    rows.push_back(
        static_cast<float>(centres[i / dim % clusters * dim + i % dim] + random.normal()));
  }
  return rows;
}

/// A band rolled up like a cake: three dimensions of `dim`, the others zero. `along` is where on
/// the band each point lies, `across` how far up.
struct SwissRoll {
  std::vector<float> rows;
  std::vector<double> along;
  std::vector<double> across;
};

inline SwissRoll swiss_roll(size_t n, size_t dim, uint64_t seed) {
  Random random(seed);
  SwissRoll roll;
  roll.rows.assign(n * dim, 0);
  for (size_t i = 0; i < n; ++i) {
    const double angle = 4.7 * (1 + 2 * random.uniform());
    const double height = 21 * random.uniform();
    roll.rows[i * dim] = static_cast<float>(angle * std::cos(angle));
    roll.rows[i * dim + 1] = static_cast<float>(height);
    roll.rows[i * dim + 2] = static_cast<float>(angle * std::sin(angle));
    roll.along.push_back(angle);
    roll.across.push_back(height);
  }
  return roll;
}

/// Calls `check` with every instruction set that this machine has.
template <class Check>
void for_each_isa(const Check& check) {
  const Isa before = active_isa();
  for (const Isa isa : {Isa::kPlain, Isa::kAvx2, Isa::kAvx512}) {
    if (set_active_isa(isa) == isa) check();
  }
  set_active_isa(before);
}

}  // namespace subjrec
