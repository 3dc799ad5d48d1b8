#include "core/retrieval/explain.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "core/linalg/symmetric_eigen.h"
#include "core/model/composed_encoder.h"
#include "core/model/encoders.h"

namespace subjrec {
namespace {

constexpr size_t kFewSubjects = 256;

using Row = Eigen::Map<const Eigen::VectorXf>;

Row row_of(const std::vector<float>& matrix, size_t at, size_t dim) {
  return {matrix.data() + at * dim, static_cast<Eigen::Index>(dim)};
}

double dot(const Row& a, const Row& b) { return a.cast<double>().dot(b.cast<double>()); }

/// Whether the work's embedding holds more than its subjects and features make.
bool has_vector(const Model& model, std::span<const float> work, std::span<const uint32_t> subjects,
                std::span<const WeightedFeature> features) {
  if (model.work_projection.empty()) return false;
  const auto without = compose(model, subjects, features);
  return without.ok() && !std::equal(work.begin(), work.end(), without->begin());
}

void explain_composed(const Model& model, std::span<const float> work,
                      std::span<const uint32_t> subjects, std::span<const WeightedFeature> features,
                      const Row& suggested, std::vector<Contribution>* out) {
  const bool vector = has_vector(model, work, subjects, features);
  const EncoderInputs work_inputs = encoder_inputs(model, subjects, features, vector);
  double sum = 0;
  size_t e = 0;  // of the inputs: its subjects, and those of the features that count
  for (; e < subjects.size(); ++e) {
    const Row input = row_of(model.subject_inputs, subjects[e], model.dim);
    out->push_back(
        {Cause::kSubject, subjects[e], work_inputs.coefficient[e] * dot(input, suggested)});
    sum += out->back().value;
  }
  for (const WeightedFeature& f : features) {
    const bool counts =
        e < work_inputs.index.size() && work_inputs.index[e] == model.n_subjects() + f.feature;
    const Row input = row_of(model.feature_inputs, f.feature, model.dim);
    const double value = counts ? work_inputs.coefficient[e] * dot(input, suggested) : 0;
    out->push_back({Cause::kFeature, f.feature, value});
    sum += value;
    if (counts) ++e;
  }
  if (!vector) return;
  const Row whole(work.data(), static_cast<Eigen::Index>(work.size()));
  out->push_back({Cause::kVector, 0, dot(whole, suggested) - sum});
}

double weight_between(const SparseRows& weights, size_t from, uint32_t to) {
  for (size_t i = weights.offsets[from]; i < weights.offsets[from + 1]; ++i) {
    if (weights.columns[i] == to) return weights.weights[i];
  }
  return 0;
}

void explain_weights(const Model& model, const SubjectRow& subjects,
                     std::span<const WeightedFeature> features, uint32_t subject,
                     std::vector<Contribution>* out) {
  for (size_t i = 0; i < subjects.size(); ++i) {
    const double weight{subjects.weight(i)};
    out->push_back({Cause::kSubject, subjects[i],
                    weight * weight_between(model.weights, subjects[i], subject)});
  }
  for (const WeightedFeature& f : features) {
    const size_t from = model.n_subjects() + f.feature;
    out->push_back(
        {Cause::kFeature, f.feature, f.weight * weight_between(model.weights, from, subject)});
  }
}

/// The shares x of least length that bring C x, with a column for each of the subjects, nearest to
/// `work`: of few subjects by the orthogonal decomposition of C, of many by C C', which is small.
Result<Eigen::VectorXd> projection_shares(const Model& model, const Row& work,
                                          std::span<const uint32_t> subjects, Monitor& monitor) {
  const auto n = static_cast<Eigen::Index>(subjects.size());
  const auto dim = work.size();
  if (subjects.size() <= kFewSubjects) {
    Eigen::MatrixXd carried(dim, n);
    for (Eigen::Index i = 0; i < n; ++i) {
      carried.col(i) =
          row_of(model.subjects, subjects[static_cast<size_t>(i)], model.dim).cast<double>();
    }
    return Eigen::VectorXd(carried.completeOrthogonalDecomposition().solve(work.cast<double>()));
  }
  Poll poll(monitor, static_cast<uint32_t>(1 + (size_t{1} << 19) / (model.dim * model.dim)));
  std::vector<double> gram(model.dim * model.dim, 0.0);
  for (const uint32_t s : subjects) {
    if (poll.stop()) return Status::interrupted();
    const float* v = model.subjects.data() + s * model.dim;
    for (size_t i = 0; i < model.dim; ++i) {
      for (size_t j = 0; j < model.dim; ++j) gram[i * model.dim + j] += double{v[i]} * double{v[j]};
    }
  }
  SUBJREC_ASSIGN(const SymmetricEigen eigen, symmetric_eigen(std::move(gram), model.dim, monitor));
  const double least = 1e-12 * std::max(eigen.values[0], 0.0);
  Eigen::VectorXd solution = Eigen::VectorXd::Zero(dim);  // (C C')^+ work
  for (size_t j = 0; j < model.dim; ++j) {
    if (!(eigen.values[j] > least)) continue;
    const Eigen::Map<const Eigen::VectorXd> axis(eigen.vectors.data() + j * model.dim, dim);
    solution += axis * (axis.dot(work.cast<double>()) / eigen.values[j]);
  }
  Eigen::VectorXd shares(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    if (poll.stop()) return Status::interrupted();
    shares[i] = row_of(model.subjects, subjects[static_cast<size_t>(i)], model.dim)
                    .cast<double>()
                    .dot(solution);
  }
  return shares;
}

Status explain_projection(const Model& model, const Row& work, std::span<const uint32_t> subjects,
                          const Row& suggested, std::vector<Contribution>* out, Monitor& monitor) {
  double explained = 0;
  if (!subjects.empty()) {
    SUBJREC_ASSIGN(const Eigen::VectorXd shares, projection_shares(model, work, subjects, monitor));
    for (size_t i = 0; i < subjects.size(); ++i) {
      const double value = shares[static_cast<Eigen::Index>(i)] *
                           dot(row_of(model.subjects, subjects[i], model.dim), suggested);
      explained += value;
      out->push_back({Cause::kSubject, subjects[i], value});
    }
  }
  out->push_back({Cause::kRest, 0, dot(work, suggested) - explained});
  return {};
}

/// Of an embedding that features are added to: what each of these says of the subject, and then the
/// rest as it is without them.
Status explain_added(const Model& model, std::span<const float> work,
                     std::span<const uint32_t> subjects, std::span<const WeightedFeature> features,
                     const Row& suggested, std::vector<Contribution>* out, Monitor& monitor) {
  double squares = 0;
  for (const WeightedFeature& f : features) squares += double{f.weight} * double{f.weight};
  std::vector<Contribution> parts;
  for (const WeightedFeature& f : features) {
    const double value =
        squares > 0 ? f.weight / std::sqrt(squares) *
                          dot(row_of(model.feature_inputs, f.feature, model.dim), suggested)
                    : 0;
    parts.push_back({Cause::kFeature, f.feature, value});
  }
  const std::vector<float> added = prior_mean(model, features, {});
  std::vector<float> own(work.begin(), work.end());
  for (size_t k = 0; k < own.size(); ++k) own[k] -= added[k];
  SUBJREC_TRY(
      explain_projection(model, row_of(own, 0, model.dim), subjects, suggested, out, monitor));
  out->insert(out->end() - 1, parts.begin(), parts.end());
  return {};
}

/// What the similar works say, `total` in all, each by its similarity.
Status explain_votes(const Blend& blend, const BlendedWork& work, uint32_t subject, float votes,
                     double total, std::vector<Contribution>* out) {
  if (!(votes > 0)) return {};
  NeighborScratch scratch;
  std::vector<Neighbor> nearest;
  blend.neighbors().find(work.subjects, work.features, work.self, &scratch, &nearest);
  SUBJREC_TRY(scratch.status);
  double all = 0;
  for (const Neighbor& n : nearest) {
    if (blend.neighbors().carries(n.work, subject)) all += double{n.similarity};
  }
  for (const Neighbor& n : nearest) {
    if (!blend.neighbors().carries(n.work, subject)) continue;
    out->push_back({Cause::kWork, n.work, total * double{n.similarity} / all});
  }
  return {};
}

Status explain_blend(const Blend& blend, const Model& model, const BlendedWork& work,
                     uint32_t subject, const Row& suggested, std::vector<Contribution>* out) {
  BoostScratch scratch;
  std::vector<Boost> boosts;
  blend.boosts(work, &scratch, &boosts);
  SUBJREC_TRY(scratch.neighbors.status);
  Boost boost;
  for (const Boost& b : boosts) {
    if (b.subject == subject) boost = b;
  }
  if (!model.blend) {
    return explain_votes(blend, work, subject, boost.votes, double{boost.votes}, out);
  }
  const bool cold = work.subjects.empty();
  const BlendCoefficients& c = blend.coefficients(cold);
  explain_composed(model, work.embedding, work.subjects.positions, work.features, suggested, out);
  for (Contribution& part : *out) part.value *= c.scale;
  if (boost.ease > 0) {
    std::vector<Contribution> weights;
    explain_weights(model, work.subjects, work.features, subject, &weights);
    const double total = double{blend.value(cold, {.ease = boost.ease})};
    for (size_t i = 0; i < weights.size(); ++i) {
      (*out)[i].value += total * weights[i].value / double{boost.ease};
    }
  }
  const double by_votes = double{blend.value(cold, {.votes = boost.votes})};
  SUBJREC_TRY(explain_votes(blend, work, subject, boost.votes, by_votes, out));
  if (boost.label > 0) {
    const double total = double{blend.value(
        cold, {.subject = subject, .label = boost.label, .label_weight = boost.label_weight})};
    for (const LabelMatches::Cause& cause : blend.labels()->causes(work.features, subject)) {
      out->push_back({Cause::kLabel, cause.feature, total * double{cause.share}});
    }
  }
  out->push_back({Cause::kBias, 0, double{blend.bias(cold)[subject]}});
  return {};
}

}  // namespace

Result<std::vector<Contribution>> explain(const Model& model, std::span<const float> work,
                                          const SubjectRow& subjects,
                                          std::span<const WeightedFeature> features,
                                          uint32_t subject, Monitor& monitor, const Blend* blend,
                                          uint32_t self) {
  std::vector<Contribution> parts;
  const Row suggested = row_of(model.subjects, subject, model.dim);
  if (model.kind->score == ModelKind::Score::kBias) {
    const double bias = model.subject_bias.empty() ? 0 : double{model.subject_bias[subject]};
    return std::vector<Contribution>{{Cause::kBias, 0, bias}};
  }
  if (model.needs_catalogue() && blend != nullptr) {
    SUBJREC_TRY(
        explain_blend(*blend, model, {work, subjects, features, self}, subject, suggested, &parts));
    return parts;
  }
  if (model.scored_by_weights()) {
    explain_weights(model, subjects, features, subject, &parts);
    return parts;
  }
  const bool composed = !model.subject_inputs.empty();
  if (composed) {
    explain_composed(model, work, subjects.positions, features, suggested, &parts);
  } else if (model.kind->features_are_added && !model.feature_inputs.empty()) {
    SUBJREC_TRY(
        explain_added(model, work, subjects.positions, features, suggested, &parts, monitor));
  } else {
    SUBJREC_TRY(explain_projection(model, {work.data(), static_cast<Eigen::Index>(work.size())},
                                   subjects.positions, suggested, &parts, monitor));
  }
  if (!model.subject_bias.empty()) {
    const Contribution bias{Cause::kBias, 0, double{model.subject_bias[subject]}};
    parts.insert(composed ? parts.end() : parts.end() - 1, bias);
  }
  return parts;
}

}  // namespace subjrec
