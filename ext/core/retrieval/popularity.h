// A discount on common subjects, for lists that are less obvious.
//
// Asking with `popularity` p ranks by the model's odds over the subject's prior to the power p:
//
//   score' = score - p x ln(prior) / slope,  prior = works that carry the subject / all works
//
// where slope is that of the probability, which brings the logarithm into the score's own unit. It
// is the post-hoc logit adjustment of Menon et al., "Long-tail learning via logit adjustment" (ICLR
// 2021), with the calibrated probability's logit. At 0 nothing changes; at 1 the order is that of
// pointwise mutual information: how much more likely than on any work.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/model/model.h"
#include "core/retrieval/topk_index.h"

namespace subjrec {

/// What `popularity` adds to the score of each subject, rounded once to float32. A subject that no
/// work carries counts as on one; a slope that is not above 0 counts as 1.
std::vector<float> logit_adjustment(const Model& model, std::span<const int64_t> subject_works,
                                    size_t n_works, double popularity);

/// A model's subjects as one value of `popularity` ranks them. The score is in float32 the sum of
/// the inner product and `bias`; for models that weigh ("ease"), of score_by_weights and `bias`.
struct AdjustedSubjects {
  std::vector<float> shift;
  std::vector<float> bias;  // shift + the model's bias, where it has one
  TopKIndex index;
};

/// Made when first asked for, and kept for the values of `popularity` asked for last.
class LogitAdjustmentCache {
 public:
  /// The model must outlive what is returned. typical_query_norm: as for TopKIndex.
  Result<std::shared_ptr<const AdjustedSubjects>> find(const Model& model,
                                                       std::span<const int64_t> subject_works,
                                                       size_t n_works, double popularity,
                                                       double typical_query_norm, Monitor& monitor);

 private:
  std::map<double, std::shared_ptr<const AdjustedSubjects>> known_;
};

}  // namespace subjrec
