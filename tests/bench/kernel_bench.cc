// The inner loops, for every instruction set that build and processor have:
//
//   build/release/tests/bench/kernel_bench [--benchmark_filter=REGEX ...]
#include <benchmark/benchmark.h>

#include <numeric>
#include <span>
#include <vector>

#include "core/base/random.h"
#include "core/linalg/gemm.h"
#include "core/retrieval/topk_index.h"
#include "core/simd/isa.h"
#include "core/train/bce/bce_block.h"
#include "support/set_active_isa.h"

namespace subjrec {
namespace {

std::vector<float> normal(size_t rows, size_t columns, uint64_t stream) {
  std::vector<float> x(rows * columns);
  fill_normal(x, columns, 1.0f, 7, stream);
  return x;
}

/// One block of the notebook's recipe: 512 works x as many subjects as such a batch has, of which a
/// work carries three. Counts cells.
void bce_cells(benchmark::State& state) {
  set_active_isa(static_cast<Isa>(state.range(0)));
  const auto dim = static_cast<size_t>(state.range(1));
  constexpr size_t kWorks = 512, kSubjects = 1024, kCarried = 3;
  const std::vector<float> works = normal(lane_padded(kWorks), dim, 1);
  const std::vector<float> subjects = normal(kSubjects, dim, 2);
  std::vector<std::vector<uint32_t>> works_of_subject(kSubjects);
  Random random(7, 3);
  for (uint32_t w = 0; w < kWorks; ++w) {
    for (size_t i = 0; i < kCarried; ++i) {
      auto& list = works_of_subject[random.below(kSubjects)];
      if (list.empty() || list.back() != w) list.push_back(w);
    }
  }
  std::vector<uint32_t> offsets{0}, positives;
  for (const auto& list : works_of_subject) {
    positives.insert(positives.end(), list.begin(), list.end());
    offsets.push_back(static_cast<uint32_t>(positives.size()));
  }
  std::vector<float> scratch(bce_scratch(kWorks)), work_gradient(works.size()),
      subject_gradient(subjects.size());
  const BceBlock<float> block{.dim = dim,
                              .works = works.data(),
                              .n_works = kWorks,
                              .subjects = subjects.data(),
                              .n_subjects = kSubjects,
                              .offsets = offsets.data(),
                              .positives = positives.data(),
                              .first_work = 0,
                              .scratch = scratch.data(),
                              .work_gradient = work_gradient.data(),
                              .subject_gradient = subject_gradient.data()};
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(bce_block(block));
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kWorks * kSubjects));
  state.SetLabel(isa_name(active_isa()));
}

/// A batch of works by all subjects, as in a softmax over them. Counts multiplications.
void product(benchmark::State& state) {
  set_active_isa(static_cast<Isa>(state.range(0)));
  const auto dim = static_cast<size_t>(state.range(1));
  constexpr size_t kWorks = 256, kSubjects = 4820;
  const std::vector<float> works = normal(kWorks, dim, 1);
  const std::vector<float> subjects = normal(kSubjects, dim, 2);
  std::vector<float> scores(kWorks * kSubjects);
  for ([[maybe_unused]] auto _ : state) {
    multiply_add(1, row_major(works.data(), kWorks, dim),
                 row_major(subjects.data(), kSubjects, dim).transposed(), scores.data(), kSubjects);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kWorks * kSubjects * dim));
  state.SetLabel(isa_name(active_isa()));
}

/// All scores of one query, and its ten best where all norms are about equal: the worst case.
void score_all(benchmark::State& state) {
  set_active_isa(static_cast<Isa>(state.range(0)));
  const auto dim = static_cast<size_t>(state.range(1));
  constexpr size_t kItems = 150'000;
  const std::vector<float> items = normal(kItems, dim, 1);
  const std::vector<float> query = normal(1, dim, 2);
  Monitor monitor;
  const auto index = TopKIndex::build(items, dim, {}, 1.0, monitor);
  std::vector<float> scores(kItems);
  for ([[maybe_unused]] auto _ : state) (void)index->score_all(query, monitor, scores);
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kItems));
  state.SetLabel(isa_name(active_isa()));
}

void top_ten(benchmark::State& state) {
  set_active_isa(static_cast<Isa>(state.range(0)));
  const auto dim = static_cast<size_t>(state.range(1));
  constexpr size_t kItems = 150'000;
  const std::vector<float> items = normal(kItems, dim, 1);
  const std::vector<float> queries = normal(64, dim, 2);
  Monitor monitor;
  const auto index = TopKIndex::build(items, dim, {}, 1.0, monitor);
  TopKScratch scratch;
  std::vector<ScoredItem> hits;
  size_t q = 0;
  for ([[maybe_unused]] auto _ : state) {
    const auto query = std::span(queries).subspan(q++ % 64 * dim, dim);
    (void)index->top_k(query, 10, {}, monitor, &scratch, &hits);
  }
  state.SetItemsProcessed(state.iterations());
  state.SetLabel(isa_name(active_isa()));
}

void each_isa(benchmark::internal::Benchmark* benchmark) {
  for (int isa = 0; isa <= static_cast<int>(best_isa()); ++isa) {
    for (const int dim : {10, 64}) benchmark->Args({isa, dim});
  }
}

BENCHMARK(bce_cells)->Apply(each_isa)->ArgNames({"isa", "dim"});
BENCHMARK(product)->Apply(each_isa)->ArgNames({"isa", "dim"});
BENCHMARK(score_all)->Apply(each_isa)->ArgNames({"isa", "dim"});
BENCHMARK(top_ten)->Apply(each_isa)->ArgNames({"isa", "dim"});

}  // namespace
}  // namespace subjrec

BENCHMARK_MAIN();
