#include "core/model/composed_encoder.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/model/encoders.h"

namespace subjrec {
namespace {

/// Checks what inputs are made of.
Status check_inputs(const Model& model, std::span<const uint32_t> subjects,
                    std::span<const WeightedFeature> features, std::span<const float> vector) {
  const size_t dim = model.dim;
  const size_t n_subjects = dim == 0 ? 0 : model.subject_inputs.size() / dim;
  const size_t n_features = dim == 0 ? 0 : model.feature_inputs.size() / dim;
  if (n_subjects == 0) {
    return {Code::kInvalid, "compose: the model's algorithm is \"" + std::string(model.kind->name) +
                                "\", whose works are not composed of inputs; train with "
                                "\"composed\""};
  }
  for (const uint32_t s : subjects) {
    if (s >= n_subjects) {
      return {Code::kInvalid, "compose: subject " + std::to_string(s) +
                                  " is not below the model's " + std::to_string(n_subjects)};
    }
  }
  for (const WeightedFeature& f : features) {
    if (f.feature >= n_features) {
      return {Code::kInvalid, "compose: feature " + std::to_string(f.feature) +
                                  " is not below the model's " + std::to_string(n_features)};
    }
  }
  if (!vector.empty() && vector.size() != model.vector_dim()) {
    return {Code::kInvalid, "compose: a vector has " + std::to_string(vector.size()) +
                                " dimensions, and the model's prior vectors " +
                                std::to_string(model.vector_dim())};
  }
  return {};
}

class ComposedEncoder : public Encoder {
 public:
  explicit ComposedEncoder(const Model& model) : model_(model) {}

  Result<std::vector<float>> embed(const SubjectRow& subjects,
                                   std::span<const WeightedFeature> features,
                                   std::span<const float> vector,
                                   Monitor& /*monitor*/) const override {
    return compose(model_, subjects.positions, features, vector);  // each counts 1
  }

 private:
  const Model& model_;
};

}  // namespace

std::unique_ptr<Encoder> composed_encoder(const Model& model) {
  return std::make_unique<ComposedEncoder>(model);
}

void EncoderInputs::clear() {
  Terms::clear();
  vector_coefficient.clear();
}

void EncoderInputs::append(const EncoderInputs& more) {
  const size_t before = index.size();
  for (size_t r = 1; r < more.offsets.size(); ++r) offsets.push_back(before + more.offsets[r]);
  index.insert(index.end(), more.index.begin(), more.index.end());
  coefficient.insert(coefficient.end(), more.coefficient.begin(), more.coefficient.end());
  vector_coefficient.insert(vector_coefficient.end(), more.vector_coefficient.begin(),
                            more.vector_coefficient.end());
}

float end_normalized_row(Terms* terms, double more) {
  double squares = more;
  for (size_t e = terms->offsets.back(); e < terms->index.size(); ++e) {
    squares += double{terms->coefficient[e]} * terms->coefficient[e];
  }
  const auto scale = static_cast<float>(squares > 0 ? 1 / std::sqrt(squares) : 0);
  for (size_t e = terms->offsets.back(); e < terms->index.size(); ++e) {
    terms->coefficient[e] *= scale;
  }
  terms->end_row();
  return scale;
}

EncoderInputs encoder_inputs(const Model& model, std::span<const uint32_t> subjects,
                             std::span<const WeightedFeature> features, bool vector) {
  const size_t dim = model.dim;
  const auto is_zero = [dim](const float* row) {
    return std::all_of(row, row + dim, [](float x) { return x == 0; });
  };
  EncoderInputs work_inputs;
  for (const uint32_t s : subjects) {
    work_inputs.add(s, is_zero(model.subject_inputs.data() + s * dim) ? 0.0f : 1.0f);
  }
  for (const WeightedFeature& f : features) {
    if (is_zero(model.feature_inputs.data() + f.feature * dim)) continue;
    work_inputs.add(static_cast<uint32_t>(model.n_subjects()) + f.feature,
                    kFeatureWeight * f.weight);
  }
  const float weight = vector ? kVectorWeight : 0.0f;
  const float scale = end_normalized_row(&work_inputs, double{weight} * double{weight});
  work_inputs.vector_coefficient.push_back(weight * scale);
  return work_inputs;
}

void compose_row(const Model& model, std::span<const uint32_t> subjects,
                 std::span<const WeightedFeature> features, std::span<const float> vector,
                 float* out) {
  const bool any = std::any_of(vector.begin(), vector.end(), [](float x) { return x != 0; });
  const EncoderInputs work_inputs = encoder_inputs(model, subjects, features, any);
  const size_t dim = model.dim;
  const size_t n_subjects = model.n_subjects();
  std::fill_n(out, dim, 0.0f);
  for (size_t e = 0; e < work_inputs.index.size(); ++e) {
    const size_t i = work_inputs.index[e];
    const float* row = i < n_subjects ? model.subject_inputs.data() + i * dim
                                      : model.feature_inputs.data() + (i - n_subjects) * dim;
    for (size_t k = 0; k < dim; ++k) out[k] += work_inputs.coefficient[e] * row[k];
  }
  for (size_t v = 0; any && v < vector.size(); ++v) {
    const float coefficient = work_inputs.vector_coefficient[0] * vector[v];
    for (size_t k = 0; k < dim; ++k) out[k] += coefficient * model.work_projection[v * dim + k];
  }
}

Result<std::vector<float>> compose(const Model& model, std::span<const uint32_t> subjects,
                                   std::span<const WeightedFeature> features,
                                   std::span<const float> vector) {
  SUBJREC_TRY(check_inputs(model, subjects, features, vector));
  std::vector<float> work(model.dim);
  compose_row(model, subjects, features, vector, work.data());
  return work;
}

}  // namespace subjrec
