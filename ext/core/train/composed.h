// Composed works: a work's embedding is made of the vectors of what is known of it.
//
//   works[w] = sum of weight[m] inputs[m] over the bag of w (its subjects, of weight 1, and its
//              features, of half their given weight), divided by the root of the sum of the
//              weights' squares
//   score(w, s) = works[w] . subjects[s] + subject_bias[s]
//
// Each epoch every work hides one of its subjects, and the rest of its bag has to predict it among
// all subjects that the work does not carry: training asks what a cataloguer asks. Inputs and
// outputs are trained together by Adam on a softmax loss. A work's vector needs no parameters of
// its own, so works never seen are embedded by compose() as well as the trained ones. Relatives:
// FISM (Kabbur, Ning and Karypis 2013), StarSpace (Wu et al. 2018), LightFM (Kula 2015).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/train/trainer.h"

namespace subjrec {

/// The vector of a work from its subjects and features; dim values, all zero for an empty bag (then
/// the score is the subject's bias alone). Features too rare to be trained do not count.
/// Code::kInvalid where the model is not composed, or a number is not one of its subjects or
/// features.
Result<std::vector<float>> compose(const Model& model, std::span<const uint32_t> subjects,
                                   std::span<const WeightedFeature> features);

/// The trainer for algorithm "composed".
Result<std::unique_ptr<Trainer>> make_composed_trainer(const TrainData& data,
                                                       const TrainOptions& options);

}  // namespace subjrec
