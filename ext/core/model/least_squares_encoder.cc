#include <algorithm>

#include "core/model/encoders.h"
#include "core/model/least_squares.h"

namespace subjrec {
namespace {

/// Subjects and, after them, features.
Factors columns_of(const Model& model) {
  const size_t dim = model.dim;
  Factors columns(model.n_subjects() + model.n_input_features(), dim);
  for (size_t i = 0; i < columns.size(); ++i) {
    const float* from = i < model.n_subjects()
                            ? model.subjects.data() + i * dim
                            : model.feature_inputs.data() + (i - model.n_subjects()) * dim;
    std::copy_n(from, dim, columns.row(i));
  }
  return columns;
}

class LeastSquaresEncoder : public Encoder {
 public:
  explicit LeastSquaresEncoder(const Model& model)
      : model_(model),
        columns_(columns_of(model)),
        solver_(LeastSquaresSolver::in_eigenbasis(columns_, model.unobserved_weight)) {}

  Result<std::vector<float>> embed(const SubjectRow& subjects,
                                   std::span<const WeightedFeature> features,
                                   std::span<const float> /*vector*/,
                                   Monitor& /*monitor*/) const override {
    std::vector<uint32_t> index(subjects.begin(), subjects.end());
    std::vector<float> weights(subjects.weights.begin(), subjects.weights.end());
    weights.resize(subjects.size(), 1.0f);
    for (const WeightedFeature& f : features) {
      const auto weight = static_cast<float>(model_.feature_weight * double{f.weight});
      if (!(weight > 0)) continue;
      index.push_back(static_cast<uint32_t>(model_.n_subjects()) + f.feature);
      weights.push_back(weight);
    }
    double total = 0;
    for (const float weight : weights) total += double{weight};
    const double penalty = frequency_penalty(total, columns_.size(), model_.unobserved_weight,
                                             model_.regularization, model_.regularization_exponent);
    std::vector<float> w(columns_.stride);
    solver_.solve(index, weights, penalty, w.data());
    w.resize(model_.dim);
    return w;
  }

 private:
  const Model& model_;
  Factors columns_;
  LeastSquaresSolver solver_;
};

}  // namespace

std::unique_ptr<Encoder> least_squares_encoder(const Model& model) {
  return std::make_unique<LeastSquaresEncoder>(model);
}

}  // namespace subjrec
