// Adam (Kingma and Ba 2015) over rows of which a step touches few, with the result of dense Adam.
//
// Dense Adam moves every row at every step: where the gradient is zero, the moments decay and the
// decayed first moment still moves the row. Here a row is brought up to date when it is next
// touched. For k skipped steps after step L, with q_t = sqrt(1 - beta2^t) and s = sqrt(v),
//
//   w -= lr m sum_{j=1..k} A_j / (s + epsilon y_j),   y_j = q_{L+j} beta2^{-j/2},
//                                                     A_j = beta1^j y_j / (1 - beta1^{L+j}).
//
// The y_j that matter are close together, so each fraction is expanded around their weighted mean
// y: with D = 1 / (s + epsilon y) and u = epsilon D, the sum is
//
//   D (c_0 + u^2 (c_2 - u c_3)),   c_n = sum_j A_j (y_j - y)^n,
//
// a handful of operations however large k is. The c_n depend on L and k alone and follow from raw
// moments M_n(L) = sum_{j>=1} A_j y_j^n of the infinite sum, for which M_n(L) = r_n (g_n(L+1) +
// M_n(L+1)), r_n = beta1 beta2^{-(n+1)/2}, g_n(t) = q_t^{n+1} / (1 - beta1^t); the sum up to k is
// M_n(L) - r_n^k M_n(L+k). Where the y_j are too far apart for that (in the first steps, and only
// where s is not large against epsilon) the steps are taken one by one, and so they are in double.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace subjrec {

struct AdamOptions {
  double learning_rate = 0.001;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
};

/// What k steps without a gradient do to a row: the expansion above, with the learning rate in c_n.
struct AdamSkip {
  float first_decay = 1;   // beta1^k
  float second_decay = 1;  // beta2^k
  float epsilon_y = 0;     // epsilon y
  float c0 = 0;
  float c2 = 0;
  float c3 = 0;
  float least_second = 0;  // the expansion holds where v is at least this
};

/// The factors of one step with a gradient: w -= rate m / (root sqrt(v) + epsilon).
struct AdamStep {
  double rate = 0;  // lr / (1 - beta1^t)
  double root = 0;  // 1 / sqrt(1 - beta2^t)
};

class AdamSchedule {
 public:
  explicit AdamSchedule(const AdamOptions& options);

  const AdamOptions& options() const { return options_; }
  AdamStep step(uint64_t t) const;

  /// False where beta1 is too near sqrt(beta2), or to 1, for the expansion to be worth while.
  bool expands() const { return reach_ > 0; }
  /// Makes skip() ready for steps up to `t`.
  void extend(uint64_t t);
  /// Steps from + 1 .. to; 0 < from <= to. Only where expands().
  AdamSkip skip(uint64_t from, uint64_t to) const;

  /// A step without a gradient moves nothing any more after this many.
  uint64_t longest_walk() const { return longest_walk_; }

 private:
  struct Moments {
    double m[4] = {0, 0, 0, 0};
  };

  AdamOptions options_;
  double ratio_[4];       // r_n
  uint64_t reach_ = 0;    // r_3^reach_ is nothing; 0: no expansion
  uint64_t settled_ = 0;  // from here on the moments do not change
  uint64_t longest_walk_ = 0;
  std::vector<Moments> moments_;  // M_n(L), L = 0 .. as far as extended
  std::vector<Moments> powers_;   // r_n^k, k < reach_
  std::vector<float> first_;      // beta1^k, k < reach_
  std::vector<float> second_;     // beta2^k, as many as moments_
};

/// x^n, by operations that every platform rounds alike.
double power(double x, uint64_t n);

}  // namespace subjrec
