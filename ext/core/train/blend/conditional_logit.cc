#include "core/train/blend/conditional_logit.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "core/base/portable_math.h"

namespace subjrec {
namespace {

constexpr size_t kChoicesInAPiece = 32;
constexpr int kMostSteps = 50;
constexpr int kMostHalvings = 20;

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

/// hessian^-1 gradient of the terms that are not the labels', to which those of a model without
/// labels are not tied: its coefficients are the same bytes whatever else there might be.
void solve_own(const Likelihood& at, TermWeights* change) {
  Eigen::Matrix<double, kOwnTerms, kOwnTerms> hessian;
  Eigen::Matrix<double, kOwnTerms, 1> gradient;
  hessian.setZero();
  for (size_t i = 0; i < kOwnTerms; ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    gradient[row] = at.gradient[i];
    for (size_t j = 0; j <= i; ++j) {
      hessian(row, static_cast<Eigen::Index>(j)) = at.hessian[i][j];
    }
  }
  gradient = hessian.selfadjointView<Eigen::Lower>().llt().solve(gradient).eval();
  for (size_t i = 0; i < kOwnTerms; ++i) (*change)[i] = gradient[static_cast<Eigen::Index>(i)];
}

/// The same of all terms, by Cholesky's decomposition.
void solve_all(Likelihood at, TermWeights* change) {
  Matrix& l = at.hessian;
  TermWeights& x = at.gradient;
  for (size_t i = 0; i < kBlendTerms; ++i) {
    for (size_t j = 0; j <= i; ++j) {
      for (size_t k = 0; k < j; ++k) l[i][j] -= l[i][k] * l[j][k];
      l[i][j] = i == j ? std::sqrt(l[i][i]) : l[i][j] / l[j][j];
    }
    for (size_t k = 0; k < i; ++k) x[i] -= l[i][k] * x[k];
    x[i] /= l[i][i];
  }
  for (size_t i = kBlendTerms; i-- > 0;) {
    for (size_t k = i + 1; k < kBlendTerms; ++k) x[i] -= l[k][i] * x[k];
    x[i] /= l[i][i];
  }
  *change = x;
}

double dot(const BlendTerms& terms, const TermWeights& w) {
  double sum = 0;
  for (size_t t = 0; t < kBlendTerms; ++t) sum += double{terms[t]} * w[t];
  return sum;
}

void add_choice(const Choice& choice, const TermWeights& w, Likelihood* sum) {
  std::vector<double> utility;
  double greatest = -1e300;
  for (const BlendTerms& terms : choice.alternatives) {
    utility.push_back(dot(terms, w));
    greatest = std::max(greatest, utility.back());
  }
  double total = 0;
  for (double& u : utility) total += u = portable_exp(u - greatest);
  TermWeights mean = {};
  Matrix second = {};
  for (size_t a = 0; a < utility.size(); ++a) {
    const double p = utility[a] / total;
    const BlendTerms& terms = choice.alternatives[a];
    for (size_t i = 0; i < kBlendTerms; ++i) {
      const double x = p * double{terms[i]};
      mean[i] += x;
      for (size_t j = 0; j <= i; ++j) second[i][j] += x * double{terms[j]};
    }
  }
  const BlendTerms& chosen = choice.alternatives[choice.chosen];
  sum->loss += portable_log(total) + greatest - dot(chosen, w);
  for (size_t i = 0; i < kBlendTerms; ++i) {
    sum->gradient[i] += mean[i] - double{chosen[i]};
    for (size_t j = 0; j <= i; ++j) sum->hessian[i][j] += second[i][j] - mean[i] * mean[j];
  }
}

bool has_labels(const Choice& choice) {
  return std::any_of(choice.alternatives.begin(), choice.alternatives.end(),
                     [](const BlendTerms& terms) { return terms[kOwnTerms] != 0; });
}

Result<Likelihood> likelihood(const std::vector<Choice>& choices, const TermWeights& w,
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

Result<TermWeights> fit_conditional_logit(const std::vector<Choice>& choices,
                                          const TermWeights& prior, const TermWeights& precision,
                                          ThreadTeam& team, Monitor& monitor) {
  TermWeights w = prior;
  const bool labels = std::any_of(choices.begin(), choices.end(), has_labels);
  SUBJREC_ASSIGN(Likelihood now, likelihood(choices, w, prior, precision, team, monitor));
  for (int step = 0; step < kMostSteps; ++step) {
    TermWeights change = {};
    labels ? solve_all(now, &change) : solve_own(now, &change);
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
    if (!(reached.loss < now.loss - 1e-9 * std::fabs(now.loss))) break;
    w = next;
    now = reached;
  }
  return w;
}

}  // namespace subjrec
