#include "core/train/composed/calibration_evaluator.h"

#include <algorithm>

#include "core/train/composed/composed_kernels.h"

namespace subjrec {
namespace {

constexpr size_t kCalibrationWorks = 1024;
constexpr size_t kExamplesPerPiece = 16;
constexpr size_t kMostProducts = size_t{1} << 26;  // that overconfidence is measured by
constexpr float kNever = -1e30f;

/// `most` of them, or all, spread over their order.
void keep_some(size_t most, std::vector<CalibrationPair>* examples) {
  const size_t n = examples->size();
  const size_t kept = std::min(n, most);
  for (size_t i = 0; i < kept; ++i) (*examples)[i] = (*examples)[i * n / kept];
  examples->resize(kept);
}

}  // namespace

PackedMatrix CalibrationEvaluator::packed_subjects() const {
  return PackedMatrix(MatrixView{network_.subjects().rows().data(), network_.n_subjects(),
                                 network_.dim(), network_.stride(), 1}
                          .transposed());
}

std::vector<float> CalibrationEvaluator::biases() const {
  std::vector<float> biases = network_.log_popularity();
  for (size_t s = 0; s < biases.size(); ++s)
    biases[s] += network_.subjects().row(s)[network_.dim()];
  return biases;
}

/// Several at a time, so that the subjects are read once for all of them.
void CalibrationEvaluator::products(const AppendInputs& append_inputs, const PackedMatrix& subjects,
                                    size_t first, size_t end, const Use& use) const {
  const size_t n = network_.n_subjects();
  const size_t stride = network_.stride();
  std::vector<float> vectors(kExamplesPerPiece * stride);
  std::vector<float> products;
  for (size_t begin = first; begin < end; begin += kExamplesPerPiece) {
    const size_t count = std::min(kExamplesPerPiece, end - begin);
    for (size_t i = 0; i < count; ++i) {
      EncoderInputs work_inputs;
      const uint32_t work = append_inputs(begin + i, &work_inputs);
      network_.embed(work_inputs, 0, work, vectors.data() + i * stride);
    }
    products.assign(count * n, 0.0f);
    const MatrixView rows{vectors.data(), count, network_.dim(), stride, 1};
    multiply_add(1, rows, subjects, products.data(), n);
    for (size_t i = 0; i < count; ++i) use(begin + i, std::span(products).subspan(i * n, n));
  }
}

CalibrationEvaluator::AppendInputs CalibrationEvaluator::inputs_without_hidden(
    const std::vector<CalibrationPair>& examples) const {
  return [this, &examples](size_t i, EncoderInputs* work_inputs) {
    examples_.inputs_without(examples[i].work, examples[i].subject, work_inputs);
    return examples[i].work;
  };
}

/// The derivative of the softmax loss by the products' scale: the mean product of the sampled
/// classes, each as probable as it is said to be, less that of the hidden subject.
double CalibrationEvaluator::overconfidence_of(const CalibrationPair& example,
                                               std::span<const float> products,
                                               std::span<const float> biases) const {
  const size_t n = products.size();
  std::vector<float> shares((n + 15) / 16 * 16, kNever);
  for (size_t s = 0; s < n; ++s) shares[s] = products[s] + biases[s];
  for (const uint32_t s : data_.interactions.row(example.work)) {
    if (s != example.subject) shares[s] = kNever;
  }
  float maximum = 0;
  float sum = 0;
  exponentiate(shares.data(), shares.size(), &maximum, &sum);
  double mean = 0;
  for (size_t s = 0; s < n; ++s) mean += double{shares[s]} * products[s];
  return mean / sum - products[example.subject];
}

Result<double> CalibrationEvaluator::overconfidence(Monitor& monitor) const {
  std::vector<CalibrationPair> examples = examples_.calibration_pairs();
  if (examples.empty()) return 0.0;
  keep_some(kMostProducts / network_.n_subjects() + 1, &examples);
  const PackedMatrix subjects = packed_subjects();
  const std::vector<float> bias = biases();
  std::vector<double> each(examples.size());
  SUBJREC_TRY(team_.run((examples.size() + kExamplesPerPiece - 1) / kExamplesPerPiece,
                        [&](size_t piece) {
                          const size_t first = piece * kExamplesPerPiece;
                          const size_t end = std::min(first + kExamplesPerPiece, examples.size());
                          products(inputs_without_hidden(examples), subjects, first, end,
                                   [&](size_t i, std::span<const float> p) {
                                     each[i] = overconfidence_of(examples[i], p, bias);
                                   });
                        },
                        monitor));
  double sum = 0;
  for (const double value : each) sum += value;
  return sum / static_cast<double>(examples.size());
}

std::vector<CalibrationPair> CalibrationEvaluator::calibration_examples() const {
  std::vector<CalibrationPair> examples = examples_.calibration_pairs();
  if (!examples.empty()) return examples;
  EncoderInputs unused;
  for (const uint32_t w : examples_.works()) {
    if (examples.size() < kCalibrationWorks) examples.push_back({w, examples_.draw(w, 0, &unused)});
  }
  return examples;
}

Result<Calibration> CalibrationEvaluator::calibration(Monitor& monitor) const {
  const std::vector<CalibrationPair> examples = calibration_examples();
  const PackedMatrix subjects = packed_subjects();
  const std::vector<float> bias = biases();
  const auto add = [&](size_t first, size_t end, CalibrationBins* bins, Monitor&) -> Status {
    const AppendInputs append_inputs = inputs_without_hidden(examples);
    products(append_inputs, subjects, first, end, [&](size_t i, std::span<const float> p) {
      std::vector<float> scores(p.begin(), p.end());
      for (size_t s = 0; s < scores.size(); ++s) scores[s] += bias[s];
      add_outcomes(data_.interactions.row(examples[i].work), examples[i].subject, scores, bins);
    });
    return {};
  };
  SUBJREC_ASSIGN(const CalibrationBins bins,
                 collect_bins(examples.size(), network_.n_subjects(), add, team_, monitor));
  return bins.fit();
}

Result<std::optional<ProbabilityCurve>> CalibrationEvaluator::cold_curve(Monitor& monitor) const {
  const std::vector<uint32_t>& works = examples_.cold_works();
  if (works.size() < CalibrationSet::kLeastColdWorks) return std::optional<ProbabilityCurve>();
  const PackedMatrix subjects = packed_subjects();
  const std::vector<float> bias = biases();
  const AppendInputs append_inputs = [&](size_t i, EncoderInputs* work_inputs) {
    examples_.bare_inputs(works[i], work_inputs);
    return works[i];
  };
  const auto add = [&](size_t first, size_t end, CalibrationBins* bins, Monitor&) -> Status {
    products(append_inputs, subjects, first, end, [&](size_t i, std::span<const float> p) {
      std::vector<float> scores(p.begin(), p.end());
      for (size_t s = 0; s < scores.size(); ++s) scores[s] += bias[s];
      add_outcomes(data_.interactions.row(works[i]), kAllHidden, scores, bins);
    });
    return {};
  };
  SUBJREC_ASSIGN(const CalibrationBins bins,
                 collect_bins(works.size(), network_.n_subjects(), add, team_, monitor));
  return std::optional<ProbabilityCurve>(bins.fit().curve);
}

}  // namespace subjrec
