#include "core/model/encoders.h"
#include "core/model/item_weights.h"

namespace subjrec {
namespace {

// works = X B V / root(sigma) and subjects = V root(sigma): so what has the scores x B has the
// vector x B subjects / sigma, where sigma is the squared length of a column of `subjects`.
class ItemWeightsEncoder : public Encoder {
 public:
  explicit ItemWeightsEncoder(const Model& model) : model_(model), singular_(model.dim, 0.0) {
    for (size_t s = 0; s < model.n_subjects(); ++s) {
      for (size_t k = 0; k < model.dim; ++k) {
        const double x = double{model.subjects[s * model.dim + k]};
        singular_[k] += x * x;
      }
    }
  }

  Result<std::vector<float>> embed(const SubjectRow& subjects,
                                   std::span<const WeightedFeature> features,
                                   std::span<const float> /*vector*/,
                                   Monitor& /*monitor*/) const override {
    const size_t n = model_.n_subjects();
    std::vector<float> scores(n);
    score_by_weights(model_, subjects, features, scores.data());
    std::vector<double> sum(model_.dim, 0.0);
    for (size_t s = 0; s < n; ++s) {
      if (scores[s] == 0) continue;
      for (size_t k = 0; k < model_.dim; ++k) {
        sum[k] += double{scores[s]} * double{model_.subjects[s * model_.dim + k]};
      }
    }
    std::vector<float> w(model_.dim);
    for (size_t k = 0; k < w.size(); ++k) {
      w[k] = singular_[k] > 0 ? static_cast<float>(sum[k] / singular_[k]) : 0.0f;
    }
    return w;
  }

 private:
  const Model& model_;
  std::vector<double> singular_;
};

}  // namespace

std::unique_ptr<Encoder> item_weights_encoder(const Model& model) {
  return std::make_unique<ItemWeightsEncoder>(model);
}

}  // namespace subjrec
