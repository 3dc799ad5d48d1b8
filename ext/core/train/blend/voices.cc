#include "core/train/blend/voices.h"

#include <cmath>
#include <vector>

namespace subjrec {
namespace {

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

/// Weights, of which those that are not the voice's are 0, and the precision they are held by.
struct VoiceFit {
  TermWeights weights;
  TermWeights precision;
};

Result<VoiceFit> fit_voice(const Voice& voice, std::span<const Choice> choices, TermWeights prior,
                           const TermWeights& precision, ThreadTeam& team, Monitor& monitor) {
  constexpr double kFixed = 1e12;
  VoiceFit fit{.weights = {}, .precision = precision};
  for (size_t t = 0; t < kBlendTerms; ++t) {
    if (voice.speaks[t]) continue;
    prior[t] = 0;
    fit.precision[t] = kFixed;
  }
  SUBJREC_ASSIGN(fit.weights, fit_conditional_logit(choices, prior, fit.precision, team, monitor));
  for (size_t t = 0; t < kBlendTerms; ++t) {
    if (!voice.speaks[t]) fit.weights[t] = 0;
  }
  return fit;
}

}  // namespace

Result<VoiceLosses> compare_voices(std::span<const Choice> choices, const TermWeights& fitted,
                                   const TermWeights& prior, const TermWeights& precision,
                                   ThreadTeam& team, Monitor& monitor) {
  SUBJREC_ASSIGN(const std::vector<double> of_blend,
                 left_out_losses(choices, fitted, precision, team, monitor));
  VoiceLosses found;
  found.blend = mean(of_blend);
  found.weights = fitted;
  for (size_t v = 0; v < kVoices.size(); ++v) {
    SUBJREC_ASSIGN(const VoiceFit fit,
                   fit_voice(kVoices[v], choices, prior, precision, team, monitor));
    SUBJREC_ASSIGN(std::vector<double> more,
                   left_out_losses(choices, fit.weights, fit.precision, team, monitor));
    found.alone[v] = mean(more);
    for (size_t c = 0; c < more.size(); ++c) more[c] -= of_blend[c];
    if (mean(more) >= -2 * standard_error(more)) continue;
    if (found.best && found.alone[v] >= found.alone[*found.best]) continue;
    found.best = v;
    found.weights = fit.weights;
  }
  return found;
}

}  // namespace subjrec
