#include "core/evaluate/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "core/base/random.h"
#include "core/simd/isa.h"
#include "support/monitors.h"
#include "support/set_active_isa.h"

namespace subjrec {
namespace {

struct Case {
  Model model;
  TrainData data;
  Interactions heldout;
};

/// A model of one dimension whose scores are `levels` different values, so that many are equal.
Case small_case(uint64_t seed, size_t works, size_t subjects, uint64_t levels) {
  Random random(seed);
  Case c;
  c.model.dim = 1;
  c.model.works.assign(works, 1.0f);
  for (size_t s = 0; s < subjects; ++s) {
    c.model.subjects.push_back(static_cast<float>(random.below(levels)));
    c.model.subject_bias.push_back(static_cast<float>(random.below(levels)));
  }
  std::vector<std::pair<uint32_t, uint32_t>> train;
  std::vector<std::pair<uint32_t, uint32_t>> heldout;
  for (uint32_t w = 0; w < works; ++w) {
    c.model.works[w] = static_cast<float>(random.below(3));
    for (uint32_t s = 0; s < subjects; ++s) {
      const uint64_t dice = random.below(10);
      if (dice < 3) train.emplace_back(w, s);
      if (dice > 7 && w % 4 != 3) heldout.emplace_back(w, s);
      if (dice == 2 && w % 4 == 0) heldout.emplace_back(w, s);  // trained on
    }
  }
  c.data.interactions = make_interactions(train, works, subjects);
  c.heldout = make_interactions(heldout, works, subjects);
  return c;
}

double score(const Model& m, size_t w, size_t s) {
  double sum = m.subject_bias.empty() ? 0 : m.subject_bias[s];
  for (size_t k = 0; k < m.dim; ++k) {
    sum += double{m.works[w * m.dim + k]} * m.subjects[s * m.dim + k];
  }
  return sum;
}

bool has(std::span<const uint32_t> row, uint32_t s) {
  return std::find(row.begin(), row.end(), s) != row.end();
}

/// The definitions of evaluate.h taken literally, for one order of equal scores.
std::map<std::string, double> by_definition(const Case& c, size_t k,
                                            const std::vector<uint32_t>& tie_order) {
  std::map<std::string, double> sums;
  double rows = 0;
  double works = 0;
  double cells = 0;
  for (size_t w = 0; w < c.heldout.n_works; ++w) {
    const auto own = c.data.interactions.row(w);
    const auto held = c.heldout.row(w);
    if (held.empty()) continue;
    works += 1;
    std::vector<uint32_t> order = tie_order;
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
      return score(c.model, w, a) > score(c.model, w, b);
    });
    for (const uint32_t target : held) {
      rows += 1;
      double rank = 1;
      for (const uint32_t s : order) {
        if (s == target) break;
        if (!has(own, s)) rank += 1;
      }
      if (rank > static_cast<double>(k)) continue;
      sums["recall"] += 1;
      sums["ndcg"] += 1 / std::log2(rank + 1);
      sums["mrr"] += 1 / rank;
    }
    std::erase_if(order, [&](uint32_t s) { return has(own, s) && !has(held, s); });
    double hits = 0, dcg = 0, all_dcg = 0, ideal = 0, all_ideal = 0, first = 0, ap = 0, five = 0;
    double found = 0, in_order = 0;
    for (size_t i = 0; i < order.size(); ++i) {
      const double rank = static_cast<double>(i) + 1;
      const double logit =
          c.model.probability_slope * score(c.model, w, order[i]) + c.model.probability_intercept;
      const double probability = 1 / (1 + std::exp(-logit));
      const bool right = has(held, order[i]);
      sums["loss"] -= std::log(right ? probability : 1 - probability);
      cells += 1;
      if (i < held.size()) all_ideal += 1 / std::log2(rank + 1);
      if (i < held.size() && i < k) ideal += 1 / std::log2(rank + 1);
      if (!right) {
        in_order += found;
        continue;
      }
      found += 1;
      all_dcg += 1 / std::log2(rank + 1);
      if (i < 5) five += 1;
      if (i >= k) continue;
      hits += 1;
      dcg += 1 / std::log2(rank + 1);
      ap += hits / rank;
      if (first == 0) first = 1 / rank;
    }
    const auto relevant = static_cast<double>(held.size());
    const auto listed = static_cast<double>(std::min(k, order.size()));
    sums["work_recall"] += hits / relevant;
    sums["work_ndcg"] += dcg / ideal;
    sums["work_mrr"] += first;
    sums["precision"] += hits / static_cast<double>(k);
    sums["map"] += ap / std::min<double>(static_cast<double>(k), relevant);
    sums["f1"] += 2 * hits / (listed + relevant);
    sums["f1@5"] += 2 * five / (std::min<double>(5, static_cast<double>(order.size())) + relevant);
    sums["whole_ndcg"] += all_dcg / all_ideal;
    const double others = static_cast<double>(order.size()) - relevant;
    sums["auc"] += others == 0 ? relevant : in_order / others;
  }
  for (const char* name : {"recall", "ndcg", "mrr", "auc"}) sums[name] /= rows;
  for (const char* name :
       {"work_recall", "work_ndcg", "work_mrr", "precision", "map", "f1", "f1@5", "whole_ndcg"}) {
    sums[name] /= works;
  }
  sums["loss"] /= cells;
  return sums;
}

