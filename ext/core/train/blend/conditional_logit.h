// Conditional logit: the weights of a few terms under which choices among alternatives are most
// probable (McFadden 1974).
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"

namespace subjrec {

constexpr size_t kBlendTerms = 9;
constexpr size_t kLabelTerms = 3;  // the last of them
using TermWeights = std::array<double, kBlendTerms>;
using BlendTerms = std::array<float, kBlendTerms>;

/// w . terms.
double dot(const BlendTerms& terms, const TermWeights& w);

/// One choice: the alternatives' terms, and which of them was chosen.
struct Choice {
  std::vector<BlendTerms> alternatives;
  size_t chosen = 0;
};

/// The weights w that minimise
///
///   sum over choices of log(sum over alternatives of exp(w . terms)) - w . terms of the chosen
///     + sum over t of precision[t] (w[t] - prior[t])^2 / 2
///
/// by Newton's method with halved steps. Nothing to choose: the prior.
Result<TermWeights> fit_conditional_logit(std::span<const Choice> choices, const TermWeights& prior,
                                          const TermWeights& precision, ThreadTeam& team,
                                          Monitor& monitor);

/// Of `w`, which was fitted to the choices: what each of them loses, in nats, by the weights that
/// the others alone would have given. These are a Newton step away, where the choice is left out of
/// the gradient and of the Hessian (approximate leave-one-out; Rad and Maleki, JRSS B 2020).
Result<std::vector<double>> left_out_losses(std::span<const Choice> choices, const TermWeights& w,
                                            const TermWeights& precision, ThreadTeam& team,
                                            Monitor& monitor);

}  // namespace subjrec
