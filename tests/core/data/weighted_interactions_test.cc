// Weights of pairs: however the rows come, each pair keeps the one that counts.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "core/base/random.h"
#include "core/data/split.h"
#include "core/train/calibration_set.h"
#include "support/planted_interactions.h"

namespace subjrec {
namespace {

using Pair = std::pair<uint32_t, uint32_t>;

Interactions made(const std::vector<Pair>& pairs, const std::vector<float>& weights,
                  size_t* duplicates = nullptr) {
  Monitor monitor;
  return *make_interactions(pairs, 40, 30, monitor, duplicates, weights);
}

std::map<Pair, float> weights_of(const Interactions& y) {
  std::map<Pair, float> weights;
  for (uint32_t w = 0; w < y.n_works; ++w) {
    const SubjectRow row = y.weighted_row(w);
    for (size_t i = 0; i < row.size(); ++i) weights[{w, row[i]}] = row.weight(i);
  }
  return weights;
}

TEST(WeightedInteractions, KeepTheGreatestWeightOfAPairInAnyOrder) {
  Random random(4);
  std::vector<std::pair<Pair, float>> rows;
  std::map<Pair, float> wanted;
  for (int i = 0; i < 3000; ++i) {
    const Pair pair{random.below(40), random.below(30)};
    const auto weight = static_cast<float>(1 + random.below(5)) / 4;
    rows.emplace_back(pair, weight);
    float& greatest = wanted[pair];
    greatest = std::max(greatest, weight);
  }
  for (int order = 0; order < 3; ++order) {
    std::vector<Pair> pairs;
    std::vector<float> weights;
    for (const auto& [pair, weight] : rows) {
      pairs.push_back(pair);
      weights.push_back(weight);
    }
    size_t duplicates = 0;
    const Interactions y = made(pairs, weights, &duplicates);
    EXPECT_EQ(weights_of(y), wanted);
    EXPECT_EQ(duplicates, rows.size() - wanted.size());
    EXPECT_EQ(weights_of(y.transposed().transposed()), wanted);
    random.shuffle(std::span(rows));
  }
}

TEST(WeightedInteractions, AreNoneWhereEachIsOne) {
  EXPECT_FALSE(made({{0, 1}, {0, 1}, {3, 2}}, {1, 0.5f, 1}).weighted()) << "the greatest counts";
  EXPECT_FALSE(made({}, {}).weighted());
  EXPECT_TRUE(made({{0, 1}, {3, 2}}, {1, 0.5f}).weighted());
}

TEST(WeightedInteractions, StayWithTheirPairsWhateverIsTakenAway) {
  TrainData data = planted_data(600, 5, false, 3);
  weigh(&data.interactions);
  const std::map<Pair, float> all = weights_of(data.interactions);
  const Split split = hold_out(data.interactions, 0.3, 5);
  const CalibrationSet set =
      hold_out_for_calibration(data.interactions, 5, [](uint32_t) { return true; });
  size_t seen = 0;
  for (const Interactions& part :
       {split.train, split.heldout, set.training_part(data.interactions)}) {
    ASSERT_EQ(part.weights.size(), part.nnz());
    for (const auto& [pair, weight] : weights_of(part)) EXPECT_EQ(weight, all.at(pair));
    seen += part.nnz();
  }
  EXPECT_GT(seen, data.interactions.nnz());
}

}  // namespace
}  // namespace subjrec