Evaluation run(const Case& c, const EvaluateOptions& options, int threads = 1) {
  ThreadTeam team(threads);
  Monitor monitor;
  auto result = evaluate(c.model, c.data, c.heldout, options, team, monitor);
  EXPECT_TRUE(result.ok());
  return *result;
}

TEST(Evaluate, IsTheMeanOfTheDefinitionsOverEveryOrderOfEqualScores) {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    Case c = small_case(seed, 8, 6, 3);
    c.model.probability_slope = 0.7;
    c.model.probability_intercept = -1.5;
    for (const int k : {1, 3, 10}) {
      std::vector<uint32_t> order(6);
      std::iota(order.begin(), order.end(), 0u);
      std::map<std::string, double> wanted;
      double orders = 0;
      do {
        for (const auto& [name, value] : by_definition(c, static_cast<size_t>(k), order)) {
          wanted[name] += value;
        }
        orders += 1;
      } while (std::next_permutation(order.begin(), order.end()));
      EvaluateOptions options;
      options.k = {k};
      const Evaluation e = run(c, options);
      const std::string at = std::string("@").append(std::to_string(k));
      for (const char* name : {"recall", "ndcg", "mrr", "work_recall", "work_ndcg", "work_mrr",
                               "precision", "map", "f1"}) {
        EXPECT_NEAR(*e.find(name + at), wanted[name] / orders, 1e-12) << name << at << " " << seed;
      }
      EXPECT_NEAR(*e.find("f1@5"), wanted["f1@5"] / orders, 1e-12);
      EXPECT_NEAR(*e.find("ndcg"), wanted["whole_ndcg"] / orders, 1e-12);
      EXPECT_NEAR(*e.find("auc"), wanted["auc"] / orders, 1e-12);
      EXPECT_NEAR(*e.find("loss"), wanted["loss"] / orders, 1e-6);
    }
  }
}

TEST(Evaluate, CountsListsAndSubjects) {
  // Scores 4, 3, 2, 1, 0 for every work; work 0 carries subject 0, work 1 subject 1.
  Case c;
  c.model.dim = 1;
  c.model.works = {1, 1, 1};
  c.model.subjects = {4, 3, 2, 1, 0};
  c.data.interactions = make_interactions({{0, 0}, {1, 1}, {2, 1}}, 3, 5);
  c.heldout = make_interactions({{0, 1}, {1, 4}}, 3, 5);
  EvaluateOptions options;
  options.k = {2};
  options.rare_below = 2;
  options.unknown_rows = 2;
  options.unknown_works = 1;
  const Evaluation e = run(c, options);  // lists: work 0: 1, 2; work 1: 0, 2
  EXPECT_EQ(*e.find("rows"), 4);
  EXPECT_EQ(*e.find("works"), 3);
  EXPECT_DOUBLE_EQ(*e.find("recall@2"), 1.0 / 4);
  EXPECT_DOUBLE_EQ(*e.find("work_recall@2"), 1.0 / 3);
  EXPECT_DOUBLE_EQ(*e.find("coverage@2"), 3.0 / 5);
  EXPECT_DOUBLE_EQ(*e.find("gini@2"), (-4.0 * 0 - 2.0 * 0 + 0 * 1 + 2 * 1 + 4 * 2) / (5.0 * 4));
  EXPECT_DOUBLE_EQ(*e.find("popularity@2"), (2 + 0 + 1 + 0) / 4.0);
  EXPECT_EQ(*e.find("rare_rows"), 1);  // subject 4; subject 1 is on two works
  EXPECT_EQ(*e.find("rare_recall@2"), 0);
  ASSERT_EQ(e.subjects.size(), 4u);
  const auto expect = [&](size_t i, uint32_t s, uint32_t support, uint32_t tp, uint32_t fp,
                          uint32_t fn) {
    const SubjectOutcome& o = e.subjects[i];
    EXPECT_EQ(o.subject, s);
    EXPECT_EQ(o.support, support);
    EXPECT_EQ(o.true_positives, tp);
    EXPECT_EQ(o.false_positives, fp);
    EXPECT_EQ(o.false_negatives, fn);
  };
  expect(0, 0, 0, 0, 1, 0);
  expect(1, 1, 1, 1, 0, 0);
  expect(2, 2, 0, 0, 2, 0);
  expect(3, 4, 1, 0, 0, 1);
  EXPECT_EQ(e.subjects[1].precision(), 1);
  EXPECT_EQ(e.subjects[3].recall(), 0);
}

