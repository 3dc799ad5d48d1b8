// What composed works in training say of the pairs that are kept from it.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/model/calibration.h"
#include "core/train/composed/composed_network.h"
#include "core/train/composed/example_source.h"

namespace subjrec {

/// Judges a network as it stands after ComposedNetwork::refresh(). Keeps references to what it is
/// given.
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

  /// The logistic curve of "s is the hidden subject of w" over all s that w does not carry, by the
  /// reserved pairs, or where there are none by some that training has seen.
  Result<Calibration> calibration(Monitor& monitor) const;

 private:
  /// Gives `use` example i's products h . subjects[s] for all s, for i from `first` to below `end`.
  using Use = std::function<void(size_t i, std::span<const float> products)>;
  void products(std::span<const CalibrationPair> examples, const PackedMatrix& subjects,
                size_t first, size_t end, const Use& use) const;
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
