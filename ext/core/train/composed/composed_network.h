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
#include "core/linalg/gemm.h"
#include "core/linalg/sparse_terms.h"
#include "core/train/composed/example_source.h"
#include "core/train/composed/negative_sampler.h"
#include "core/train/composed/projection.h"
#include "core/train/composed/side_embeddings.h"
#include "core/train/optim/sparse_adam.h"
#include "core/train/options.h"

namespace subjrec {

/// Floats of a subject's row of parameters: the embedding and a bias, padded.
size_t composed_stride(size_t dim);
/// Of an input's, which has no bias.
size_t composed_input_stride(size_t dim);

/// Examples: works with their inputs, the subject that each hides, and all its
/// subjects.
struct ComposedBatch {
  EncoderInputs work_inputs;
  std::vector<uint32_t> works;
  std::vector<uint32_t> hidden;
  std::vector<std::span<const uint32_t>> own;
};

/// One side of the network: rows of parameters, and what the rows of subjects share.
class EmbeddingTower {
 public:
  EmbeddingTower(size_t n_rows, const SparseRows& shared_features, const PretrainedVectors& vectors,
                 size_t n_subjects, size_t stride)
      : own_(n_rows, stride), shared_(shared_features, vectors, n_subjects, stride) {}

  Status initialise(const Start& start, const std::function<bool(size_t)>& used, ThreadTeam& team,
                    Monitor& monitor);
  /// Brings these rows of rows() up to date.
  Status refresh(std::span<const uint32_t> which, ThreadTeam& team, Monitor& monitor);
  Status refresh_all(ThreadTeam& team, Monitor& monitor);
  /// Whether rows() are made of parameters that rows have in common, and can be out of date.
  bool is_shared() const { return !shared_.empty(); }
  /// The whole vectors: n_rows x stride.
  const std::vector<float>& rows() const { return shared_.empty() ? own_.value : whole_; }
  const float* row(size_t i) const { return rows().data() + i * own_.stride; }
  Status update(const ColumnTerms& terms, const std::vector<float>& rows, const RowStep& step,
                ThreadTeam& team, Monitor& monitor);

  const SparseAdam& own() const { return own_; }
  SparseAdam& own() { return own_; }
  SideEmbeddings& shared() { return shared_; }

 private:
  SparseAdam own_;
  SideEmbeddings shared_;
  std::vector<float> whole_;
  std::vector<float> gradients_;
};

/// score(work_inputs, s) = h . subjects[s] + bias[s] + log_popularity[s], where h is their sum of
/// inputs and the work's mapped prior vector. Column `dim` of a subject's row is its bias: h has a
/// one there.
class ComposedNetwork {
 public:
  /// Keeps a reference to the prior vectors of `data`; `n_inputs` are its subjects and after them
  /// its features.
  ComposedNetwork(const TrainData& data, size_t n_inputs, std::vector<float> log_popularity,
                  const TrainOptions& options);
  ComposedNetwork(const ComposedNetwork&) = delete;
  ComposedNetwork& operator=(const ComposedNetwork&) = delete;

  /// Draws the initial parameters; inputs that are not `used` stay zero. To be called once.
  Status initialise(const std::function<bool(size_t)>& used, ThreadTeam& team, Monitor& monitor);

  /// One step of Adam on the mean softmax loss of the batch; returns that loss. The work's other
  /// subjects do not compete. Of the many small probabilities in the gradient an unbiased sample
  /// is propagated (options.gradient_samples).
  Result<double> step(const ComposedBatch& batch, const SampledClasses& sampled, double rate,
                      uint64_t draw, ThreadTeam& team, Monitor& monitor);

  /// Makes rows() of both sides, and embed(), speak of the parameters as they stand.
  Status refresh(ThreadTeam& team, Monitor& monitor);
  /// h of row `row` of `work_inputs`, which is that of `work`; `stride` floats.
  void embed(const EncoderInputs& work_inputs, size_t row, uint32_t work, float* h) const;

  /// The next step is the one after `steps`.
  void set_steps(uint64_t steps);
  double regularization() const { return options_.regularization; }
  /// Of the steps to come.
  void set_regularization(double regularization) { options_.regularization = regularization; }
  size_t dim() const { return dim_; }
  size_t stride() const { return stride_; }
  size_t n_subjects() const { return log_popularity_.size(); }
  const EmbeddingTower& inputs() const { return inputs_; }
  const EmbeddingTower& subjects() const { return subjects_; }
  const Projection& work_vectors() const { return work_vectors_; }
  EmbeddingTower& inputs() { return inputs_; }
  EmbeddingTower& subjects() { return subjects_; }
  Projection& work_vectors() { return work_vectors_; }
  const std::vector<float>& log_popularity() const { return log_popularity_; }

 private:
  struct Scratch {
    std::vector<float> scores;
    std::vector<uint32_t> index;
    std::vector<float> kept;
    std::vector<float> gradient;
  };
  Status make_current(const ComposedBatch& batch, const SampledClasses& sampled, ThreadTeam& team,
                      Monitor& monitor);
  /// Lays out the sampled classes of one group for the product, and their offsets.
  void pack(const SampledClasses& sampled, size_t group);
  /// Rows [block * kBlockRows, ...) of the batch: vectors, losses, gradient terms, and the gradient
  /// of the vectors.
  Status run_block(const ComposedBatch& batch, const SampledClasses& sampled, size_t block,
                   uint64_t draw, Monitor& monitor);
  void run_row(const ComposedBatch& batch, const SampledClasses& sampled, size_t row, uint64_t draw,
               float* scores, Scratch* scratch, Terms* terms);
  RowStep adam_step(double rate);
  Status update(const ComposedBatch& batch, const SampledClasses& sampled, double rate,
                ThreadTeam& team, Monitor& monitor);

  size_t dim_;
  size_t stride_;        // of subjects and of vectors
  size_t input_stride_;  // of inputs and of gradients of vectors
  TrainOptions options_;
  std::vector<float> log_popularity_;
  SparseRows subject_features_;  // see shared_features()
  EmbeddingTower inputs_;
  EmbeddingTower subjects_;
  Projection work_vectors_;
  double power1_ = 1;  // beta1^steps
  double power2_ = 1;

  // Of the current batch.
  std::vector<float> vectors_;          // rows x stride
  std::vector<float> vector_gradient_;  // rows x input stride
  std::vector<double> losses_;
  std::vector<Terms> gradient_terms_;
  std::vector<float> chosen_;  // rows of the sampled classes, where they are not all
  std::vector<std::optional<PackedMatrix>> packed_;
  std::vector<float> offsets_;
  Transposer subject_terms_;
  Transposer input_terms_;
  std::mutex mutex_;
  std::vector<Scratch> spare_;
};

}  // namespace subjrec
