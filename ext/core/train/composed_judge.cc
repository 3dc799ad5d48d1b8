#include "core/train/composed_judge.h"

#include <algorithm>
#include <limits>

#include "core/base/elementary.h"

namespace subjrec {
namespace {

constexpr size_t kCalibrationWorks = 1024;
constexpr size_t kExamplesPerPiece = 16;

}  // namespace

PackedMatrix ComposedJudge::packed_subjects() const {
  return PackedMatrix(MatrixView{network_.subjects().rows().data(), network_.n_subjects(),
                                 network_.dim(), network_.stride(), 1}
                          .transposed());
}

std::vector<float> ComposedJudge::biases() const {
  std::vector<float> biases = network_.log_popularity();
  for (size_t s = 0; s < biases.size(); ++s)
    biases[s] += network_.subjects().row(s)[network_.dim()];
  return biases;
}

void ComposedJudge::products(std::span<const ReservedPair> examples, const PackedMatrix& subjects,
                             size_t first, size_t end, const Use& use) const {
  const size_t n = network_.n_subjects();
  std::vector<float> vector(network_.stride());
  std::vector<float> products(n);
  for (size_t i = first; i < end; ++i) {
    Bags bag;
    examples_.bag_without(examples[i].work, examples[i].subject, &bag);
    network_.embed(bag, 0, examples[i].work, vector.data());
    std::fill(products.begin(), products.end(), 0.0f);
    multiply_add(1, row_major(vector.data(), 1, network_.dim()), subjects, products.data(), n);
    use(i, products);
  }
}

/// The derivative of the softmax loss by the products' scale: the mean product of the competitors,
/// each as probable as it is said to be, less that of the hidden subject.
double ComposedJudge::overconfidence_of(const ReservedPair& example,
                                        std::span<const float> products,
                                        std::span<const float> biases) const {
  const std::span<const uint32_t> own = data_.interactions.row(example.work);
  std::vector<double> scores(products.size());
  double maximum = -std::numeric_limits<double>::infinity();
  auto next = own.begin();
  for (size_t s = 0; s < scores.size(); ++s) {
    const bool carried = next != own.end() && *next == s;
    if (carried) ++next;
    const bool competes = !carried || s == example.subject;
    scores[s] =
        competes ? double{products[s]} + biases[s] : -std::numeric_limits<double>::infinity();
    maximum = std::max(maximum, scores[s]);
  }
  double sum = 0;
  double mean = 0;
  for (size_t s = 0; s < scores.size(); ++s) {
    if (scores[s] - maximum < -40) continue;
    const double share = portable_exp(scores[s] - maximum);
    sum += share;
    mean += share * products[s];
  }
  return mean / sum - products[example.subject];
}

Result<double> ComposedJudge::overconfidence(Monitor& monitor) const {
  const std::vector<ReservedPair>& examples = examples_.reserved();
  if (examples.empty()) return 0.0;
  const PackedMatrix subjects = packed_subjects();
  const std::vector<float> bias = biases();
  std::vector<double> each(examples.size());
  SUBJREC_TRY(team_.run((examples.size() + kExamplesPerPiece - 1) / kExamplesPerPiece,
                        [&](size_t piece) {
                          const size_t first = piece * kExamplesPerPiece;
                          const size_t end = std::min(first + kExamplesPerPiece, examples.size());
                          products(examples, subjects, first, end,
                                   [&](size_t i, std::span<const float> p) {
                                     each[i] = overconfidence_of(examples[i], p, bias);
                                   });
                        },
                        monitor));
  double sum = 0;
  for (const double value : each) sum += value;
  return sum / static_cast<double>(examples.size());
}

std::vector<ReservedPair> ComposedJudge::calibration_examples() const {
  std::vector<ReservedPair> examples = examples_.reserved();
  if (!examples.empty()) return examples;
  Bags unused;
  for (const uint32_t w : examples_.works()) {
    if (examples.size() < kCalibrationWorks) examples.push_back({w, examples_.draw(w, 0, &unused)});
  }
  return examples;
}

Result<Calibration> ComposedJudge::calibration(Monitor& monitor) const {
  const std::vector<ReservedPair> examples = calibration_examples();
  const PackedMatrix subjects = packed_subjects();
  const std::vector<float> bias = biases();
  const auto add = [&](size_t first, size_t end, CalibrationBins* bins) {
    products(examples, subjects, first, end, [&](size_t i, std::span<const float> p) {
      const std::span<const uint32_t> own = data_.interactions.row(examples[i].work);
      auto next = own.begin();
      for (size_t s = 0; s < p.size(); ++s) {
        const bool carried = next != own.end() && *next == s;
        if (carried) ++next;
        const bool hidden = s == examples[i].subject;
        if (!carried || hidden) bins->add(p[s] + bias[s], hidden);
      }
    });
  };
  SUBJREC_ASSIGN(const CalibrationBins bins,
                 collect_bins(examples.size(), network_.n_subjects(), add, team_, monitor));
  return bins.fit();
}

}  // namespace subjrec
