// Who competes with a hidden subject in a softmax: all subjects, or a sample of them.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/random.h"

namespace subjrec {

/// Subjects that compete with the hidden one: a sample in which subject s occurs with the
/// probability exp(log_chance), or all of them.
struct SampledClasses {
  std::vector<uint32_t> subjects;  // ascending
  std::vector<float> log_chance;   // as long
  bool all = false;
};

/// Draws samples of subjects, the commoner ones more often: subject s with a chance in proportion
/// to the root of (works that carry it + 1), but at most 1.
class NegativeSampler {
 public:
  /// `counts` by subject. A sample has `wanted` subjects, give or take one; with as many as there
  /// are, all compete.
  NegativeSampler(const std::vector<uint32_t>& counts, double wanted);

  /// Systematic sampling: one number is drawn for a whole sample.
  const SampledClasses& draw(Random* random);

 private:
  void scale_to(double wanted);

  SampledClasses sampler_;
  std::vector<double> chance_;
  std::vector<double> sums_;  // of the chances up to each subject
  std::vector<float> log_;
};

}  // namespace subjrec
