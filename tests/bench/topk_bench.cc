// Top-k search on embeddings of several sizes and shapes: build/release/tests/bench/topk_bench
//
// One line for each matrix: milliseconds to build the index, the share of blocks that a query
// reads, median microseconds for a query's ten best, the same with five of them excluded,
// microseconds for scoring all items, and lists a second when all queries are asked at once by one
// thread.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/retrieval/cosine.h"
#include "core/retrieval/topk_batch.h"
#include "core/retrieval/topk_index.h"

namespace subjrec {
namespace {

constexpr size_t kQueries = 2000;
constexpr size_t kTop = 10;

template <class Work>
double seconds(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The median time of work(q), in microseconds.
template <class Work>
double median_us(size_t queries, const Work& work) {
  std::vector<double> times;
  for (size_t q = 0; q < queries; ++q) times.push_back(1e6 * seconds([&] { work(q); }));
  std::nth_element(times.begin(), times.begin() + static_cast<ptrdiff_t>(queries / 2), times.end());
  return times[queries / 2];
}

/// What a trained model's subjects look like: most of their variance along few directions, and
/// norms that spread log-normally. The directions lie askew to the axes.
std::vector<float> trained_like(size_t n, size_t dim, double log_spread, uint64_t stream) {
  std::vector<float> x(n * dim);
  fill_normal(x, dim, 1.0f, 7, stream);
  std::vector<float> axis(dim);
  fill_normal(axis, dim, 1.0f, 7, 99);
  double square = 0;
  for (const float a : axis) square += double{a} * a;
  Random random(7, stream + 1);
  for (size_t i = 0; i < n; ++i) {
    float* row = x.data() + i * dim;
    double along = 0;
    double norm = 0;
    for (size_t j = 0; j < dim; ++j) {
      row[j] = static_cast<float>(row[j] / std::sqrt(1.0 + static_cast<double>(j)));
      along += double{row[j]} * axis[j];
      norm += double{row[j]} * row[j];
    }
    const double scale = std::exp(log_spread * random.normal()) / std::sqrt(norm);
    for (size_t j = 0; j < dim; ++j) {
      row[j] = static_cast<float>(scale * (row[j] - 2 * along / square * axis[j]));
    }
  }
  return x;
}

struct Embeddings {
  std::string name;
  size_t dim;
  std::vector<float> items;
  std::vector<float> bias;
  std::vector<float> queries;

  size_t n() const { return items.size() / dim; }
  size_t n_queries() const { return std::min(kQueries, queries.size() / dim); }
  std::span<const float> query(size_t q) const { return std::span(queries).subspan(q * dim, dim); }
};

/// Each query's first, third, ... hit, as rows to exclude.
Interactions every_other_hit(const Embeddings& e, const TopKIndex& index) {
  Monitor monitor;
  TopKScratch scratch;
  std::vector<ScoredItem> hits;
  Interactions rows{e.n_queries(), e.n(), {0}, {}, {}};
  for (size_t q = 0; q < e.n_queries(); ++q) {
    (void)index.top_k(e.query(q), kTop, {}, monitor, &scratch, &hits);
    std::sort(hits.begin(), hits.end(),
              [](const ScoredItem& a, const ScoredItem& b) { return a.item < b.item; });
    for (size_t i = 0; i < hits.size(); i += 2) rows.subjects.push_back(hits[i].item);
    rows.offsets.push_back(rows.subjects.size());
  }
  return rows;
}

void measure(const Embeddings& e) {
  Monitor monitor;
  TopKScratch scratch;
  std::vector<ScoredItem> hits;
  Result<TopKIndex> index = Status();
  const double build = seconds([&] {
    index = TopKIndex::build(e.items, e.dim, e.bias, mean_norm(e.queries, e.dim), monitor);
  });
  const Interactions exclude = every_other_hit(e, *index);
  const auto top = [&](size_t q, std::span<const uint32_t> left_out) {
    (void)index->top_k(e.query(q), kTop, left_out, monitor, &scratch, &hits);
  };
  const double all = median_us(e.n_queries(), [&](size_t q) { top(q, {}); });
  const double fresh = median_us(e.n_queries(), [&](size_t q) { top(q, exclude.row(q)); });
  std::vector<float> scores(e.n());
  const double scan =
      median_us(50, [&](size_t q) { (void)index->score_all(e.query(q), monitor, scores); });
  const auto cosines = CosineIndex::build(e.items, e.dim, monitor);
  const double nearest = median_us(200, [&](size_t q) {
    (void)cosines->nearest(std::span(e.items).subspan(q * e.dim, e.dim), kTop, {}, monitor,
                           &scratch, &hits);
  });
  ThreadTeam team(1);
  HitLists lists;
  const auto queries = std::span(e.queries).first(e.n_queries() * e.dim);
  const double batch =
      seconds([&] { (void)top_k_batch(*index, queries, kTop, &exclude, team, monitor, &lists); });
  std::printf("%-14s %8zu x %3zu %9.1f %10.2f %8.2f %9.1f %11.1f %9.0f\n", e.name.c_str(), e.n(),
              e.dim, 1e3 * build, all, fresh, scan, nearest,
              static_cast<double>(e.n_queries()) / batch);
  std::fflush(stdout);
}

void measure_generated(const char* name, size_t n, size_t dim, double log_spread, bool biased) {
  Embeddings e{name,
               dim,
               trained_like(n, dim, log_spread, 1),
               {},
               trained_like(kQueries, dim, log_spread / 2, 3)};
  e.bias.resize(biased ? n : 0);
  fill_normal(e.bias, 1, 0.5f, 7, 5);
  measure(e);
}

std::vector<float> read_floats(const char* path) {
  std::vector<float> x(std::filesystem::file_size(path) / sizeof(float));
  std::ifstream(path, std::ios::binary)
      .read(reinterpret_cast<char*>(x.data()),
            static_cast<std::streamsize>(x.size() * sizeof(float)));
  return x;
}

}  // namespace
}  // namespace subjrec

int main(int argc, char** argv) {
  std::printf("%-14s %14s %9s %10s %8s %9s %11s %9s\n", "embeddings", "items x dim", "build ms",
              "top 10 us", "new us", "scan us", "nearest us", "lists/s");
  if (argc == 4) {
    subjrec::measure({"from files",
                      std::stoul(argv[3]),
                      subjrec::read_floats(argv[2]),
                      {},
                      subjrec::read_floats(argv[1])});
    return 0;
  }
  for (const auto& [n, dim] :
       {std::pair<size_t, size_t>{21383, 10}, {21383, 64}, {150000, 10}, {150000, 64}}) {
    subjrec::measure_generated("trained-like", n, dim, 0.5, false);
    subjrec::measure_generated("with biases", n, dim, 0.5, true);
    subjrec::measure_generated("equal norms", n, dim, 0.0, false);
  }
}
