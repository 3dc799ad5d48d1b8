// The parameters of composed works, and one step of training on a batch.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/dense/gemm.h"
#include "core/train/competitors.h"
#include "core/train/composed_bag.h"
#include "core/train/composed_kernels.h"
#include "core/train/options.h"

namespace subjrec {

/// Parameters row by row (`stride` floats each, see composed_kernels.h) with Adam's two moments.
struct AdamTable {
  AdamTable(size_t rows, size_t stride_) : stride(stride_), value(rows * stride_, 0.0f) {
    first = second = value;
  }
  size_t stride;
  std::vector<float> value;
  std::vector<float> first;
  std::vector<float> second;
};

/// Examples with their bags (over the inputs), the subject that each hides, and all its subjects.
struct ComposedBatch {
  Terms bags;
  std::vector<uint32_t> hidden;
  std::vector<std::span<const uint32_t>> own;
};

/// score(bag, s) = h . subjects[s] + bias[s] + log_popularity[s], h the bag's sum of inputs. Column
/// `dim` of a subject's row is its bias: h has a one there.
class ComposedNetwork {
 public:
  ComposedNetwork(size_t n_inputs, std::vector<float> log_popularity, const TrainOptions& options);

  /// Draws the initial parameters; inputs that are not `used` stay zero. To be called once.
  Status initialise(const std::function<bool(size_t)>& used, ThreadTeam& team, Monitor& monitor);

  /// One step of Adam on the mean softmax loss of the batch; returns that loss. The work's other
  /// subjects do not compete. Of the many small probabilities in the gradient an unbiased sample
  /// is propagated (options.gradient_samples).
  Result<double> step(const ComposedBatch& batch, const Competitors& competitors, double rate,
                      uint64_t draw, ThreadTeam& team, Monitor& monitor);

  size_t dim() const { return dim_; }
  size_t stride() const { return stride_; }
  size_t n_subjects() const { return log_popularity_.size(); }
  const AdamTable& inputs() const { return inputs_; }
  const AdamTable& subjects() const { return subjects_; }
  AdamTable& inputs() { return inputs_; }
  AdamTable& subjects() { return subjects_; }
  const std::vector<float>& log_popularity() const { return log_popularity_; }

 private:
  struct Scratch {
    std::vector<float> scores;
    std::vector<uint32_t> index;
    std::vector<float> kept;
    std::vector<uint32_t> subject;
  };
  /// Lays out the competitors of one group for the product, and their offsets.
  void pack(const Competitors& competitors, size_t group);
  /// Rows [block * kBlockRows, ...) of the batch: vectors, losses, gradient terms, and the gradient
  /// of the vectors.
  void run_block(const ComposedBatch& batch, const Competitors& competitors, size_t block,
                 uint64_t draw);
  void run_row(const ComposedBatch& batch, const Competitors& competitors, size_t row,
               uint64_t draw, float* scores, Scratch* scratch, Terms* terms);
  RowStep adam_step(double rate) const;
  Status update(const ColumnTerms& terms, const std::vector<float>& rows, const RowStep& step,
                AdamTable* table, ThreadTeam& team, Monitor& monitor);

  size_t dim_;
  size_t stride_;
  TrainOptions options_;
  std::vector<float> log_popularity_;
  AdamTable inputs_;
  AdamTable subjects_;
  int64_t steps_ = 0;
  double power1_ = 1;  // beta1^steps
  double power2_ = 1;

  // Of the current batch.
  std::vector<float> vectors_;
  std::vector<float> vector_gradient_;
  std::vector<double> losses_;
  std::vector<Terms> gradient_terms_;
  std::vector<float> chosen_;  // rows of the competitors, where they are not all
  std::vector<std::optional<PackedMatrix>> packed_;
  std::vector<float> offsets_;
  Transposer subject_terms_;
  Transposer input_terms_;
  std::mutex mutex_;
  std::vector<Scratch> spare_;
};

}  // namespace subjrec
