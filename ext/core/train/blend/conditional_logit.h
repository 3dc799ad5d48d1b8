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

/// log(sum over alternatives of exp(w . terms)) - w . terms of the chosen, in nats.
double loss_of(const Choice& choice, const TermWeights& w);

/// The weights w that minimise
///
///   sum over choices of loss_of(choice, w) + sum over t of precision[t] (w[t] - prior[t])^2 / 2
///
/// by Newton's method with halved steps. Nothing to choose: the prior.
Result<TermWeights> fit_conditional_logit(std::span<const Choice> choices,
                                          const TermWeights& prior, const TermWeights& precision,
                                          ThreadTeam& team, Monitor& monitor);

}  // namespace subjrec
