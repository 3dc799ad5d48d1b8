#include "core/train/distributed/model_bytes.h"

#include <memory>
#include <optional>

#include "core/linalg/sparse_product.h"
#include "core/train/algorithm.h"

namespace subjrec {
namespace {

void write_curve(const std::optional<ProbabilityCurve>& curve, ByteWriter* out) {
  out->number<uint8_t>(curve ? 1 : 0);
  if (!curve) return;
  out->number(curve->slope);
  out->number(curve->intercept);
  out->number<uint64_t>(curve->bends.size());
  for (const CurveBend& bend : curve->bends) {
    out->number(bend.score);
    out->number(bend.change);
  }
}

std::optional<ProbabilityCurve> read_curve(ByteReader* in) {
  if (in->number<uint8_t>() == 0) return std::nullopt;
  ProbabilityCurve curve;
  curve.slope = in->number<double>();
  curve.intercept = in->number<double>();
  const auto n = in->number<uint64_t>();
  for (uint64_t i = 0; i < n && in->good(); ++i) {
    const auto score = in->number<double>();
    curve.bends.push_back({score, in->number<double>()});
  }
  return curve;
}

void write_projection(const ScoreProjection& p, ByteWriter* out) {
  out->number<uint64_t>(p.width);
  out->number<uint64_t>(p.dim);
  out->array(p.inner);
  out->array(p.turn);
  out->array(p.scale);
}

ScoreProjection read_projection(ByteReader* in) {
  ScoreProjection p;
  p.width = in->number<uint64_t>();
  p.dim = in->number<uint64_t>();
  p.inner = in->array<float>();
  p.turn = in->array<double>();
  p.scale = in->array<double>();
  return p;
}

bool is_sound(const ScoreProjection& p, size_t n_columns, size_t dim) {
  return p.dim == dim && p.width > 0 && p.width <= p.inner.size() &&
         p.inner.size() == n_columns * p.width && p.turn.size() == p.width * p.width &&
         p.scale.size() == p.width;
}

}  // namespace

void write_calibration(const Model& model, ByteWriter* out) {
  out->number(model.probability_slope);
  out->number(model.probability_intercept);
  write_curve(model.curve, out);
  write_curve(model.cold_curve, out);
  out->number<uint64_t>(model.calibration_pairs);
  out->number<uint64_t>(model.calibration_works);
}

void read_calibration(ByteReader* in, Model* model) {
  model->probability_slope = in->number<double>();
  model->probability_intercept = in->number<double>();
  model->curve = read_curve(in);
  model->cold_curve = read_curve(in);
  model->calibration_pairs = in->number<uint64_t>();
  model->calibration_works = in->number<uint64_t>();
}

void write_model(const Model& model, ByteWriter* out) {
  out->text(model.kind->name);
  out->number<uint64_t>(model.dim);
  out->array(model.subjects);
  out->array(model.subject_bias);
  out->array(model.subject_inputs);
  out->array(model.feature_inputs);
  for (const double number : {model.unobserved_weight, model.regularization,
                              model.regularization_exponent, model.feature_weight}) {
    out->number(number);
  }
  write_calibration(model, out);
  out->sparse_rows(model.weights);
  out->number<uint8_t>(model.projection ? 1 : 0);
  if (model.projection) write_projection(*model.projection, out);
}

void read_model(size_t n_subjects, size_t n_features, ByteReader* in, Model* model) {
  const ModelKind* kind = find_model_kind(in->text());
  model->dim = in->number<uint64_t>();
  model->subjects = in->array<float>();
  model->subject_bias = in->array<float>();
  model->subject_inputs = in->array<float>();
  model->feature_inputs = in->array<float>();
  for (double* number : {&model->unobserved_weight, &model->regularization,
                         &model->regularization_exponent, &model->feature_weight}) {
    *number = in->number<double>();
  }
  read_calibration(in, model);
  model->weights = in->sparse_rows();
  const size_t n_columns = n_subjects + n_features;
  if (in->number<uint8_t>() != 0) {
    auto projection = std::make_shared<ScoreProjection>(read_projection(in));
    if (!is_sound(*projection, n_columns, model->dim)) return in->fail();
    model->projection = std::move(projection);
  }
  const SparseRows& b = model->weights;
  if (kind == nullptr || model->dim == 0 || model->dim > 4096 ||
      model->subjects.size() != n_subjects * model->dim ||
      (b.n_rows != 0 && (b.n_rows != n_columns || b.n_columns != n_subjects))) {
    return in->fail();
  }
  model->kind = kind;
}

}  // namespace subjrec
