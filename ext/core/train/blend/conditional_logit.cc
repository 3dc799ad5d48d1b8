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

using Vector = Eigen::Matrix<double, kBlendTerms, 1>;
using Matrix = Eigen::Matrix<double, kBlendTerms, kBlendTerms>;

struct Likelihood {
  double loss = 0;
  Vector gradient = Vector::Zero();
  Matrix hessian = Matrix::Zero();

  void add(const Likelihood& other) {
    loss += other.loss;
    gradient += other.gradient;
    hessian += other.hessian;
  }
};

double dot(const Terms6& terms, const TermWeights& w) {
  double sum = 0;
  for (size_t t = 0; t < kBlendTerms; ++t) sum += double{terms[t]} * w[t];
  return sum;
}

void add_choice(const Choice& choice, const TermWeights& w, Likelihood* sum) {
  std::vector<double> utility;
  double greatest = -1e300;
  for (const Terms6& terms : choice.alternatives) {
    utility.push_back(dot(terms, w));
    greatest = std::max(greatest, utility.back());
  }
  double total = 0;
  for (double& u : utility) total += u = portable_exp(u - greatest);
  Vector mean = Vector::Zero();
  Matrix second = Matrix::Zero();
  for (size_t a = 0; a < utility.size(); ++a) {
    const double p = utility[a] / total;
    const Terms6& terms = choice.alternatives[a];
    for (size_t i = 0; i < kBlendTerms; ++i) {
      const double x = p * double{terms[i]};
      mean[static_cast<Eigen::Index>(i)] += x;
      for (size_t j = 0; j <= i; ++j) {
        second(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) += x * double{terms[j]};
      }
    }
  }
  const Terms6& chosen = choice.alternatives[choice.chosen];
  sum->loss += portable_log(total) + greatest - dot(chosen, w);
  for (size_t i = 0; i < kBlendTerms; ++i) {
    const auto at = static_cast<Eigen::Index>(i);
    sum->gradient[at] += mean[at] - double{chosen[i]};
    for (Eigen::Index j = 0; j <= at; ++j)
      sum->hessian(at, j) += second(at, j) - mean[at] * mean[j];
  }
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
    const auto at = static_cast<Eigen::Index>(t);
    const double from_prior = w[t] - prior[t];
    sum.loss += precision[t] * from_prior * from_prior / 2;
    sum.gradient[at] += precision[t] * from_prior;
    sum.hessian(at, at) += precision[t];
  }
  return sum;
}

}  // namespace

Result<TermWeights> fit_conditional_logit(const std::vector<Choice>& choices,
                                          const TermWeights& prior, const TermWeights& precision,
                                          ThreadTeam& team, Monitor& monitor) {
  TermWeights w = prior;
  SUBJREC_ASSIGN(Likelihood now, likelihood(choices, w, prior, precision, team, monitor));
  for (int step = 0; step < kMostSteps; ++step) {
    const Vector change = now.hessian.selfadjointView<Eigen::Lower>().llt().solve(now.gradient);
    double length = 1;
    TermWeights next = w;
    Likelihood reached;
    for (int halving = 0; halving < kMostHalvings; ++halving, length /= 2) {
      for (size_t t = 0; t < kBlendTerms; ++t) {
        next[t] = w[t] - length * change[static_cast<Eigen::Index>(t)];
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
