// What composed works in training say of the pairs that are kept from it.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/model/calibration.h"
#include "core/train/composed/composed_network.h"
#include "core/train/composed/example_source.h"

namespace subjrec {

/// Evaluates a network as it stands after ComposedNetwork::refresh(). Keeps references to what it
/// is given.
class CalibrationEvaluator {
 public:
  CalibrationEvaluator(const TrainData& data, const ExampleSource& examples,
                       const ComposedNetwork& network, ThreadTeam& team)
      : data_(data), examples_(examples), network_(network), team_(team) {}

  /// How much too sure of itself the network is: by how much the mean softmax loss of the reserved
  /// pairs falls, in nats, for each part by which the products h . subjects[s] are scaled down; 0
  /// where there are no such pairs. Near 0 the scores are as large as they should be; above it they
  /// have been learned by heart. (The derivative behind temperature scaling: Guo et al. 2017, "On
  /// Calibration of Modern Neural Networks"; here along the direction in which weight decay goes.)
  Result<double> overconfidence(Monitor& monitor) const;

  /// From scores to the chance of "s is the hidden subject of w", over all s that w does not carry,
  /// by the reserved pairs, or where there are none by some that training has seen.
  Result<Calibration> calibration(Monitor& monitor) const;

  /// The same of "s is a subject of w" for works of which no subject is known, by the reserved
  /// works; nothing where there are fewer than 16.
  Result<std::optional<ProbabilityCurve>> cold_curve(Monitor& monitor) const;

 private:
  /// Gives `use` example i's products h . subjects[s] for all s, for i from `first` to below `end`.
  using Use = std::function<void(size_t i, std::span<const float> products)>;
  /// Appends the inputs of example i, and returns its work.
  using AppendInputs = std::function<uint32_t(size_t i, EncoderInputs* work_inputs)>;
  void products(const AppendInputs& append_inputs, const PackedMatrix& subjects, size_t first,
                size_t end, const Use& use) const;
  AppendInputs inputs_without_hidden(const std::vector<CalibrationPair>& examples) const;
  PackedMatrix packed_subjects() const;
  std::vector<float> biases() const;
  std::vector<CalibrationPair> calibration_examples() const;
  double overconfidence_of(const CalibrationPair& example, std::span<const float> products,
                           std::span<const float> biases) const;

  const TrainData& data_;
  const ExampleSource& examples_;
  const ComposedNetwork& network_;
  ThreadTeam& team_;
};

}  // namespace subjrec