TEST(Evaluate, CountsWhatTrainingHasAndNotANumberAsLowest) {
  Case c;
  c.model.dim = 1;
  c.model.works = {1};
  c.model.subjects = {NAN, 1, -INFINITY, 3};
  c.data.interactions = make_interactions({{0, 3}}, 1, 4);
  c.heldout = make_interactions({{0, 0}, {0, 3}}, 1, 4);
  EvaluateOptions options;
  options.k = {1, 2, 3};
  const Evaluation e = run(c, options);
  EXPECT_EQ(*e.find("trained_on"), 1);
  EXPECT_DOUBLE_EQ(*e.find("recall@1"), 0.5);         // subject 3, although training has it
  EXPECT_DOUBLE_EQ(*e.find("recall@2"), 0.5 + 0.25);  // subject 0 shares ranks 2 and 3
  EXPECT_DOUBLE_EQ(*e.find("recall@3"), 1);
}

TEST(Evaluate, IsTheSameForThreadsAndInstructionSets) {
  const Isa before = active_isa();
  Case c = small_case(3, 300, 90, 5);
  c.model.dim = 20;
  c.model.works.resize(300 * 20);
  c.model.subjects.resize(90 * 20);
  fill_normal(c.model.works, 20, 1, 5, 0);
  fill_normal(c.model.subjects, 20, 1, 5, 1);
  const Evaluation wanted = run(c, {});
  for (const Isa isa : {Isa::kPlain, Isa::kAvx2, Isa::kAvx512}) {
    set_active_isa(isa);
    EXPECT_EQ(run(c, {}, 3).metrics, wanted.metrics);
  }
  set_active_isa(before);
}

TEST(Evaluate, StopsAndRefuses) {
  const Case c = small_case(1, 8, 7, 3);
  ThreadTeam team(1);
  StopAtOnce stop;
  EXPECT_EQ(evaluate(c.model, c.data, c.heldout, {}, team, stop).status().code(),
            Code::kInterrupted);
  Monitor monitor;
  EvaluateOptions options;
  options.k = {10, 0};
  EXPECT_EQ(evaluate(c.model, c.data, c.heldout, options, team, monitor).status().message(),
            "evaluate: option \"k\" must be whole numbers from 1 to 1000, got 0");
  Interactions other = c.heldout;
  other.n_subjects += 1;
  EXPECT_EQ(evaluate(c.model, c.data, other, {}, team, monitor).status().code(), Code::kInvalid);
}

TEST(Evaluate, WantsALength) {
  Case c;
  c.model.dim = 1;
  c.model.works = {1};
  c.model.subjects = {1, 0};
  c.data.interactions = make_interactions({{0, 0}}, 1, 2);
  c.heldout = make_interactions({{0, 1}}, 1, 2);
  EvaluateOptions options;
  options.k = {};
  Monitor monitor;
  ThreadTeam team(1);
  EXPECT_EQ(evaluate(c.model, c.data, c.heldout, options, team, monitor).status().message(),
            "evaluate: option \"k\" must name at least one length");
}

}  // namespace
}  // namespace subjrec
