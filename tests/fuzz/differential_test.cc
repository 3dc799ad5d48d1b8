// Twins at random: what must not depend on threads or instruction sets, and searches against brute
// force. Sizes, data and options are drawn anew in every round; a failure names the round's seed.
#include <gtest/gtest.h>

#include <bit>
#include <chrono>
#include <cstring>

#include "core/evaluate/evaluate.h"
#include "core/retrieval/cosine.h"
#include "core/simd/isa.h"
#include "core/train/resolve_options.h"
#include "core/train/validation.h"
#include "core/umap/umap.h"
#include "faults/long.h"
#include "support/planted_interactions.h"
#include "support/set_active_isa.h"
#include "support/topk_cases.h"

namespace subjrec {
namespace {

/// Calls round(random) with seeds 1, 2, ... for some seconds, or until one fails.
template <class Round>
void rounds(const char* what, const Round& round) {
  const double seconds = faults::repetitions(3, 15);
  const auto start = std::chrono::steady_clock::now();
  uint64_t seed = 0;
  while (!::testing::Test::HasFailure() &&
         std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() <
             seconds) {
    SCOPED_TRACE("seed " + std::to_string(++seed));
    Random random(seed);
    round(random);
  }
  set_active_isa(best_isa());
  std::printf("counted: twins, %s: %llu rounds\n", what, static_cast<unsigned long long>(seed));
}

std::vector<Isa> isas() {
  std::vector<Isa> all;
  for (const Isa isa : {Isa::kPlain, Isa::kAvx2, Isa::kAvx512}) {
    if (isa <= best_isa()) all.push_back(isa);
  }
  return all;
}

/// Vectors of every temper: normal ones, small whole numbers with ties, huge and tiny ones.
TopKCase random_case(Random& random) {
  TopKCase c;
  c.dim = 1 + random.below(48);
  const size_t n = random.below(random.below(4) == 0 ? 3000 : 200);
  c.vectors.resize(n * c.dim);
  c.queries.resize(2 * c.dim);
  const uint64_t temper = random.below(4);
  const auto draw = [&](std::vector<float>* values) {
    fill_normal(*values, c.dim, 1.0f, random.below(1u << 30), 1);
    for (float& x : *values) {
      if (temper == 1) x = std::round(x);
      if (temper == 2) x *= std::pow(10.0f, static_cast<float>(random.below(60)) - 30);
      if (temper == 3 && random.below(3) != 0) x = 0;
    }
  };
  draw(&c.vectors);
  draw(&c.queries);
  if (random.below(2) == 0) {
    c.bias.resize(n);
    fill_normal(c.bias, 1, 1.0f, random.below(1000), 2);
  }
  return c;
}

std::vector<uint32_t> random_subset(Random& random, size_t n) {
  std::vector<uint32_t> chosen;
  const uint64_t one_in = 1 + random.below(10);
  for (uint32_t i = 0; i < n; ++i) {
    if (random.below(one_in) == 0) chosen.push_back(i);
  }
  return chosen;
}

void expect_same(const std::vector<ScoredItem>& got, const std::vector<ScoredItem>& wanted) {
  ASSERT_EQ(got.size(), wanted.size());
  for (size_t i = 0; i < got.size(); ++i) {
    ASSERT_EQ(got[i].item, wanted[i].item)
        << "place " << i << ", scores " << got[i].score << " and " << wanted[i].score;
    ASSERT_EQ(std::bit_cast<uint32_t>(got[i].score), std::bit_cast<uint32_t>(wanted[i].score))
        << "place " << i;
  }
}

TEST(Twins, TopKIsBruteForce) {
  rounds("top-k and brute force", [](Random& random) {
    const TopKCase c = random_case(random);
    const auto exclude = random_subset(random, c.n());
    const size_t k = 1 + random.below(c.n() + 3);
    Monitor monitor;
    for (const Isa isa : isas()) {
      set_active_isa(isa);
      auto index = TopKIndex::build(c.vectors, c.dim, c.bias, 1.0, monitor);
      ASSERT_TRUE(index.ok());
      TopKScratch scratch;
      for (size_t q = 0; q < c.n_queries(); ++q) {
        std::vector<ScoredItem> wanted = plain_ranking(c, c.query(q), exclude);
        wanted.resize(std::min(k, wanted.size()));
        std::vector<ScoredItem> hits;
        ASSERT_TRUE(index->top_k(c.query(q), k, exclude, monitor, &scratch, &hits).ok());
        expect_same(hits, wanted);
      }
    }
  });
}

TEST(Twins, CosinesAreBruteForce) {
  rounds("cosines and brute force", [](Random& random) {
    const TopKCase c = random_case(random);
    const auto exclude = random_subset(random, c.n());
    const size_t k = 1 + random.below(c.n() + 3);
    std::vector<ScoredItem> wanted;
    for (uint32_t i = 0; i < c.n(); ++i) {
      if (std::binary_search(exclude.begin(), exclude.end(), i)) continue;
      wanted.push_back({i, cosine_similarity(c.query(0), c.vector(i))});
    }
    std::stable_sort(wanted.begin(), wanted.end(),
                     [](const ScoredItem& a, const ScoredItem& b) { return a.score > b.score; });
    wanted.resize(std::min(k, wanted.size()));
    Monitor monitor;
    for (const Isa isa : isas()) {
      set_active_isa(isa);
      auto index = CosineIndex::build(c.vectors, c.dim, monitor);
      ASSERT_TRUE(index.ok());
      TopKScratch scratch;
      std::vector<ScoredItem> hits;
      ASSERT_TRUE(index->nearest(c.query(0), k, exclude, monitor, &scratch, &hits).ok());
      expect_same(hits, wanted);
    }
  });
}

/// A training with options drawn at random, by `threads` threads: everything that it gives.
std::vector<float> trained(const TrainData& data, TrainOptions options, int threads) {
  options.threads = threads;
  Monitor monitor;
  auto trainer = make_validated_trainer(data, options);
  EXPECT_TRUE(trainer.ok()) << trainer.status().message();
  if (!trainer.ok()) return {};
  std::vector<HistoryRow> history;
  for (int epoch = 0; epoch < options.epochs && !(*trainer)->finished(); ++epoch) {
    EXPECT_TRUE((*trainer)->run_epoch(&history, monitor).ok());
  }
  const auto model = (*trainer)->model(monitor);
  EXPECT_TRUE(model.ok()) << model.status().message();
  std::vector<float> all;
  if (!model.ok()) return all;
  for (const std::vector<float>* part :
       {&model->works, &model->subjects, &model->subject_bias, &model->subject_inputs,
        &model->feature_inputs, &model->weights.weights}) {
    all.insert(all.end(), part->begin(), part->end());
  }
  for (const HistoryRow& row : history) all.push_back(static_cast<float>(row.value));
  all.push_back(static_cast<float>(model->probability_slope));
  return all;
}

bool same_bytes(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

TEST(Twins, TrainingIsTheSameForAnyThreadsAndInstructions) {
  rounds("training by 1 to 4 threads, each instruction set", [](Random& random) {
    const char* algorithms[] = {"bce", "composed", "ials", "ease"};
    TrainOptions options;
    options.algorithm = algorithms[random.below(4)];
    const bool features = options.algorithm != "bce" && random.below(2) == 0;
    const TrainData data =
        planted_data(10 + random.below(150), 2 + static_cast<uint32_t>(random.below(8)), features,
                     random.below(1000));
    options.embedding_dim = 1 + static_cast<int>(random.below(40));
    options.epochs = 1 + static_cast<int>(random.below(3));
    options.batch_size = 1 + static_cast<int>(random.below(70));
    options.seed = static_cast<int64_t>(random.below(1000));
    if (random.below(3) == 0) options.validation = 0.2;
    if (random.below(3) == 0) options.loss = "sampled_softmax";
    if (random.below(3) == 0) options.dropout = 0.3;
    options.min_feature_works = 1;
    for (const char* name : {"embedding_dim", "epochs", "batch_size", "loss"}) {
      options.given.insert(name);
    }
    resolve_options(data, &options);
    set_active_isa(Isa::kPlain);
    const std::vector<float> plain = trained(data, options, 1);
    for (const Isa isa : isas()) {
      set_active_isa(isa);
      const int threads = 1 + static_cast<int>(random.below(4));
      EXPECT_TRUE(same_bytes(trained(data, options, threads), plain))
          << options.algorithm << ", " << isa_name(isa) << ", threads " << threads;
    }
  });
}

TEST(Twins, MapsAreTheSameForAnyThreadsAndInstructions) {
  rounds("maps by 1 to 4 threads, each instruction set", [](Random& random) {
    const size_t dim = 1 + random.below(20);
    std::vector<float> points(random.below(150) * dim);
    fill_normal(points, dim, 1.0f, random.below(1000), 1);
    MapOptions options;
    options.epochs = 1 + static_cast<int>(random.below(10));
    options.n_neighbors = 2 + static_cast<int>(random.below(20));
    options.seed = static_cast<int64_t>(random.below(1000));
    if (random.below(2) == 0) options.init = "random";
    Monitor monitor;
    std::vector<float> plain;
    for (const Isa isa : isas()) {
      set_active_isa(isa);
      options.threads = isa == Isa::kPlain ? 1 : 1 + static_cast<int>(random.below(4));
      const auto map = compute_umap(points, dim, options, monitor);
      ASSERT_TRUE(map.ok()) << map.status().message();
      if (isa == Isa::kPlain) plain = map->xy;
      EXPECT_TRUE(same_bytes(map->xy, plain)) << isa_name(isa) << ", threads " << options.threads;
    }
  });
}

}  // namespace
}  // namespace subjrec
