#include "core/evaluate/ranks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "core/base/random.h"
#include "core/train/bce/bce_trainer.h"

namespace subjrec {
namespace {

/// Scores that often tie: the embeddings are small whole numbers.
Model coarse_model(size_t n_works, size_t n_subjects, uint64_t seed) {
  Random random(seed);
  Model model;
  model.kind = &kBce.model;
  model.dim = 2;
  const auto draw = [&](size_t n, std::vector<float>* out) {
    for (size_t i = 0; i < n; ++i) out->push_back(static_cast<float>(random.below(9)) - 4);
  };
  draw(n_works * 2, &model.works);
  draw(n_subjects * 2, &model.subjects);
  return model;
}

Interactions drawn(size_t n_works, size_t n_subjects, size_t least, size_t step, uint64_t seed) {
  Random random(seed);
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  for (uint32_t w = 0; w < n_works; ++w) {
    for (size_t i = 0; i < least + step * w; ++i) {
      pairs.emplace_back(w, static_cast<uint32_t>(random.below(n_subjects)));
    }
  }
  return make_interactions(std::move(pairs), n_works, n_subjects);
}

// Whether a work has few held-out subjects or many, which are counted in order, the counts are
// those of the definition.
TEST(Ranks, AreCountedAsDefinedHoweverManyAreHeldOut) {
  constexpr size_t kWorks = 9;
  constexpr size_t kSubjects = 400;
  const Model model = coarse_model(kWorks, kSubjects, 1);
  TrainData data;
  data.interactions = drawn(kWorks, kSubjects, 20, 10, 2);
  const Interactions heldout = drawn(kWorks, kSubjects, 1, 40, 3);
  ThreadTeam team(1);
  Monitor monitor;
  const auto ranks = rank_heldout(model, data, heldout, {}, 5, team, monitor);
  ASSERT_TRUE(ranks.ok());
  size_t many = 0;
  size_t trained = 0;
  for (uint32_t w = 0; w < kWorks; ++w) {
    const auto score = [&](uint32_t s) {
      return model.works[w * 2] * model.subjects[s * 2] +
             model.works[w * 2 + 1] * model.subjects[s * 2 + 1];
    };
    const auto row = heldout.row(w);
    const std::set<uint32_t> out(row.begin(), row.end());
    const auto own = data.interactions.row(w);
    const std::set<uint32_t> in_training(own.begin(), own.end());
    many += row.size() >= 64;
    for (size_t t = 0; t < row.size(); ++t) {
      RankedTestItem wanted{score(row[t])};
      trained += in_training.count(row[t]);
      for (uint32_t s = 0; s < kSubjects; ++s) {
        if (s == row[t] || in_training.count(s) != 0) continue;  // no candidate
        wanted.better += score(s) > wanted.score;
        wanted.equal += score(s) == wanted.score;
        if (out.count(s) != 0) continue;
        wanted.others_better += score(s) > wanted.score;
        wanted.others_equal += score(s) == wanted.score;
      }
      const RankedTestItem& got = ranks->trials[heldout.offsets[w] + t];
      EXPECT_EQ(got.score, wanted.score);
      EXPECT_EQ(got.better, wanted.better) << w << " " << t;
      EXPECT_EQ(got.equal, wanted.equal) << w << " " << t;
      EXPECT_EQ(got.others_better, wanted.others_better) << w << " " << t;
      EXPECT_EQ(got.others_equal, wanted.others_equal) << w << " " << t;
    }
  }
  EXPECT_GE(many, 4u);
  EXPECT_GT(trained, 20u) << "held-out pairs that training has";
}

}  // namespace
}  // namespace subjrec
