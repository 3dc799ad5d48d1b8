#include <Eigen/Cholesky>
#include <algorithm>

#include "core/base/portable_math.h"
#include "core/linalg/gemm.h"
#include "core/linalg/sparse_terms.h"
#include "core/model/encoders.h"

namespace subjrec {
namespace {

constexpr int kNewtonSteps = 20;
constexpr size_t kChunk = 2048;

/// sum over all s of p_s (1 - p_s) v_s v_s', and the gradient sum of (p_s - y_s) v_s, at w; terms
/// of subjects that are carried count as often as their weights say.
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

/// What weights other than 1 change: -c log p has the derivative c (p - 1) by the score.
void add_weights(const Model& model, const SubjectRow& carried, const Eigen::VectorXd& w,
                 Curvature* c) {
  for (size_t e = 0; e < carried.size(); ++e) {
    const double more = double{carried.weights[e]} - 1;
    const Eigen::Map<const Eigen::VectorXf> row(model.subjects.data() + carried[e] * model.dim,
                                                static_cast<Eigen::Index>(model.dim));
    const Eigen::VectorXd v = row.cast<double>();
    const double p = 1 / (1 + portable_exp(-score(model, w, carried[e])));
    c->gradient += more * (p - 1) * v;
    c->hessian += more * p * (1 - p) * v * v.transpose();
  }
}

Result<Curvature> curvature(const Model& model, const SubjectRow& carried, const Eigen::VectorXd& w,
                            Monitor& monitor) {
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
  if (!carried.weights.empty()) add_weights(model, carried, w, &c);
  return c;
}

class MostProbableEncoder : public Encoder {
 public:
  explicit MostProbableEncoder(const Model& model) : model_(model) {}

  Result<std::vector<float>> embed(const SubjectRow& subjects,
                                   std::span<const WeightedFeature> features,
                                   std::span<const float> vector, Monitor& monitor) const override {
    const auto dim = static_cast<Eigen::Index>(model_.dim);
    const std::vector<float> prior = prior_mean(model_, features, vector);
    const Eigen::VectorXd mean =
        Eigen::Map<const Eigen::VectorXf>(prior.data(), dim).cast<double>();
    Eigen::VectorXd w = mean;
    if (!subjects.empty()) {
      for (int step = 0; step < kNewtonSteps; ++step) {
        SUBJREC_ASSIGN(Curvature c, curvature(model_, subjects, w, monitor));
        c.hessian += Eigen::MatrixXd::Identity(dim, dim);
        c.gradient += w - mean;
        Eigen::VectorXd change = c.hessian.llt().solve(c.gradient);
        // Far from the solution a whole step can overshoot: keep it where the curvature holds.
        const double length = change.norm();
        if (length > 2) change *= 2 / length;
        w -= change;
        if (length < 1e-6) break;
      }
    }
    std::vector<float> result(model_.dim);
    for (size_t k = 0; k < result.size(); ++k) {
      result[k] = static_cast<float>(w[static_cast<Eigen::Index>(k)]);
    }
    return result;
  }

 private:
  const Model& model_;
};

}  // namespace

std::vector<float> prior_mean(const Model& model, std::span<const WeightedFeature> features,
                              std::span<const float> vector) {
  Terms terms;
  for (const WeightedFeature& f : features) terms.add(f.feature, f.weight);
  terms.end_unit_row();
  std::vector<float> mean(model.dim, 0.0f);
  const auto add = [&](float coefficient, const float* row) {
    for (size_t k = 0; k < mean.size(); ++k) mean[k] += coefficient * row[k];
  };
  for (size_t e = 0; e < terms.index.size(); ++e) {
    add(terms.coefficient[e], model.feature_inputs.data() + terms.index[e] * model.dim);
  }
  for (size_t d = 0; d < vector.size(); ++d) {
    add(vector[d], model.work_projection.data() + d * model.dim);
  }
  return mean;
}

std::unique_ptr<Encoder> most_probable_encoder(const Model& model) {
  return std::make_unique<MostProbableEncoder>(model);
}

}  // namespace subjrec
