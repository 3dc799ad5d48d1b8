// Whether one voice alone predicts better than a blend of all: what "auto" chooses by.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/train/blend/conditional_logit.h"

namespace subjrec {

/// A single model, as some of a blend's terms. What labels say is beside each of them.
struct Voice {
  std::string_view name;
  std::array<bool, kBlendTerms> speaks;
};

inline constexpr std::array<Voice, 4> kVoices = {{
    {"composed", {true, false, false, false, false, false, true, true, true}},
    {"ease", {false, false, true, true, false, false, true, true, true}},
    {"neighbours", {false, false, false, false, true, true, true, true, true}},
    {"popularity", {false, true, false, false, false, false, true, true, true}},
}};

struct VoiceLosses {
  double blend = 0;  // nats a choice
  std::array<double, kVoices.size()> alone = {};
  std::optional<size_t> best;  // of kVoices; none: the blend
  TermWeights weights = {};    // of the best
};

/// What choices lose by weights that are fitted without them (left_out_losses()), by the blend,
/// whose weights `fitted` are, and by each voice, whose other weights are 0. A voice is better than
/// the blend if the mean difference of their losses is more than twice its standard error.
Result<VoiceLosses> compare_voices(std::span<const Choice> choices, const TermWeights& fitted,
                                   const TermWeights& prior, const TermWeights& precision,
                                   ThreadTeam& team, Monitor& monitor);

}  // namespace subjrec
