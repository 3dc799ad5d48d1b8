#include "core/train/bce/bce_block.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/random.h"
#include "support/double_precision.h"

namespace subjrec {
namespace {

/// A block with everything it points to.
template <class T>
struct Example {
  size_t dim, n_works, n_subjects;
  std::vector<T> works, subjects, scratch, work_gradient, subject_gradient;
  std::vector<uint32_t> offsets{0}, positives;
  std::vector<float> weights;  // of the positives, or none
  size_t first_work = 5;

  Example(size_t d, size_t n, size_t m, double size, bool weighted = false)
      : dim(d),
        n_works(n),
        n_subjects(m),
        works(lane_padded(n) * d),
        subjects(m * d),
        scratch(bce_scratch(n)),
        work_gradient(works.size()),
        subject_gradient(subjects.size()) {
    Random random(11);
    for (size_t i = 0; i < n; ++i) {
      for (size_t e = 0; e < d; ++e) works[at(i, e)] = static_cast<float>(size * random.normal());
    }
    for (T& x : subjects) x = static_cast<float>(size * random.normal());
    for (size_t j = 0; j < m; ++j) {
      // Works 0 .. 4 and those from n + 5 on belong to other chunks.
      for (uint32_t p = 0; p < n + 10; ++p) {
        if (random.uniform() < 0.2) positives.push_back(p);
      }
      offsets.push_back(static_cast<uint32_t>(positives.size()));
    }
    for (size_t p = 0; p < positives.size() && weighted; ++p) {
      weights.push_back(static_cast<float>(0.1 + 5 * random.uniform()));
    }
  }

  size_t at(size_t i, size_t e) const { return (i / 16 * dim + e) * 16 + i % 16; }

  double run() {
    std::fill(subject_gradient.begin(), subject_gradient.end(), T(0));
    return bce_block(BceBlock<T>{dim, works.data(), n_works, subjects.data(), n_subjects,
                                 offsets.data(), positives.data(), first_work, scratch.data(),
                                 work_gradient.data(), subject_gradient.data(),
                                 weights.empty() ? nullptr : weights.data()});
  }
};

class WithWeights : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(BceBlock, WithWeights, ::testing::Bool());

TEST_P(WithWeights, GradientIsTheSlopeOfTheLoss) {
  Example<double> x(3, 18, 7, 1.0, GetParam());
  x.run();
  const std::vector<double> by_work = x.work_gradient;
  const std::vector<double> by_subject = x.subject_gradient;
  const auto slope = [&](double* value) {
    const double h = 1e-5;
    const double before = *value;
    *value = before + h;
    const double above = x.run();
    *value = before - h;
    const double below = x.run();
    *value = before;
    return (above - below) / (2 * h);
  };
  for (size_t i = 0; i < x.n_works; ++i) {
    for (size_t e = 0; e < x.dim; ++e) {
      EXPECT_NEAR(slope(&x.works[x.at(i, e)]), by_work[x.at(i, e)], 1e-7);
    }
  }
  for (size_t i = 0; i < x.subjects.size(); ++i) {
    EXPECT_NEAR(slope(&x.subjects[i]), by_subject[i], 1e-7);
  }
}

TEST_P(WithWeights, LossIsTheDefinition) {
  Example<double> x(2, 5, 3, 1.0, GetParam());
  double loss = 0;
  for (size_t j = 0; j < 3; ++j) {
    for (size_t i = 0; i < 5; ++i) {
      double logit = 0;
      for (size_t e = 0; e < 2; ++e) logit += x.works[x.at(i, e)] * x.subjects[j * 2 + e];
      const double p = 1 / (1 + std::exp(-logit));
      const auto* begin = x.positives.data() + x.offsets[j];
      const auto* end = x.positives.data() + x.offsets[j + 1];
      const auto* found = std::find(begin, end, i + x.first_work);
      const double weight =
          x.weights.empty() || found == end
              ? 1
              : double{x.weights[static_cast<size_t>(found - x.positives.data())]};
      loss -= weight * std::log(found != end ? p : 1 - p);
    }
  }
  EXPECT_NEAR(x.run(), loss, 1e-12);
}

TEST_P(WithWeights, SinglePrecisionFollowsDouble) {
  for (const size_t dim : {1, 4, 5, 10, 12, 13, 64}) {
    for (const size_t n_works : {1, 16, 33, 512}) {
      for (const size_t n_subjects : {1, 8, 29}) {
        Example<double> exact(dim, n_works, n_subjects, 0.8, GetParam());
        Example<float> fast(dim, n_works, n_subjects, 0.8, GetParam());
        const double loss = exact.run();
        const double cells = static_cast<double>(n_works * n_subjects);
        EXPECT_NEAR(fast.run(), loss, 2e-6 * loss + 1e-7 * cells)
            << dim << " " << n_works << " " << n_subjects;
        double worst = 0;
        for (size_t i = 0; i < n_works; ++i) {
          for (size_t e = 0; e < dim; ++e) {
            const size_t a = exact.at(i, e);
            worst = std::max(worst, std::fabs(exact.work_gradient[a] -
                                              static_cast<double>(fast.work_gradient[a])));
          }
        }
        for (size_t i = 0; i < exact.subject_gradient.size(); ++i) {
          worst = std::max(worst, std::fabs(exact.subject_gradient[i] -
                                            static_cast<double>(fast.subject_gradient[i])));
        }
        EXPECT_LT(worst, GetParam() ? 5e-4 : 2e-4) << dim << " " << n_works << " " << n_subjects;
      }
    }
  }
}

TEST_P(WithWeights, DoesNotOverflow) {
  Example<float> x(10, 40, 20, 30.0, GetParam());
  Example<double> exact(10, 40, 20, 30.0, GetParam());
  const double loss = exact.run();
  EXPECT_NEAR(x.run() / loss, 1, 1e-5);
  for (size_t i = 0; i < 40; ++i) EXPECT_TRUE(std::isfinite(x.work_gradient[x.at(i, 0)]));
}

}  // namespace
}  // namespace subjrec
