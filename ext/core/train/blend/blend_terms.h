// What the parts of a blend say of pairs that were kept out of training: the choices that its
// coefficients are fitted to.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/model/blend.h"
#include "core/model/model.h"
#include "core/model/train_data.h"
#include "core/train/blend/conditional_logit.h"
#include "core/train/blend/kept_out.h"

namespace subjrec {

/// Terms in the order of BlendCoefficients: the composed score, log popularity, log(1 + e / 0.01),
/// e > 0, log(1 + v / 0.01), v > 0, l, l = 1, p where l = 1. A choice for each hidden subject,
/// among those that the parts suggest (the best 256 by score, the best 256 by e, all with v > 0 or
/// l = 1) and the work does not carry. A hidden subject that no part suggests tells nothing, and
/// makes no choice.
Result<std::vector<Choice>> choices_of(const std::vector<KeptOutWork>& works, const Model& model,
                                       const Blend& parts, const TrainData& data, ThreadTeam& team,
                                       Monitor& monitor);

/// The same where half of the subjects, another half for each work, are taken for unseen ones
/// (core/train/blend/unseen_subjects.h): what labels say where they are all that is known. The
/// first term is the score by `fitted`, which of an unseen subject is `unseen_score`. Of an unseen
/// one the sixth is the weight of the label's words where l = 1, and the last three are l, l = 1
/// and p where l = 1; the others are 0. All with l > 0 are among the alternatives.
struct AsUnseen {
  TermWeights fitted;
  float unseen_score = 0;
};
Result<std::vector<Choice>> choices_of_unseen(const std::vector<KeptOutWork>& works,
                                              const AsUnseen& as_unseen, const Model& model,
                                              const Blend& parts, const TrainData& data,
                                              ThreadTeam& team, Monitor& monitor);

TermWeights weights_of(const BlendCoefficients& c);
BlendCoefficients coefficients_of(const TermWeights& w);

}  // namespace subjrec
