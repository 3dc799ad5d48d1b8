// Composed works: a work's embedding is made of the vectors of what is known of it.
//
//   works[w] = sum of weight[m] inputs[m] over the inputs of w (its subjects, of weight 1, its
//              features, of half their given weight, and its prior vector times a trained matrix,
//              of weight 1), divided by the root of the sum of the weights' squares
//   score(w, s) = works[w] . subjects[s] + subject_bias[s]
//
// Where subjects have features or prior vectors of their own, inputs[s] and subjects[s] are each
// the sum of three: a vector of the subject's own, the trained vectors of its features (weights of
// squares that add up to 1), and its prior vector times a trained matrix. The model holds the sums.
//
// Each epoch every work hides one of its subjects, and the rest of its inputs have to predict it
// among all subjects that the work does not carry: training asks what a cataloguer asks. Inputs and
// outputs are trained together by Adam on a softmax loss. A work's vector needs no parameters of
// its own, so works never seen are embedded by compose() as well as the trained ones. Relatives:
// FISM (Kabbur, Ning and Karypis 2013), StarSpace (Wu et al. 2018), LightFM (Kula 2015).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/train/algorithm.h"
#include "core/train/composed/example_source.h"

namespace subjrec {

/// The weight decay of the epochs to come, after one that has left the network as sure of itself as
/// CalibrationEvaluator::overconfidence() says: from 0.35 nats on it is multiplied by
/// 4^overconfidence, up to 1. How much decay a catalogue needs shows in its scores only, not in its
/// size: the rule brought recall@10 from 0.322 to 0.379 on a made-up catalogue of 200,000 x 30,000,
/// from 0.690 to 0.703 on Gutenberg's with features, and where it did most harm, on 10,000 of
/// Gutenberg's works with features, from 0.569 to 0.559.
double raised_regularization(double regularization, double overconfidence);

/// The trainer for algorithm "composed". Where options.given has no regularization, that of options
/// is what training starts from, and after each epoch but the last raised_regularization() is what
/// it goes on with; the history has both, "overconfidence" after the epoch, and "regularization"
/// during it.
Result<std::unique_ptr<Trainer>> make_composed_trainer(const TrainData& data,
                                                       const TrainOptions& options);

/// The same for a model that "composed" is a part of, whose probabilities are not its part's: those
/// of the model that it makes are not calibrated.
Result<std::unique_ptr<Trainer>> make_composed_part(const TrainData& data,
                                                    const TrainOptions& options);

/// More than 10^10 works x subjects: defaults are chosen for time and memory. Measured on pairs
/// kept out of the training part of made-up catalogues, a subject for 6.7 works (recall@10 /
/// nDCG@10 / CPU s): 300,000 works .338 / .229 / 16.7 with 6 epochs of rate 0.015 from 0.01, .336 /
/// .228 / 20.4 with 8 of 0.01 from 0.1; 1,000,000 works .327 / .221 / 55 and .325 / .220 / 75.
bool is_huge(const TrainData& data);

extern const Algorithm kComposed;

}  // namespace subjrec
