#include "core/model/fold_in.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <string>

#include "core/base/portable_math.h"
#include "core/linalg/gemm.h"
#include "core/model/composed_encoder.h"
#include "core/model/item_weights.h"

namespace subjrec {
namespace {

constexpr int kNewtonSteps = 20;
constexpr size_t kChunk = 2048;

/// sum over all s of p_s (1 - p_s) v_s v_s', and the gradient sum of (p_s - y_s) v_s, at w.
struct Curvature {
  Eigen::MatrixXd hessian;
  Eigen::VectorXd gradient;
};

double score(const Model& model, const Eigen::VectorXd& w, size_t s) {
  const float* v = model.subjects.data() + s * model.dim;
  double sum = model.subject_bias.empty() ? 0 : double{model.subject_bias[s]};
  for (size_t k = 0; k < model.dim; ++k) sum += w[static_cast<Eigen::Index>(k)] * double{v[k]};
  return sum;
}

Result<Curvature> curvature(const Model& model, std::span<const uint32_t> carried,
                            const Eigen::VectorXd& w, Monitor& monitor) {
  const size_t dim = model.dim;
  const size_t n = model.n_subjects();
  std::vector<float> weighted(kChunk * dim);
  std::vector<float> sum(dim * dim, 0.0f);
  Curvature c{Eigen::MatrixXd(w.size(), w.size()), Eigen::VectorXd::Zero(w.size())};
  for (size_t begin = 0; begin < n; begin += kChunk) {
    if (monitor.stop()) return Status::interrupted();
    const size_t count = std::min(kChunk, n - begin);
    for (size_t i = 0; i < count; ++i) {
      const float* v = model.subjects.data() + (begin + i) * dim;
      const double p = 1 / (1 + portable_exp(-score(model, w, begin + i)));
      const double spread = p * (1 - p);
      for (size_t k = 0; k < dim; ++k) {
        weighted[i * dim + k] = static_cast<float>(spread * double{v[k]});
        c.gradient[static_cast<Eigen::Index>(k)] += p * double{v[k]};
      }
    }
    multiply_add(1, row_major(weighted.data(), count, dim).transposed(),
                 row_major(model.subjects.data() + begin * dim, count, dim), sum.data(), dim);
  }
  for (const uint32_t s : carried) {
    for (size_t k = 0; k < dim; ++k) {
      c.gradient[static_cast<Eigen::Index>(k)] -= double{model.subjects[s * dim + k]};
    }
  }
  for (size_t i = 0; i < dim; ++i) {
    for (size_t j = 0; j < dim; ++j) {
      c.hessian(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) =
          double{sum[i * dim + j]};
    }
  }
  return c;
}

}  // namespace

Result<FoldIn> FoldIn::build(const Model& model, Monitor& monitor) {
  if (monitor.stop()) return Status::interrupted();
  FoldIn fold(model);
  const size_t dim = model.dim;
  if (model.algorithm == "ials") {
    auto columns = std::make_shared<Factors>(
        model.n_subjects() + model.feature_inputs.size() / std::max<size_t>(dim, 1), dim);
    for (size_t i = 0; i < columns->size(); ++i) {
      const float* from = i < model.n_subjects()
                              ? model.subjects.data() + i * dim
                              : model.feature_inputs.data() + (i - model.n_subjects()) * dim;
      std::copy_n(from, dim, columns->row(i));
    }
    fold.solver_ = LeastSquaresSolver::in_eigenbasis(*columns, model.unobserved_weight);
    fold.columns_ = std::move(columns);
  }
  if (model.algorithm == "ease") {
    fold.singular_.assign(dim, 0.0);
    for (size_t s = 0; s < model.n_subjects(); ++s) {
      for (size_t k = 0; k < dim; ++k) {
        const double x = double{model.subjects[s * dim + k]};
        fold.singular_[k] += x * x;
      }
    }
  }
  return fold;
}

Status FoldIn::check(std::span<const uint32_t> subjects,
                     std::span<const WeightedFeature> features) const {
  const size_t n = model_->n_subjects();
  for (const uint32_t s : subjects) {
    if (s >= n) {
      return {Code::kInvalid, "fold_in: subject " + std::to_string(s) +
                                  " is not below the model's " + std::to_string(n)};
    }
  }
  const size_t known = model_->algorithm == "ease"
                           ? model_->weights.n_rows - n
                           : model_->feature_inputs.size() / std::max<size_t>(model_->dim, 1);
  if (known == 0) return {};  // the model knows no features: they are left out
  for (const WeightedFeature& f : features) {
    if (f.feature >= known) {
      return {Code::kInvalid, "fold_in: feature " + std::to_string(f.feature) +
                                  " is not below the model's " + std::to_string(known)};
    }
  }
  return {};
}

Result<std::vector<float>> FoldIn::vector(std::span<const uint32_t> subjects,
                                          std::span<const WeightedFeature> features,
                                          Monitor& monitor, std::span<const float> prior) const {
  SUBJREC_TRY(check(subjects, features));
  if (!prior.empty() && prior.size() != model_->vector_dim()) {
    return Status(Code::kInvalid, "fold_in: a vector of " + std::to_string(prior.size()) +
                                      " dimensions; the model's prior vectors have " +
                                      std::to_string(model_->vector_dim()));
  }
  if (subjects.empty() && features.empty() && prior.empty()) {
    return std::vector<float>(model_->dim, 0.0f);
  }
  if (model_->algorithm == "composed") {
    if (model_->feature_inputs.empty()) features = {};
    return compose(*model_, subjects, features, prior);
  }
  if (model_->algorithm == "ials") return least_squares(subjects, features);
  if (model_->algorithm == "ease") return projected(subjects, features);
  return most_probable(subjects, monitor);
}

Status FoldIn::vectors(const TrainData& data, std::span<const uint32_t> works, ThreadTeam& team,
                       Monitor& monitor, std::span<float> matrix) const {
  const auto piece = [&](size_t i, Monitor& asked) -> Status {
    const uint32_t w = works[i];
    SUBJREC_ASSIGN(const std::vector<float> row,
                   vector(data.interactions.row(w), features_of(data, w), asked));
    std::copy(row.begin(), row.end(), matrix.begin() + static_cast<ptrdiff_t>(w * model_->dim));
    return {};
  };
  return team.try_run(works.size(), piece, monitor);
}

Status FoldIn::scores(std::span<const uint32_t> subjects, std::span<const WeightedFeature> features,
                      std::span<float> scores, Monitor& monitor) const {
  if (model_->algorithm == "ease") {
    SUBJREC_TRY(check(subjects, features));
    if (model_->weights.n_rows == model_->weights.n_columns) features = {};
    score_by_weights(*model_, subjects, features, scores.data());
    return {};
  }
  SUBJREC_ASSIGN(const std::vector<float> w, vector(subjects, features, monitor));
  for (size_t s = 0; s < model_->n_subjects(); ++s) {
    if (s % 65536 == 0 && monitor.stop()) return Status::interrupted();
    const float* v = model_->subjects.data() + s * model_->dim;
    float sum = 0;
    for (size_t k = 0; k < model_->dim; ++k) sum += w[k] * v[k];
    scores[s] = model_->subject_bias.empty() ? sum : sum + model_->subject_bias[s];
  }
  return {};
}

std::vector<float> FoldIn::least_squares(std::span<const uint32_t> subjects,
                                         std::span<const WeightedFeature> features) const {
  std::vector<uint32_t> index(subjects.begin(), subjects.end());
  std::vector<float> weights(subjects.size(), 1.0f);
  if (model_->feature_inputs.empty()) features = {};
  for (const WeightedFeature& f : features) {
    const auto weight = static_cast<float>(model_->feature_weight * double{f.weight});
    if (!(weight > 0)) continue;
    index.push_back(static_cast<uint32_t>(model_->n_subjects()) + f.feature);
    weights.push_back(weight);
  }
  double total = 0;
  for (const float weight : weights) total += double{weight};
  const double penalty = frequency_penalty(total, columns_->size(), model_->unobserved_weight,
                                           model_->regularization, model_->regularization_exponent);
  std::vector<float> w(columns_->stride);
  solver_.solve(index, weights, penalty, w.data());
  w.resize(model_->dim);
  return w;
}

// works = X B V / root(sigma) and subjects = V root(sigma): so a bag with scores x B has the vector
// x B subjects / sigma, where sigma is the squared length of a column of `subjects`.
std::vector<float> FoldIn::projected(std::span<const uint32_t> subjects,
                                     std::span<const WeightedFeature> features) const {
  const size_t n = model_->n_subjects();
  std::vector<float> scores(n);
  if (model_->weights.n_rows == model_->weights.n_columns) features = {};
  score_by_weights(*model_, subjects, features, scores.data());
  std::vector<double> sum(model_->dim, 0.0);
  for (size_t s = 0; s < n; ++s) {
    if (scores[s] == 0) continue;
    for (size_t k = 0; k < model_->dim; ++k) {
      sum[k] += double{scores[s]} * double{model_->subjects[s * model_->dim + k]};
    }
  }
  std::vector<float> w(model_->dim);
  for (size_t k = 0; k < w.size(); ++k) {
    w[k] = singular_[k] > 0 ? static_cast<float>(sum[k] / singular_[k]) : 0.0f;
  }
  return w;
}

Result<std::vector<float>> FoldIn::most_probable(std::span<const uint32_t> subjects,
                                                 Monitor& monitor) const {
  const auto dim = static_cast<Eigen::Index>(model_->dim);
  Eigen::VectorXd w = Eigen::VectorXd::Zero(dim);
  if (!subjects.empty()) {
    for (int step = 0; step < kNewtonSteps; ++step) {
      SUBJREC_ASSIGN(Curvature c, curvature(*model_, subjects, w, monitor));
      c.hessian += Eigen::MatrixXd::Identity(dim, dim);
      c.gradient += w;
      Eigen::VectorXd change = c.hessian.llt().solve(c.gradient);
      // Far from the solution a whole step can overshoot: keep it where the curvature holds.
      const double length = change.norm();
      if (length > 2) change *= 2 / length;
      w -= change;
      if (length < 1e-6) break;
    }
  }
  std::vector<float> result(model_->dim);
  for (size_t k = 0; k < result.size(); ++k) {
    result[k] = static_cast<float>(w[static_cast<Eigen::Index>(k)]);
  }
  return result;
}

Result<std::vector<float>> fold_in(const Model& model, std::span<const uint32_t> subjects,
                                   std::span<const WeightedFeature> features, Monitor& monitor,
                                   std::span<const float> prior) {
  SUBJREC_ASSIGN(const FoldIn fold, FoldIn::build(model, monitor));
  return fold.vector(subjects, features, monitor, prior);
}

}  // namespace subjrec
