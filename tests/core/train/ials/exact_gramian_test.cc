#include "core/train/ials/exact_gramian.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/base/random.h"

namespace subjrec {
namespace {

/// Rows of very different lengths, some of zeros.
Factors rows_of(size_t n, size_t dim) {
  Factors rows(n, dim);
  Random random(5);
  for (size_t i = 0; i < n; ++i) {
    const double length = std::ldexp(1.0, static_cast<int>(random.below(24)) - 12);
    for (size_t k = 0; k < dim && i % 11 != 3; ++k) {
      rows.row(i)[k] = static_cast<float>(length * random.normal());
    }
  }
  return rows;
}

ExactGramian gramian_of(const Factors& rows, int threads) {
  Monitor monitor;
  ThreadTeam team(threads);
  ExactGramian gram(rows.dim);
  EXPECT_TRUE(gram.add(rows, team, monitor).ok());
  return gram;
}

Factors some(const Factors& rows, const std::vector<size_t>& order) {
  Factors out(order.size(), rows.dim);
  for (size_t i = 0; i < order.size(); ++i) {
    std::copy_n(rows.row(order[i]), rows.stride, out.row(i));
  }
  return out;
}

TEST(ExactGramian, IsTheSameForAnyOrderAndGroupingAndNumberOfThreads) {
  const Factors rows = rows_of(20000, 9);
  const auto wanted = gramian_of(rows, 1).sums();
  EXPECT_EQ(gramian_of(rows, 3).sums(), wanted);
  std::vector<std::vector<size_t>> groups(4);
  Random random(6);
  for (size_t i = 0; i < rows.size(); ++i) groups[random.below(4)].push_back(i);
  ExactGramian all(rows.dim);
  for (auto& group : groups) {
    random.shuffle(std::span(group));
    all.add(gramian_of(some(rows, group), 2));
  }
  EXPECT_EQ(all.sums(), wanted);
}

TEST(ExactGramian, IsTheGramian) {
  const Factors rows = rows_of(5000, 7);
  const std::vector<double> got = gramian_of(rows, 2).value();
  for (size_t i = 0; i < rows.dim; ++i) {
    for (size_t j = 0; j < rows.dim; ++j) {
      double sum = 0;
      double size = 0;
      for (size_t r = 0; r < rows.size(); ++r) {
        sum += double{rows.row(r)[i]} * double{rows.row(r)[j]};
        size += double{rows.row(r)[i]} * double{rows.row(r)[i]};
      }
      EXPECT_NEAR(got[i * rows.dim + j], sum, 1e-5 * size);
    }
  }
}

TEST(ExactGramian, SurvivesExtremesAndSaysWhatIsNotFinite) {
  Factors rows(3, 2);
  rows.row(0)[0] = std::numeric_limits<float>::max();
  rows.row(1)[1] = std::numeric_limits<float>::min();
  rows.row(2)[0] = -32767.999f;
  const std::vector<double> got = gramian_of(rows, 1).value();
  const double max = double{std::numeric_limits<float>::max()};
  EXPECT_NEAR(got[0] / (max * max), 1, 1e-4);
  EXPECT_GT(got[3], 0);
  rows.row(1)[0] = std::numeric_limits<float>::infinity();
  EXPECT_TRUE(std::isnan(gramian_of(rows, 1).value()[0]));
}

}  // namespace
}  // namespace subjrec
