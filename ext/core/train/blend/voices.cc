#include "core/train/blend/voices.h"

#include <cmath>
#include <utility>

namespace subjrec {
namespace {

constexpr Voice kAll = {"blend", {true, true, true, true, true, true, true, true, true}};

/// What the voice loses in each choice.
Result<std::vector<double>> losses_of(const Voice& voice, std::span<const Choice> choices,
                                      const TermWeights& prior, const TermWeights& precision,
                                      ThreadTeam& team, Monitor& monitor) {
  const auto first = choices.first(choices.size() / 2);
  const auto second = choices.subspan(first.size());
  std::vector<double> losses;
  for (const auto& [judged, learned] : {std::pair(first, second), std::pair(second, first)}) {
    SUBJREC_ASSIGN(const TermWeights w,
                   fit_voice(voice, learned, prior, precision, team, monitor));
    for (const Choice& choice : judged) losses.push_back(loss_of(choice, w));
    if (monitor.stop()) return Status::interrupted();
  }
  return losses;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/// Of the mean, for independent values.
double standard_error(const std::vector<double>& values) {
  const double center = mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - center) * (value - center);
  const auto n = static_cast<double>(values.size());
  return std::sqrt(squares / (n * (n - 1)));
}

}  // namespace

Result<TermWeights> fit_voice(const Voice& voice, std::span<const Choice> choices,
                              const TermWeights& prior, const TermWeights& precision,
                              ThreadTeam& team, Monitor& monitor) {
  constexpr double kFixed = 1e12;
  TermWeights start = prior;
  TermWeights held = precision;
  for (size_t t = 0; t < kBlendTerms; ++t) {
    if (voice.speaks[t]) continue;
    start[t] = 0;
    held[t] = kFixed;
  }
  SUBJREC_ASSIGN(TermWeights w, fit_conditional_logit(choices, start, held, team, monitor));
  for (size_t t = 0; t < kBlendTerms; ++t) {
    if (!voice.speaks[t]) w[t] = 0;
  }
  return w;
}

Result<VoiceLosses> compare_voices(const std::vector<Choice>& choices, const TermWeights& prior,
                                   const TermWeights& precision, ThreadTeam& team,
                                   Monitor& monitor) {
  VoiceLosses found;
  SUBJREC_ASSIGN(const std::vector<double> of_blend,
                 losses_of(kAll, choices, prior, precision, team, monitor));
  found.blend = mean(of_blend);
  for (size_t v = 0; v < kVoices.size(); ++v) {
    SUBJREC_ASSIGN(std::vector<double> more,
                   losses_of(kVoices[v], choices, prior, precision, team, monitor));
    found.alone[v] = mean(more);
    for (size_t c = 0; c < more.size(); ++c) more[c] -= of_blend[c];
    if (mean(more) >= -standard_error(more)) continue;
    if (!found.best || found.alone[v] < found.alone[*found.best]) found.best = v;
  }
  return found;
}

}  // namespace subjrec
