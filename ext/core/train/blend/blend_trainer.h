// Algorithm "blend": "composed", the item weights of "ease" and the votes of similar works in one
// score (core/model/blend.h), whose coefficients fit themselves.
//
// Pairs and works are kept out of the training of all parts (core/train/blend/kept_out.h). What the
// parts say of them gives the coefficients by conditional logit, one set for works with subjects
// and one for works without, drawn towards the usual ones (BlendCoefficients) by a normal prior of
// precision 10, which counts little beside hundreds of pairs and much beside dozens. Where too
// little can be kept out, these are the coefficients.
//
// With `subject_labels` the words of labels that occur in the texts of works are a further part,
// whose coefficients are fitted with the others'.
//
// The options are those of "composed"; max_columns, max_weights and neighborhood are those of
// "ease", which keeps its own regularization. A part that does not fit in memory is left out.
#pragma once

#include <memory>

#include "core/train/algorithm.h"

namespace subjrec {

/// The options with which the item weights of a blend are trained.
TrainOptions item_weight_options(const TrainData& data, const TrainOptions& options);

extern const Algorithm kBlend;

Result<std::unique_ptr<Trainer>> make_blend_trainer(const TrainData& data,
                                                    const TrainOptions& options);

}  // namespace subjrec
