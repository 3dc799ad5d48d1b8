#include "bench/catalogue.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include "core/base/random.h"

namespace subjrec::bench {
namespace {

/// Subjects grouped by cluster, with their popularity summed up: a cluster, and the catalogue, is
/// a range to draw from.
class Shelf {
 public:
  Shelf(const CatalogueOptions& options, Random& random)
      : subjects_(options.n_subjects), begin_(options.clusters + 1), mass_(1, 0.0) {
    const size_t n = options.n_subjects;
    std::vector<uint32_t> rank(n);
    std::iota(rank.begin(), rank.end(), 1);
    random.shuffle(std::span(rank));
    cluster_.resize(n);
    for (uint32_t& c : cluster_) c = static_cast<uint32_t>(random.below(options.clusters));
    std::iota(subjects_.begin(), subjects_.end(), 0);
    std::stable_sort(subjects_.begin(), subjects_.end(),
                     [&](uint32_t a, uint32_t b) { return cluster_[a] < cluster_[b]; });
    for (const uint32_t s : subjects_) {
      ++begin_[cluster_[s] + 1];
      mass_.push_back(mass_.back() + std::pow(rank[s], -options.zipf));
    }
    std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
  }

  uint32_t cluster_of(uint32_t subject) const { return cluster_[subject]; }

  std::vector<DrawnBy> drawn_by() const {
    std::vector<DrawnBy> all(subjects_.size());
    for (size_t i = 0; i < subjects_.size(); ++i) {
      all[subjects_[i]] = {cluster_[subjects_[i]], mass_[i + 1] - mass_[i]};
    }
    return all;
  }

  uint32_t draw_cluster(Random& random) const {
    return cluster_[draw(0, subjects_.size(), random)];
  }
  uint32_t draw_subject(Random& random) const { return draw(0, subjects_.size(), random); }
  uint32_t draw_subject(uint32_t cluster, Random& random) const {
    return draw(begin_[cluster], begin_[cluster + 1], random);
  }

 private:
  /// From positions begin .. end - 1, by popularity.
  uint32_t draw(size_t begin, size_t end, Random& random) const {
    const double at = mass_[begin] + random.uniform() * (mass_[end] - mass_[begin]);
    const auto first = mass_.begin() + static_cast<ptrdiff_t>(begin) + 1;
    const auto last = mass_.begin() + static_cast<ptrdiff_t>(end);
    return subjects_[static_cast<size_t>(std::upper_bound(first, last, at) - mass_.begin()) - 1];
  }

  std::vector<uint32_t> cluster_;
  std::vector<uint32_t> subjects_;
  std::vector<size_t> begin_;
  std::vector<double> mass_;
};

size_t poisson(double mean, Random& random) {
  const double limit = std::exp(-mean);
  size_t n = 0;
  for (double p = random.uniform(); p > limit; p *= random.uniform()) ++n;
  return n;
}

}  // namespace

Interactions make_catalogue(const CatalogueOptions& options) {
  Random random(options.seed);
  const Shelf shelf(options, random);
  // The first works of a random order carry the subjects one by one.
  std::vector<uint32_t> order(options.n_works);
  std::iota(order.begin(), order.end(), 0);
  random.shuffle(std::span(order));
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  pairs.reserve(static_cast<size_t>(options.tags * static_cast<double>(options.n_works)));
  for (size_t i = 0; i < order.size(); ++i) {
    const size_t first = pairs.size();
    const auto given = static_cast<uint32_t>(i);
    const uint32_t cluster =
        i < options.n_subjects ? shelf.cluster_of(given) : shelf.draw_cluster(random);
    if (i < options.n_subjects) pairs.emplace_back(order[i], given);
    const size_t n = 1 + poisson(options.tags - 1, random);
    for (int tries = 10; pairs.size() - first < n && tries > 0;) {
      const uint32_t s = random.uniform() < options.local ? shelf.draw_subject(cluster, random)
                                                          : shelf.draw_subject(random);
      const std::pair<uint32_t, uint32_t> pair(order[i], s);
      if (std::find(pairs.begin() + static_cast<ptrdiff_t>(first), pairs.end(), pair) ==
          pairs.end()) {
        pairs.push_back(pair);
      } else {
        --tries;
      }
    }
  }
  return make_interactions(std::move(pairs), options.n_works, options.n_subjects);
}

std::vector<DrawnBy> drawn_by(const CatalogueOptions& options) {
  Random random(options.seed);
  return Shelf(options, random).drawn_by();
}

}  // namespace subjrec::bench
