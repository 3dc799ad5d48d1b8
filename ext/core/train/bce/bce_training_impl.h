// The bodies of bce_training.h, for the files that make an instance: bce_training.cc, in float.
#pragma once

#include <algorithm>

#include "core/base/random.h"
#include "core/train/bce/bce_block.h"
#include "core/train/bce/bce_training.h"

namespace subjrec {
template <class T>
BceTraining<T>::BceTraining(const Interactions& interactions, const TrainData& side, size_t dim,
                            const AdamOptions& adam, ThreadTeam& team)
    : interactions_(interactions),
      dim_(dim),
      team_(team),
      schedule_(adam),
      works_(interactions.n_works, dim, schedule_),
      subjects_(interactions.n_subjects, dim, schedule_),
      of_works_(side.work_features, side.work_vectors, dim, schedule_),
      of_subjects_(side.subject_features, side.subject_vectors, dim, schedule_),
      builder_(interactions) {
  chunk_ = std::max<size_t>(kChunkValues / dim / kRows * kRows, kRows);
}

template <class T>
Status BceTraining<T>::draw(float stddev, uint64_t seed, Monitor& monitor) {
  const auto fill = [&](LazyDenseAdam<T>& rows, uint64_t stream) {
    return team_.run(
        pieces_of(rows.size(), kDrawn),
        [&](size_t piece) {
          const size_t first = piece * kDrawn;
          const size_t n = std::min(kDrawn, rows.size() - first);
          std::vector<float> drawn(n * dim_);
          fill_normal(drawn, dim_, stddev, seed, stream, first);
          rows.set(first, std::vector<T>(drawn.begin(), drawn.end()));
        },
        monitor);
  };
  SUBJREC_TRY(fill(works_, 1));
  return fill(subjects_, 2);
}

template <class T>
void BceTraining<T>::set(std::span<const T> works, std::span<const T> subjects) {
  works_.set(0, works);
  subjects_.set(0, subjects);
}

template <class T>
Status BceTraining<T>::train(std::span<const uint32_t> works, size_t n_batches,
                             std::vector<double>* losses, Monitor& monitor) {
  const auto cut = [&](size_t b) {
    const size_t begin = batch_begin(works.size(), n_batches, b);
    return works.subspan(begin, batch_begin(works.size(), n_batches, b + 1) - begin);
  };
  builder_.build(cut(0), batch_);
  for (size_t b = 0; b < n_batches; ++b) {
    next_works_ = b + 1 < n_batches ? cut(b + 1) : std::span<const uint32_t>();
    SUBJREC_TRY(take_step(monitor));
    double loss = 0;
    for (const double piece : piece_losses_) loss += piece;
    losses->push_back(loss / static_cast<double>(batch_->cells()));
    std::swap(batch_, next_);
    monitor.progress(static_cast<double>(b + 1), static_cast<double>(n_batches));
  }
  return {};
}

/// Cuts the batch's block and makes room for it.
template <class T>
void BceTraining<T>::plan(const Batch& batch) {
  const size_t n_works = lane_padded(batch.works.size());
  const size_t n_subjects = batch.subjects.size();
  piece_subjects_ = std::max(kPieceSubjects, pieces_of(n_subjects, kMostPieces));
  n_pieces_ = pieces_of(n_subjects, piece_subjects_);
  const size_t widest = std::min(chunk_, n_works);
  work_values_.resize(n_works * dim_);
  std::fill(work_values_.end() - static_cast<ptrdiff_t>(16 * dim_), work_values_.end(), T(0));
  work_gradient_.resize(n_works * dim_);
  subject_values_.resize(n_subjects * dim_);
  subject_gradient_.assign(n_subjects * dim_, T(0));
  partial_gradients_.resize(n_pieces_ * widest * dim_);
  scratch_.resize(n_pieces_ * bce_scratch(widest));
  piece_losses_.assign(n_pieces_, 0);
}

template <class T>
Status BceTraining<T>::take_step(Monitor& monitor) {
  plan(*batch_);
  schedule_.extend(step_);
  SUBJREC_TRY(catch_up(monitor));
  SUBJREC_TRY(block(monitor));
  ++step_;
  return update(monitor);
}

template <class T>
Status BceTraining<T>::catch_up(Monitor& monitor) {
  of_works_.gather(batch_->works);
  of_subjects_.gather(batch_->subjects);
  const size_t rows = row_pieces();
  const auto take = [&](size_t piece) {
    if (piece < rows) return catch_up_piece(piece);
    piece -= rows;
    if (piece < of_works_.pieces()) return of_works_.catch_up_piece(piece, step_);
    of_subjects_.catch_up_piece(piece - of_works_.pieces(), step_);
  };
  SUBJREC_TRY(team_.run(rows + of_works_.pieces() + of_subjects_.pieces(), take, monitor));
  if (of_works_.empty() && of_subjects_.empty()) return {};
  return team_.run(
      rows, [this](size_t i) { add_features_piece(i); }, monitor);
}

template <class T>
Status BceTraining<T>::block(Monitor& monitor) {
  const size_t n_works = batch_->works.size();
  for (first_work_ = 0;; first_work_ += chunk_) {
    SUBJREC_TRY(team_.run(
        n_pieces_ + 1, [this](size_t piece) { block_piece(piece); }, monitor));
    const bool last = first_work_ + chunk_ >= n_works;
    if (last && of_works_.empty()) return {};
    SUBJREC_TRY(team_.run(
        pieces_of(chunk_works(), kRows), [this](size_t piece) { sum_piece(piece); }, monitor));
    if (last) return {};
  }
}

template <class T>
Status BceTraining<T>::update(Monitor& monitor) {
  const size_t rows = row_pieces();
  const T scale = static_cast<T>(1.0 / static_cast<double>(batch_->cells()));
  const auto take = [&](size_t piece) {
    if (piece < rows) return update_piece(piece);
    piece -= rows;
    if (piece < of_works_.pieces()) {
      return of_works_.update_piece(piece, step_, work_gradient_.data(), {dim_, true}, scale);
    }
    of_subjects_.update_piece(piece - of_works_.pieces(), step_, subject_gradient_.data(),
                              {dim_, false}, scale);
  };
  return team_.run(rows + of_works_.pieces() + of_subjects_.pieces(), take, monitor);
}

template <class T>
void BceTraining<T>::catch_up_piece(size_t piece) {
  const bool works = piece < work_pieces();
  const std::vector<uint32_t>& ids = works ? batch_->works : batch_->subjects;
  const size_t begin = (works ? piece : piece - work_pieces()) * kRows;
  const size_t end = std::min(begin + kRows, ids.size());
  if (works) {
    works_.catch_up(ids.data(), begin, end, step_, work_values_.data(), {dim_, true});
  } else {
    subjects_.catch_up(ids.data(), begin, end, step_, subject_values_.data(), {dim_, false});
  }
}

template <class T>
void BceTraining<T>::add_features_piece(size_t piece) {
  const bool works = piece < work_pieces();
  const size_t begin = (works ? piece : piece - work_pieces()) * kRows;
  if (works) {
    of_works_.add_to(begin, std::min(begin + kRows, batch_->works.size()), work_values_.data(),
                     {dim_, true});
  } else {
    of_subjects_.add_to(begin, std::min(begin + kRows, batch_->subjects.size()),
                        subject_values_.data(), {dim_, false});
  }
}

/// The first piece, which is the longest, prepares the next batch.
template <class T>
void BceTraining<T>::block_piece(size_t piece) {
  if (piece == 0) {
    if (first_work_ == 0 && !next_works_.empty()) builder_.build(next_works_, next_);
    return;
  }
  --piece;
  const size_t n_works = chunk_works();
  const size_t values = lane_padded(n_works) * dim_;
  const size_t begin = piece * piece_subjects_;
  piece_losses_[piece] += bce_block(BceBlock<T>{
      .dim = dim_,
      .works = work_values_.data() + first_work_ * dim_,
      .n_works = n_works,
      .subjects = subject_values_.data() + begin * dim_,
      .n_subjects = std::min(piece_subjects_, batch_->subjects.size() - begin),
      .offsets = batch_->offsets.data() + begin,
      .positives = batch_->positives.data(),
      .first_work = first_work_,
      .scratch = scratch_.data() + piece * bce_scratch(n_works),
      .work_gradient = partial_gradients_.data() + piece * values,
      .subject_gradient = subject_gradient_.data() + begin * dim_,
      .weights = batch_->weights.empty() ? nullptr : batch_->weights.data(),
  });
}

/// Adds up the pieces' gradients of kRows of the chunk's works, in the order of the pieces.
template <class T>
void BceTraining<T>::sum_piece(size_t piece) {
  const size_t padded = lane_padded(chunk_works());
  const size_t begin = piece * kRows * dim_;
  const size_t n = std::min(padded * dim_ - begin, kRows * dim_);
  const T* part = partial_gradients_.data() + begin;
  T* sum = work_gradient_.data() + first_work_ * dim_ + begin;
  std::copy_n(part, n, sum);
  for (size_t p = 1; p < n_pieces_; ++p) {
    part += padded * dim_;
    for (size_t i = 0; i < n; ++i) sum[i] += part[i];
  }
}

/// The last chunk's gradients are added up here where features do not ask for them as well: one
/// round less.
template <class T>
void BceTraining<T>::update_piece(size_t piece) {
  const bool works = piece < work_pieces();
  const std::vector<uint32_t>& ids = works ? batch_->works : batch_->subjects;
  const size_t begin = (works ? piece : piece - work_pieces()) * kRows;
  const size_t end = std::min(begin + kRows, ids.size());
  const T scale = static_cast<T>(1.0 / static_cast<double>(batch_->cells()));
  if (works) {
    if (begin >= first_work_ && of_works_.empty()) sum_piece((begin - first_work_) / kRows);
    works_.update(ids.data(), begin, end, step_, work_gradient_.data(), {dim_, true}, scale);
  } else {
    subjects_.update(ids.data(), begin, end, step_, subject_gradient_.data(), {dim_, false}, scale);
  }
}

template <class T>
Status BceTraining<T>::read(const LazyDenseAdam<T>& own, const FeatureEmbeddings<T>& shared,
                            std::vector<T>* out, Monitor& monitor) const {
  out->resize(own.size() * dim_);
  SUBJREC_TRY(team_.run(
      pieces_of(own.size(), kDrawn),
      [&](size_t piece) {
        const size_t first = piece * kDrawn;
        own.read(first, std::min(first + kDrawn, own.size()), step_, out->data() + first * dim_);
      },
      monitor));
  if (shared.empty()) return {};
  std::vector<T> features;
  std::vector<T> projection;
  shared.read(step_, &features, &projection);
  return shared.add_to_all(features, projection, out, team_, monitor);
}

template <class T>
Status BceTraining<T>::embeddings(std::vector<T>* works, std::vector<T>* subjects,
                                  Monitor& monitor) const {
  SUBJREC_TRY(read(works_, of_works_, works, monitor));
  return read(subjects_, of_subjects_, subjects, monitor);
}

template <class T>
void BceTraining<T>::work_features(std::vector<T>* features, std::vector<T>* projection) const {
  of_works_.read(step_, features, projection);
}

}  // namespace subjrec
