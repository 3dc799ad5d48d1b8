#include "core/train/blend/conditional_logit.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/portable_math.h"
#include "core/linalg/double_cholesky.h"

namespace subjrec {
namespace {

constexpr size_t kChoicesInAPiece = 32;
constexpr int kMostSteps = 50;
constexpr int kMostHalvings = 20;
constexpr double kLeastGain = 1e-9;  // of the loss, below which a step is not worth it

constexpr size_t kOwnTerms = kBlendTerms - kLabelTerms;

using Matrix = std::array<TermWeights, kBlendTerms>;

struct Likelihood {
  double loss = 0;
  TermWeights gradient = {};
  Matrix hessian = {};  // its lower half

  void add(const Likelihood& other) {
    loss += other.loss;
    for (size_t i = 0; i < kBlendTerms; ++i) {
      gradient[i] += other.gradient[i];
      for (size_t j = 0; j <= i; ++j) hessian[i][j] += other.hessian[i][j];
    }
  }
};

/// matrix^-1 vector of the first n terms; of the others 0.
template <size_t n>
TermWeights solve(const Matrix& matrix, const TermWeights& vector) {
  Eigen::Matrix<double, n, n> lower;
  Eigen::Matrix<double, n, 1> solution;
  lower.setZero();
  for (size_t i = 0; i < n; ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    solution[row] = vector[i];
    for (size_t j = 0; j <= i; ++j) lower(row, static_cast<Eigen::Index>(j)) = matrix[i][j];
  }
  solution = lower.template selfadjointView<Eigen::Lower>().llt().solve(solution).eval();
  TermWeights all = {};
  std::copy(solution.begin(), solution.end(), all.begin());
  return all;
}

/// hessian^-1 gradient of the terms that are not the labels', to which those of a model without
/// labels are not tied: its coefficients are the same bytes whatever else there might be. Eigen's
/// order of sums is what digests of models without labels rest on.
TermWeights own_step(const Likelihood& at) { return solve<kOwnTerms>(at.hessian, at.gradient); }

/// The same of all terms.
Result<TermWeights> whole_step(const Likelihood& at, Monitor& monitor) {
  std::vector<double> hessian;
  for (const TermWeights& row : at.hessian) hessian.insert(hessian.end(), row.begin(), row.end());
  SUBJREC_ASSIGN(const DoubleCholesky cholesky,
                 DoubleCholesky::factor(std::move(hessian), kBlendTerms, monitor));
  TermWeights step = at.gradient;
  cholesky.forward(step.data());
  cholesky.backward(step.data());
  return step;
}

struct Odds {
  std::vector<double> of;  // each alternative
  double total = 0;
  double log_total = 0;  // of exp(w . terms); the odds are these divided by the greatest
};

Odds odds(const Choice& choice, const TermWeights& w) {
  Odds odds;
  double greatest = -1e300;
  for (const BlendTerms& terms : choice.alternatives) {
    odds.of.push_back(dot(terms, w));
    greatest = std::max(greatest, odds.of.back());
  }
  for (double& u : odds.of) odds.total += u = portable_exp(u - greatest);
  odds.log_total = portable_log(odds.total) + greatest;
  return odds;
}

void add_choice(const Choice& choice, const TermWeights& w, Likelihood* sum) {
  const Odds all = odds(choice, w);
  TermWeights mean = {};
  Matrix second = {};
  for (size_t a = 0; a < all.of.size(); ++a) {
    const double p = all.of[a] / all.total;
    const BlendTerms& terms = choice.alternatives[a];
    for (size_t i = 0; i < kBlendTerms; ++i) {
      const double x = p * double{terms[i]};
      mean[i] += x;
      for (size_t j = 0; j <= i; ++j) second[i][j] += x * double{terms[j]};
    }
  }
  const BlendTerms& chosen = choice.alternatives[choice.chosen];
  sum->loss += all.log_total - dot(chosen, w);
  for (size_t i = 0; i < kBlendTerms; ++i) {
    sum->gradient[i] += mean[i] - double{chosen[i]};
    for (size_t j = 0; j <= i; ++j) sum->hessian[i][j] += second[i][j] - mean[i] * mean[j];
  }
}

double loss_of(const Choice& choice, const TermWeights& w) {
  return odds(choice, w).log_total - dot(choice.alternatives[choice.chosen], w);
}

/// The weights without the choice, a Newton step away from those of all.
TermWeights without(const Choice& choice, const TermWeights& w, const Likelihood& all) {
  Likelihood own;
  add_choice(choice, w, &own);
  Matrix others = all.hessian;
  for (size_t i = 0; i < kBlendTerms; ++i) {
    for (size_t j = 0; j <= i; ++j) others[i][j] -= own.hessian[i][j];
  }
  const TermWeights step = solve<kBlendTerms>(others, own.gradient);
  TermWeights left = w;
  for (size_t t = 0; t < kBlendTerms; ++t) left[t] += step[t];
  return left;
}

bool has_labels(const Choice& choice) {
  return std::any_of(choice.alternatives.begin(), choice.alternatives.end(),
                     [](const BlendTerms& terms) { return terms[kOwnTerms] != 0; });
}

Result<Likelihood> likelihood(std::span<const Choice> choices, const TermWeights& w,
                              const TermWeights& prior, const TermWeights& precision,
                              ThreadTeam& team, Monitor& monitor) {
  std::vector<Likelihood> pieces((choices.size() + kChoicesInAPiece - 1) / kChoicesInAPiece);
  SUBJREC_TRY(team.run(
      pieces.size(),
      [&](size_t p) {
        const size_t end = std::min(choices.size(), (p + 1) * kChoicesInAPiece);
        for (size_t c = p * kChoicesInAPiece; c < end; ++c) add_choice(choices[c], w, &pieces[p]);
      },
      monitor));
  Likelihood sum;
  for (const Likelihood& piece : pieces) sum.add(piece);
  for (size_t t = 0; t < kBlendTerms; ++t) {
    const double from_prior = w[t] - prior[t];
    sum.loss += precision[t] * from_prior * from_prior / 2;
    sum.gradient[t] += precision[t] * from_prior;
    sum.hessian[t][t] += precision[t];
  }
  return sum;
}

}  // namespace

double dot(const BlendTerms& terms, const TermWeights& w) {
  double sum = 0;
  for (size_t t = 0; t < kBlendTerms; ++t) sum += double{terms[t]} * w[t];
  return sum;
}

Result<TermWeights> fit_conditional_logit(std::span<const Choice> choices, const TermWeights& prior,
                                          const TermWeights& precision, ThreadTeam& team,
                                          Monitor& monitor) {
  TermWeights w = prior;
  const bool labels = std::any_of(choices.begin(), choices.end(), has_labels);
  SUBJREC_ASSIGN(Likelihood now, likelihood(choices, w, prior, precision, team, monitor));
  for (int step = 0; step < kMostSteps; ++step) {
    TermWeights change = own_step(now);
    if (labels) {
      SUBJREC_ASSIGN(change, whole_step(now, monitor));
    }
    double expected = 0;  // of a whole step, by the second order
    for (size_t t = 0; t < kBlendTerms; ++t) expected += now.gradient[t] * change[t] / 2;
    if (!(expected > kLeastGain * std::fabs(now.loss))) break;
    double length = 1;
    TermWeights next = w;
    Likelihood reached;
    for (int halving = 0; halving < kMostHalvings; ++halving, length /= 2) {
      for (size_t t = 0; t < kBlendTerms; ++t) {
        next[t] = w[t] - length * change[t];
      }
      SUBJREC_ASSIGN(reached, likelihood(choices, next, prior, precision, team, monitor));
      if (reached.loss < now.loss) break;
    }
    if (!(reached.loss < now.loss - kLeastGain * std::fabs(now.loss))) break;
    w = next;
    now = reached;
  }
  return w;
}

Result<std::vector<double>> left_out_losses(std::span<const Choice> choices, const TermWeights& w,
                                            const TermWeights& precision, ThreadTeam& team,
                                            Monitor& monitor) {
  SUBJREC_ASSIGN(const Likelihood all, likelihood(choices, w, w, precision, team, monitor));
  std::vector<double> losses(choices.size());
  SUBJREC_TRY(team.run((choices.size() + kChoicesInAPiece - 1) / kChoicesInAPiece,
                       [&](size_t p) {
                         const size_t end = std::min(choices.size(), (p + 1) * kChoicesInAPiece);
                         for (size_t c = p * kChoicesInAPiece; c < end; ++c) {
                           losses[c] = loss_of(choices[c], without(choices[c], w, all));
                         }
                       },
                       monitor));
  return losses;
}

}  // namespace subjrec
