#include "core/data/split.h"

#include <algorithm>
#include <functional>

#include "core/base/random.h"

namespace subjrec {
namespace {

/// `wanted` says how many of n pairs of a work to put aside; below n.
Split split_rows(const Interactions& y, uint64_t seed,
                 const std::function<size_t(size_t, Random&)>& wanted) {
  constexpr uint64_t kStream = 0x73706c6974;
  Random random(seed, kStream);
  std::vector<uint32_t> left = y.subject_counts();
  Split split;
  for (Interactions* part : {&split.train, &split.heldout}) {
    part->n_works = y.n_works;
    part->n_subjects = y.n_subjects;
    part->offsets.push_back(0);
  }
  std::vector<uint32_t> order;
  for (size_t w = 0; w < y.n_works; ++w) {
    const std::span<const uint32_t> row = y.row(w);
    order.assign(row.begin(), row.end());
    const size_t aside = row.size() < 2 ? 0 : wanted(row.size(), random);
    if (aside > 0) random.shuffle(std::span<uint32_t>(order));
    const auto middle = std::stable_partition(
        order.begin(), order.begin() + static_cast<ptrdiff_t>(aside), [&](uint32_t s) {
          if (left[s] < 2) return false;
          --left[s];
          return true;
        });
    std::sort(order.begin(), middle);
    std::sort(middle, order.end());
    split.heldout.subjects.insert(split.heldout.subjects.end(), order.begin(), middle);
    split.train.subjects.insert(split.train.subjects.end(), middle, order.end());
    split.heldout.offsets.push_back(split.heldout.nnz());
    split.train.offsets.push_back(split.train.nnz());
  }
  for (Interactions* part : {&split.train, &split.heldout}) part->weigh_as(y);
  return split;
}

}  // namespace

Split hold_out(const Interactions& y, double fraction, uint64_t seed) {
  return split_rows(y, seed, [&](size_t n, Random& random) {
    const double share = static_cast<double>(n) * fraction + random.uniform();
    return std::min(static_cast<size_t>(share), n - 1);
  });
}

}  // namespace subjrec
