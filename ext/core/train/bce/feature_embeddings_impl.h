// The bodies of feature_embeddings.h, for the files that make an instance: feature_embeddings.cc,
// in float.
#pragma once

#include <algorithm>
#include <numeric>

#include "core/train/bce/feature_embeddings.h"

namespace subjrec {

template <class T>
FeatureEmbeddings<T>::FeatureEmbeddings(const SparseRows& features,
                                        const PretrainedVectors& vectors, size_t dim,
                                        const AdamSchedule& schedule)
    : features_(features),
      vectors_(vectors),
      dim_(dim),
      scale_(static_cast<T>(vectors.unit_scale())),
      table_(features.empty() ? 0 : features.n_columns, dim, schedule),
      map_(vectors.dim, dim, schedule),
      dimensions_(vectors.dim),
      transposer_(table_.size()),
      place_(table_.size()),
      map_values_(vectors.dim * dim),
      map_gradient_(vectors.dim * dim) {
  std::iota(dimensions_.begin(), dimensions_.end(), 0);
}

template <class T>
void FeatureEmbeddings<T>::gather(std::span<const uint32_t> ids) {
  if (empty()) return;
  ids_ = ids;
  terms_ = feature_terms(features_, ids);
  if (features_.empty()) return;
  by_feature_ = &transposer_.transpose({&terms_, 1}, false);
  const std::vector<uint32_t>& columns = by_feature_->columns;
  for (size_t j = 0; j < columns.size(); ++j) place_[columns[j]] = static_cast<uint32_t>(j);
  values_.resize(columns.size() * dim_);
  gradient_.resize(columns.size() * dim_);
}

template <class T>
void FeatureEmbeddings<T>::catch_up_piece(size_t piece, uint64_t t) {
  const bool features = piece < feature_pieces();
  const std::vector<uint32_t>& ids = features ? by_feature_->columns : dimensions_;
  const size_t begin = (features ? piece : piece - feature_pieces()) * kRows;
  const size_t end = std::min(begin + kRows, ids.size());
  if (features) {
    table_.catch_up(ids.data(), begin, end, t, values_.data(), {dim_, false});
  } else {
    map_.catch_up(ids.data(), begin, end, t, map_values_.data(), {dim_, false});
  }
}

template <class T>
template <class Value>
void FeatureEmbeddings<T>::sum(const Terms& terms, size_t i, uint32_t id, const Value& feature,
                               const T* map, T scale, T* row) const {
  const auto add = [&](T coefficient, const T* values) {
    for (size_t k = 0; k < dim_; ++k) row[k] += coefficient * values[k];
  };
  std::fill_n(row, dim_, T(0));
  for (size_t e = terms.offsets[i]; e < terms.offsets[i + 1]; ++e) {
    add(static_cast<T>(terms.coefficient[e]), feature(terms.index[e]));
  }
  for (size_t d = 0; d < vectors_.dim; ++d) {
    add(scale * static_cast<T>(vectors_.row(id)[d]), map + d * dim_);
  }
}

template <class T>
void FeatureEmbeddings<T>::add_to(size_t begin, size_t end, T* items, DenseLayout layout) const {
  if (empty()) return;
  std::vector<T> row(dim_);
  const auto feature = [&](uint32_t f) { return values_.data() + place_[f] * dim_; };
  for (size_t i = begin; i < end; ++i) {
    sum(terms_, i, ids_[i], feature, map_values_.data(), scale_, row.data());
    T* item = items + layout.at(i);
    for (size_t k = 0; k < dim_; ++k) item[k * layout.stride()] += row[k];
  }
}

template <class T>
void FeatureEmbeddings<T>::update_piece(size_t piece, uint64_t t, const T* gradient,
                                        DenseLayout layout, T scale) {
  const bool features = piece < feature_pieces();
  const std::vector<uint32_t>& ids = features ? by_feature_->columns : dimensions_;
  const size_t begin = (features ? piece : piece - feature_pieces()) * kRows;
  const size_t end = std::min(begin + kRows, ids.size());
  T* sums = features ? gradient_.data() : map_gradient_.data();
  std::fill(sums + begin * dim_, sums + end * dim_, T(0));
  const auto add = [&](size_t to, T coefficient, size_t item) {
    const T* from = gradient + layout.at(item);
    T* sum = sums + to * dim_;
    for (size_t k = 0; k < dim_; ++k) sum[k] += coefficient * from[k * layout.stride()];
  };
  if (features) {
    for (size_t j = begin; j < end; ++j) {
      for (size_t e = by_feature_->offsets[j]; e < by_feature_->offsets[j + 1]; ++e) {
        add(j, static_cast<T>(by_feature_->coefficient[e]), by_feature_->row[e]);
      }
    }
    table_.update(ids.data(), begin, end, t, sums, {dim_, false}, scale);
    return;
  }
  for (size_t i = 0; i < ids_.size(); ++i) {
    for (size_t d = begin; d < end; ++d) {
      add(d, scale_ * static_cast<T>(vectors_.row(ids_[i])[d]), i);
    }
  }
  map_.update(ids.data(), begin, end, t, sums, {dim_, false}, scale);
}

template <class T>
void FeatureEmbeddings<T>::read(uint64_t t, std::vector<T>* features,
                                std::vector<T>* projection) const {
  features->resize(table_.size() * dim_);
  table_.read(0, table_.size(), t, features->data());
  projection->resize(map_.size() * dim_);
  map_.read(0, map_.size(), t, projection->data());
  for (T& x : *projection) x *= scale_;
}

template <class T>
Status FeatureEmbeddings<T>::add_to_all(const std::vector<T>& features,
                                        const std::vector<T>& projection, std::vector<T>* matrix,
                                        ThreadTeam& team, Monitor& monitor) const {
  if (empty()) return {};
  const size_t n = matrix->size() / dim_;
  const auto feature = [&](uint32_t f) { return features.data() + f * dim_; };
  const auto piece = [&](size_t piece_index) {
    std::vector<uint32_t> ids(std::min(kItems, n - piece_index * kItems));
    std::iota(ids.begin(), ids.end(), static_cast<uint32_t>(piece_index * kItems));
    const Terms terms = feature_terms(features_, ids);
    std::vector<T> row(dim_);
    for (size_t i = 0; i < ids.size(); ++i) {
      sum(terms, i, ids[i], feature, projection.data(), T(1), row.data());
      for (size_t k = 0; k < dim_; ++k) (*matrix)[ids[i] * dim_ + k] += row[k];
    }
  };
  return team.run((n + kItems - 1) / kItems, piece, monitor);
}

}  // namespace subjrec
