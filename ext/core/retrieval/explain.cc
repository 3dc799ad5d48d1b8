#include "core/retrieval/explain.h"

#include <Eigen/Dense>
#include <algorithm>

#include "core/model/composed_encoder.h"

namespace subjrec {
namespace {

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
  const EncoderInputs bag = encoder_inputs(model, subjects, features, vector);
  double sum = 0;
  size_t e = 0;  // of the bag: its subjects, and those of the features that count
  for (; e < subjects.size(); ++e) {
    const Row input = row_of(model.subject_inputs, subjects[e], model.dim);
    out->push_back({Cause::kSubject, subjects[e], bag.coefficient[e] * dot(input, suggested)});
    sum += out->back().value;
  }
  for (const WeightedFeature& f : features) {
    const bool counts = e < bag.index.size() && bag.index[e] == model.n_subjects() + f.feature;
    const Row input = row_of(model.feature_inputs, f.feature, model.dim);
    const double value = counts ? bag.coefficient[e] * dot(input, suggested) : 0;
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

void explain_weights(const Model& model, std::span<const uint32_t> subjects,
                     std::span<const WeightedFeature> features, uint32_t subject,
                     std::vector<Contribution>* out) {
  for (const uint32_t s : subjects) {
    out->push_back({Cause::kSubject, s, weight_between(model.weights, s, subject)});
  }
  for (const WeightedFeature& f : features) {
    const size_t from = model.n_subjects() + f.feature;
    out->push_back(
        {Cause::kFeature, f.feature, f.weight * weight_between(model.weights, from, subject)});
  }
}

void explain_projection(const Model& model, const Row& work, std::span<const uint32_t> subjects,
                        const Row& suggested, std::vector<Contribution>* out) {
  double explained = 0;
  if (!subjects.empty()) {
    Eigen::MatrixXd carried(work.size(), static_cast<Eigen::Index>(subjects.size()));
    for (size_t i = 0; i < subjects.size(); ++i) {
      carried.col(static_cast<Eigen::Index>(i)) =
          row_of(model.subjects, subjects[i], model.dim).cast<double>();
    }
    const Eigen::VectorXd share =
        carried.completeOrthogonalDecomposition().solve(work.cast<double>());
    for (size_t i = 0; i < subjects.size(); ++i) {
      const auto at = static_cast<Eigen::Index>(i);
      const double value = share[at] * carried.col(at).dot(suggested.cast<double>());
      explained += value;
      out->push_back({Cause::kSubject, subjects[i], value});
    }
  }
  out->push_back({Cause::kRest, 0, dot(work, suggested) - explained});
}

/// What the similar works say, `total` in all, each by its similarity.
void explain_votes(const Blend& blend, const BlendedWork& work, uint32_t subject, float votes,
                   double total, std::vector<Contribution>* out) {
  if (!(votes > 0)) return;
  NeighborScratch scratch;
  std::vector<Neighbor> nearest;
  blend.neighbors().find(work.subjects, work.features, work.self, &scratch, &nearest);
  double all = 0;
  for (const Neighbor& n : nearest) {
    if (blend.neighbors().carries(n.work, subject)) all += double{n.similarity};
  }
  for (const Neighbor& n : nearest) {
    if (!blend.neighbors().carries(n.work, subject)) continue;
    out->push_back({Cause::kWork, n.work, total * double{n.similarity} / all});
  }
}

void explain_blend(const Blend& blend, const Model& model, const BlendedWork& work,
                   uint32_t subject, const Row& suggested, std::vector<Contribution>* out) {
  BoostScratch scratch;
  std::vector<Boost> boosts;
  blend.boosts(work, &scratch, &boosts);
  Boost boost;
  for (const Boost& b : boosts) {
    if (b.subject == subject) boost = b;
  }
  if (!model.blend) {
    return explain_votes(blend, work, subject, boost.votes, double{boost.votes}, out);
  }
  const bool cold = work.subjects.empty();
  const BlendCoefficients& c = blend.coefficients(cold);
  explain_composed(model, work.embedding, work.subjects, work.features, suggested, out);
  for (Contribution& part : *out) part.value *= c.scale;
  if (boost.ease > 0) {
    std::vector<Contribution> weights;
    explain_weights(model, work.subjects, work.features, subject, &weights);
    const double total = double{blend.boost(cold, boost.ease, 0)};
    for (size_t i = 0; i < weights.size(); ++i) {
      (*out)[i].value += total * weights[i].value / double{boost.ease};
    }
  }
  const double by_votes = double{blend.boost(cold, 0, boost.votes)};
  explain_votes(blend, work, subject, boost.votes, by_votes, out);
  out->push_back({Cause::kBias, 0, double{blend.bias(cold)[subject]}});
}

}  // namespace

std::vector<Contribution> explain(const Model& model, std::span<const float> work,
                                  std::span<const uint32_t> subjects,
                                  std::span<const WeightedFeature> features, uint32_t subject,
                                  const Blend* blend, uint32_t self) {
  std::vector<Contribution> parts;
  const Row suggested = row_of(model.subjects, subject, model.dim);
  if (model.kind->score == ModelKind::Score::kBias) {
    return {
        {Cause::kBias, 0, model.subject_bias.empty() ? 0 : double{model.subject_bias[subject]}}};
  }
  if (model.needs_catalogue() && blend != nullptr) {
    explain_blend(*blend, model, {work, subjects, features, self}, subject, suggested, &parts);
    return parts;
  }
  if (model.scored_by_weights()) {
    explain_weights(model, subjects, features, subject, &parts);
    return parts;
  }
  const bool composed = !model.subject_inputs.empty();
  if (composed) {
    explain_composed(model, work, subjects, features, suggested, &parts);
  } else {
    explain_projection(model, {work.data(), static_cast<Eigen::Index>(work.size())}, subjects,
                       suggested, &parts);
  }
  if (!model.subject_bias.empty()) {
    const Contribution bias{Cause::kBias, 0, double{model.subject_bias[subject]}};
    parts.insert(composed ? parts.end() : parts.end() - 1, bias);
  }
  return parts;
}

}  // namespace subjrec
