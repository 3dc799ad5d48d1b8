// Matrices that a top-k search could get wrong, and the answer by scoring every item.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/retrieval/topk_index.h"

namespace subjrec {

struct TopKCase {
  std::string name;
  size_t dim = 0;
  std::vector<float> vectors;
  std::vector<float> bias;
  std::vector<float> queries;

  size_t n() const { return vectors.size() / dim; }
  size_t n_queries() const { return queries.size() / dim; }
  std::span<const float> vector(size_t i) const { return std::span(vectors).subspan(i * dim, dim); }
  std::span<const float> query(size_t q) const { return std::span(queries).subspan(q * dim, dim); }
};

inline float plain_score(const TopKCase& c, std::span<const float> query, size_t item) {
  float sum = 0;
  for (size_t j = 0; j < c.dim; ++j) {
    const float product = query[j] * c.vector(item)[j];
    sum = sum + product;
  }
  if (!c.bias.empty()) sum = sum + c.bias[item];
  return std::isnan(sum) ? -std::numeric_limits<float>::infinity() : sum;
}

/// Every item but the excluded ones, best first.
inline std::vector<ScoredItem> plain_ranking(const TopKCase& c, std::span<const float> query,
                                             std::span<const uint32_t> exclude) {
  std::vector<ScoredItem> hits;
  for (size_t i = 0; i < c.n(); ++i) {
    const auto item = static_cast<uint32_t>(i);
    if (std::find(exclude.begin(), exclude.end(), item) != exclude.end()) continue;
    hits.push_back({item, plain_score(c, query, i)});
  }
  std::stable_sort(hits.begin(), hits.end(),
                   [](const ScoredItem& a, const ScoredItem& b) { return a.score > b.score; });
  return hits;
}

/// Normal vectors, row i scaled by scale(i).
template <class Scale>
TopKCase scaled_case(std::string name, size_t n, size_t dim, Scale scale) {
  TopKCase c{std::move(name), dim, std::vector<float>(n * dim), {}, std::vector<float>(5 * dim)};
  fill_normal(c.vectors, dim, 1.0f, n + dim, 1);
  fill_normal(c.queries, dim, 1.0f, n + dim, 2);
  for (size_t i = 0; i < n * dim; ++i) {
    c.vectors[i] = static_cast<float>(c.vectors[i] * scale(i / dim));
  }
  return c;
}

inline std::vector<TopKCase> topk_cases() {
  const auto same = [](size_t) { return 1.0; };
  const auto spread = [](size_t i) { return std::exp(static_cast<double>(i * 7919 % 997) / 250); };
  std::vector<TopKCase> cases;
  for (const size_t n : {0, 1, 31, 32, 33, 1000}) {
    for (const size_t dim : {1, 3, 10, 64}) {
      cases.push_back(scaled_case("spread norms", n, dim, spread));
    }
  }
  cases.push_back(scaled_case("equal norms", 1000, 16, same));
  cases.push_back(scaled_case("norms from 1e-38 to 1e18", 1000, 10, [](size_t i) {
    return std::pow(10.0, static_cast<double>(i % 57) - 38);
  }));
  cases.push_back(scaled_case("overflow to infinity and to NaN", 700, 8,
                              [](size_t i) { return i % 3 == 0 ? 5e37 : 1.0; }));
  for (float& x : cases.back().queries) x *= 1e3f;
  cases.push_back(scaled_case("products below the smallest float", 500, 10,
                              [](size_t i) { return i % 2 == 0 ? 1e-30 : 1e-24; }));
  for (float& x : cases.back().queries) x *= 1e-18f;

  TopKCase mixed{
      "scores that overflow though the codes are zero", 1, std::vector<float>(1000), {}, {1e20f}};
  for (size_t i = 0; i < mixed.vectors.size(); ++i) mixed.vectors[i] = i % 2 == 0 ? 1e19f : 1e38f;
  cases.push_back(mixed);

  TopKCase huge = scaled_case("norms above the largest float", 300, 12, same);
  for (float& x : huge.vectors) x = std::copysign(3e38f, x);
  std::fill(huge.queries.begin(), huge.queries.begin() + 12, 0.0f);
  for (size_t j = 12; j < 24; ++j) huge.queries[j] *= 1e-39f;
  cases.push_back(huge);
  huge.name += ", with biases";
  huge.bias.resize(huge.n());
  fill_normal(huge.bias, 1, 1.0f, 5, 5);
  cases.push_back(huge);

  TopKCase duplicates = scaled_case("thirty copies of each vector", 900, 6, spread);
  for (size_t i = 0; i < duplicates.vectors.size(); ++i) {
    duplicates.vectors[i] = duplicates.vectors[i % (30 * duplicates.dim)];
  }
  cases.push_back(duplicates);

  TopKCase integers = scaled_case("small whole numbers: many ties", 2000, 4, same);
  for (float& x : integers.vectors) x = std::round(x);
  for (float& x : integers.queries) x = std::round(x);
  cases.push_back(integers);

  TopKCase zeros = scaled_case("zero vectors and a zero query", 600, 5, same);
  std::fill(zeros.vectors.begin(), zeros.vectors.begin() + 2000, 0.0f);
  std::fill(zeros.queries.begin(), zeros.queries.begin() + 5, 0.0f);
  std::fill(zeros.queries.begin() + 5, zeros.queries.begin() + 10, -0.0f);
  cases.push_back(zeros);

  TopKCase parallel = scaled_case("all vectors along the query", 800, 7, same);
  for (size_t i = 0; i < parallel.vectors.size(); ++i) {
    // One ulp up or down in places: the bound is as tight as it can be.
    parallel.vectors[i] = parallel.queries[i % 7];
    if (i % 13 == 0) parallel.vectors[i] = std::nextafter(parallel.vectors[i], 9.0f);
  }
  cases.push_back(parallel);

  for (const double weight : {0.1, 1.0, 30.0, 1e6}) {
    TopKCase biased = scaled_case("bias", 1500, 12, spread);
    biased.bias.resize(biased.n());
    fill_normal(biased.bias, 1, static_cast<float>(weight), 3, 3);
    for (size_t i = 0; i < biased.n(); i += 10) biased.bias[i] = static_cast<float>(-weight);
    std::fill(biased.queries.begin(), biased.queries.begin() + 12, 0.0f);
    for (size_t j = 12; j < 24; ++j) biased.queries[j] *= 100;
    for (size_t j = 24; j < 36; ++j) biased.queries[j] *= 0.01f;
    biased.name += " of about " + std::to_string(weight);
    cases.push_back(biased);
  }
  return cases;
}

/// Nothing, the best ones, every third item, all.
inline std::vector<std::vector<uint32_t>> exclusions(const std::vector<ScoredItem>& ranking) {
  std::vector<std::vector<uint32_t>> lists(4);
  for (size_t i = 0; i < ranking.size(); ++i) {
    if (i < 40) lists[1].push_back(ranking[i].item);
    if (i % 3 == 0) lists[2].push_back(static_cast<uint32_t>(i));
    lists[3].push_back(static_cast<uint32_t>(i));
  }
  std::sort(lists[1].begin(), lists[1].end());
  return lists;
}

}  // namespace subjrec
