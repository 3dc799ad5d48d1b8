// The notebook's training: batches of works, binary cross-entropy over each batch's block, and one
// step of dense Adam a batch. What is known of works and subjects besides is trained in the same
// steps (feature_embeddings.h).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/aligned.h"
#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/data/interactions.h"
#include "core/model/train_data.h"
#include "core/train/bce/batch.h"
#include "core/train/bce/feature_embeddings.h"
#include "core/train/optim/adam.h"
#include "core/train/optim/dense_adam.h"

namespace subjrec {

/// T is float, or double for checking against reference values. The same bytes for any number of
/// threads; the cost of a step depends on the batch alone.
template <class T>
class BceTraining {
 public:
  /// All embeddings are zeros; references must outlive this. Of `side` features and vectors are
  /// read, and not its interactions.
  BceTraining(const Interactions& interactions, const TrainData& side, size_t dim,
              const AdamOptions& adam, ThreadTeam& team);

  /// Embeddings, each before its features are added, drawn from N(0, stddev^2).
  Status draw(float stddev, uint64_t seed, Monitor& monitor);
  /// Given ones, row-major.
  void set(std::span<const T> works, std::span<const T> subjects);

  /// One step for each of n_batches nearly equal cuts of `works` (distinct, in the order of
  /// training); appends each batch's mean loss, as it was before the step.
  Status train(std::span<const uint32_t> works, size_t n_batches, std::vector<double>* losses,
               Monitor& monitor);

  /// The embeddings after the steps so far, row-major, with what features add. Changes nothing.
  Status embeddings(std::vector<T>* works, std::vector<T>* subjects, Monitor& monitor) const;
  /// FeatureEmbeddings::read() of works.
  void work_features(std::vector<T>* features, std::vector<T>* projection) const;

  uint64_t steps() const { return step_; }

 private:
  static constexpr size_t kRows = 128;           // in a piece of catching up and updating
  static constexpr size_t kChunkValues = 16384;  // of a chunk's works: half a first-level cache
  static constexpr size_t kPieceSubjects = 64;
  static constexpr size_t kMostPieces = 64;
  static constexpr size_t kDrawn = 4096;  // rows in a piece of drawing or reading
  static size_t pieces_of(size_t n, size_t size) { return (n + size - 1) / size; }

  Status take_step(Monitor& monitor);
  void plan(const Batch& batch);
  Status catch_up(Monitor& monitor);
  Status block(Monitor& monitor);
  Status update(Monitor& monitor);
  /// The embeddings of one side after the steps so far.
  Status read(const LazyDenseAdam<T>& own, const FeatureEmbeddings<T>& shared, std::vector<T>* out,
              Monitor& monitor) const;
  size_t work_pieces() const { return pieces_of(batch_->works.size(), kRows); }
  size_t row_pieces() const { return work_pieces() + pieces_of(batch_->subjects.size(), kRows); }
  size_t chunk_works() const { return std::min(chunk_, batch_->works.size() - first_work_); }
  void catch_up_piece(size_t piece);
  void add_features_piece(size_t piece);
  void block_piece(size_t piece);
  void sum_piece(size_t piece);
  void update_piece(size_t piece);

  const Interactions& interactions_;
  size_t dim_;
  ThreadTeam& team_;
  AdamSchedule schedule_;
  LazyDenseAdam<T> works_;
  LazyDenseAdam<T> subjects_;
  FeatureEmbeddings<T> of_works_;
  FeatureEmbeddings<T> of_subjects_;
  BatchBuilder builder_;
  Batch batches_[2];  // the one in training and the next
  Batch* batch_ = &batches_[0];
  Batch* next_ = &batches_[1];
  std::span<const uint32_t> next_works_;
  uint64_t step_ = 0;

  // A batch's works are taken chunk by chunk; a chunk's subjects are cut into the pieces that
  // threads share.
  size_t chunk_ = 0;       // works in a chunk, whole pieces of rows
  size_t first_work_ = 0;  // of the chunk in hand
  size_t n_pieces_ = 0;
  size_t piece_subjects_ = 0;
  AlignedVector<T> work_values_;        // the batch's works, in lanes
  AlignedVector<T> subject_values_;     // its subjects, row-major
  AlignedVector<T> subject_gradient_;   // row-major
  AlignedVector<T> work_gradient_;      // the batch's works, in lanes
  AlignedVector<T> partial_gradients_;  // n_pieces x the chunk's works, in lanes
  AlignedVector<T> scratch_;            // n_pieces x residuals of a tile
  std::vector<double> piece_losses_;
};

extern template class BceTraining<float>;

}  // namespace subjrec
