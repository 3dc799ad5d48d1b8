// Whether one voice alone predicts better than a blend of all: what "auto" chooses by.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/train/blend/conditional_logit.h"

namespace subjrec {

/// A single model, as some of a blend's terms.
struct Voice {
  std::string_view name;
  std::array<bool, kBlendTerms> speaks;
};

inline constexpr std::array<Voice, 4> kVoices = {{
    {"composed", {true}},
    {"ease", {false, false, true, true}},
    {"neighbours", {false, false, false, false, true, true}},
    {"popularity", {false, true}},
}};

struct VoiceLosses {
  double blend = 0;  // nats a choice
  std::array<double, kVoices.size()> alone = {};
  std::optional<size_t> best;  // of kVoices; none: the blend
};

/// The loss of each half of the choices by weights that are fitted to the other half (two-fold
/// cross-validation). A voice is better than the blend if the mean difference of their losses is
/// more than its standard error.
Result<VoiceLosses> compare_voices(const std::vector<Choice>& choices, const TermWeights& prior,
                                   const TermWeights& precision, ThreadTeam& team,
                                   Monitor& monitor);

/// fit_conditional_logit() of the voice's terms; the weights of the others are 0.
Result<TermWeights> fit_voice(const Voice& voice, std::span<const Choice> choices,
                              const TermWeights& prior, const TermWeights& precision,
                              ThreadTeam& team, Monitor& monitor);

}  // namespace subjrec
