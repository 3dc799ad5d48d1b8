#include "core/retrieval/diversify.h"

#include <algorithm>
#include <cmath>

namespace subjrec {
namespace {

double dot(const float* a, const float* b, size_t dim) {
  double sum = 0;
  for (size_t k = 0; k < dim; ++k) sum += double{a[k]} * double{b[k]};
  return sum;
}

}  // namespace

size_t diversity_pool(size_t k) {
  return std::max(k, std::clamp<size_t>(k > 100 ? 1000 : 10 * k, 50, 1000));
}

std::vector<size_t> diversify(std::span<const float> embeddings, size_t dim,
                              std::span<const ScoredItem> pool, std::span<const uint32_t> carried,
                              size_t k, double diversity) {
  const size_t n = pool.size();
  const auto row = [&](uint32_t s) { return embeddings.data() + size_t{s} * dim; };
  std::vector<double> norm(n);
  std::vector<double> relevance(n);
  std::vector<double> similarity(n, 0.0);
  const double least = n == 0 ? 0 : double{pool.back().score};
  const double range = n == 0 ? 0 : double{pool.front().score} - least;
  for (size_t i = 0; i < n; ++i) {
    norm[i] = std::sqrt(dot(row(pool[i].item), row(pool[i].item), dim));
    relevance[i] = range > 0 ? (double{pool[i].score} - least) / range : 1;
  }
  const auto compare_with = [&](uint32_t s) {
    const double length = std::sqrt(dot(row(s), row(s), dim));
    for (size_t i = 0; i < n; ++i) {
      const double product = length * norm[i];
      if (product == 0) continue;
      similarity[i] = std::max(similarity[i], dot(row(s), row(pool[i].item), dim) / product);
    }
  };
  for (const uint32_t s : carried) compare_with(s);
  std::vector<bool> chosen(n, false);
  const auto take_mean_where_unknown = [&] {
    double sum = 0;
    double count = 0;
    for (size_t i = 0; i < n; ++i) {
      if (chosen[i] || norm[i] == 0) continue;
      sum += similarity[i];
      ++count;
    }
    for (size_t i = 0; i < n; ++i) {
      if (norm[i] == 0) similarity[i] = count > 0 ? sum / count : 0;
    }
  };
  std::vector<size_t> list;
  while (list.size() < std::min(k, n)) {
    take_mean_where_unknown();
    size_t best = n;
    double greatest = 0;
    for (size_t i = 0; i < n; ++i) {
      if (chosen[i]) continue;
      const double worth = (1 - diversity) * relevance[i] - diversity * similarity[i];
      if (best != n && !(worth > greatest)) continue;
      best = i;
      greatest = worth;
    }
    chosen[best] = true;
    list.push_back(best);
    compare_with(pool[best].item);
  }
  std::sort(list.begin(), list.end());
  return list;
}

}  // namespace subjrec
