// Algorithm "ials": implicit alternating least squares, each half pass solved exactly.
//
// Minimises, over the works' vectors w and the columns' vectors v (columns are the subjects and,
// with weights c below 1, the features of works),
//
//   sum over entries of c (1 - w . v)^2  +  unobserved_weight * sum over all cells of (w . v)^2
//     + regularization * sum over rows and columns of
//         (weight of its entries + unobserved_weight * length of its row or column)^exponent |.|^2,
//
// the objective of Hu, Koren and Volinsky (2008) with the frequency-scaled regularization of
// Rendle, Krichene, Zhang and Koren, "Revisiting the Performance of iALS on Item Recommendation
// Benchmarks" (2022). An epoch solves all columns and then all works, so that a work's vector is
// always the solution for the columns as they stand: what fold-in computes for a new work.
//
// Probabilities are fitted to pairs that all epochs but the last do without (reserved_pairs.h): the
// columns, too, know by heart what they were trained on.
#pragma once

#include <memory>

#include "core/train/algorithm.h"

namespace subjrec {

/// Code::kInvalid where a feature has a weight below 0.
/// Options: embedding_dim, epochs, unobserved_weight, regularization, regularization_exponent,
/// feature_weight, init_stddev, seed, threads. An epoch's loss is the objective over the number of
/// cells.
Result<std::unique_ptr<Trainer>> make_ials_trainer(const TrainData& data,
                                                   const TrainOptions& options);

extern const Algorithm kIals;

}  // namespace subjrec
