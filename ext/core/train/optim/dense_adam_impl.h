// The bodies of dense_adam.h, for the files that make an instance: dense_adam.cc, in float.
#pragma once

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "core/train/optim/adam_kernels.h"
#include "core/train/optim/dense_adam.h"

namespace subjrec {
template <class T>
LazyDenseAdam<T>::LazyDenseAdam(size_t n, size_t dim, const AdamSchedule& schedule)
    : schedule_(schedule), dim_(dim), stride_(padded(3 * dim)), rows_(n * stride_), last_(n) {}

template <class T>
void LazyDenseAdam<T>::set(size_t first, std::span<const T> values) {
  const size_t n = values.size() / dim_;
  for (size_t i = 0; i < n; ++i) {
    T* r = row(first + i);
    std::copy_n(values.data() + i * dim_, dim_, r);
    std::fill(r + dim_, r + 3 * dim_, T(0));
    last_[first + i] = 0;
  }
}

template <class T>
void LazyDenseAdam<T>::walk(T* row, uint64_t from, uint64_t to) const {
  const AdamOptions& o = schedule_.options();
  T* m = row + dim_;
  T* v = m + dim_;
  const uint64_t end = to - from > schedule_.longest_walk() ? from + schedule_.longest_walk() : to;
  for (uint64_t t = from + 1; t <= end; ++t) {
    const AdamStep step = schedule_.step(t);
    for (size_t e = 0; e < dim_; ++e) {
      m[e] *= static_cast<T>(o.beta1);
      v[e] *= static_cast<T>(o.beta2);
      row[e] -= static_cast<T>(step.rate) * m[e] /
                (static_cast<T>(step.root) * std::sqrt(v[e]) + static_cast<T>(o.epsilon));
    }
  }
  if (end == to) return;
  const T first = static_cast<T>(power(o.beta1, to - end));
  const T second = static_cast<T>(power(o.beta2, to - end));
  for (size_t e = 0; e < dim_; ++e) {
    m[e] *= first;
    v[e] *= second;
  }
}

/// Rows that no step has touched (from 0) have no moments, and stay.
template <class T>
void LazyDenseAdam<T>::catch_up_rows(T* const* rows, const uint64_t* from, size_t n,
                                     uint64_t t) const {
  if constexpr (std::is_same_v<T, float>) {
    if (schedule_.expands()) {
      T* behind[kGroup];
      uint64_t since[kGroup];
      AdamSkip skips[kGroup];
      size_t left[kGroup];
      size_t m = 0;
      for (size_t i = 0; i < n; ++i) {
        if (from[i] == 0 || from[i] == t) continue;
        behind[m] = rows[i];
        since[m] = from[i];
        skips[m++] = schedule_.skip(from[i], t);
      }
      const size_t n_left =
          adam_skip_rows(behind, skips, m, dim_, schedule_.options().epsilon, left);
      for (size_t i = 0; i < n_left; ++i) walk(behind[left[i]], since[left[i]], t);
      return;
    }
  }
  for (size_t i = 0; i < n; ++i) {
    if (from[i] != 0) walk(rows[i], from[i], t);
  }
}

/// Points at rows, which are anywhere in memory, and asks for all of them.
template <class T>
void LazyDenseAdam<T>::fetch(const uint32_t* ids, size_t n, T** rows) {
  constexpr size_t kLine = 64 / sizeof(T);
  for (size_t i = 0; i < n; ++i) {
    rows[i] = row(ids[i]);
    for (size_t at = 0; at < 3 * dim_; at += kLine) __builtin_prefetch(rows[i] + at, 1);
  }
}

template <class T>
void LazyDenseAdam<T>::catch_up(const uint32_t* ids, size_t begin, size_t end, uint64_t t, T* out,
                                DenseLayout layout) {
  T* rows[kGroup];
  uint64_t from[kGroup];
  const size_t stride = layout.stride();
  for (size_t group = begin; group < end; group += kGroup) {
    const size_t n = std::min(kGroup, end - group);
    fetch(ids + group, n, rows);
    for (size_t i = 0; i < n; ++i) {
      from[i] = last_[ids[group + i]];
      last_[ids[group + i]] = static_cast<uint32_t>(t);
    }
    catch_up_rows(rows, from, n, t);
    for (size_t i = 0; i < n; ++i) {
      T* to = out + layout.at(group + i);
      for (size_t e = 0; e < dim_; ++e) to[e * stride] = rows[i][e];
    }
  }
}

template <class T>
void LazyDenseAdam<T>::update(const uint32_t* ids, size_t begin, size_t end, uint64_t t,
                              const T* gradient, DenseLayout layout, T scale) {
  const AdamStep step = schedule_.step(t);
  T* rows[kGroup];
  for (size_t group = begin; group < end; group += kGroup) {
    const size_t n = std::min(kGroup, end - group);
    fetch(ids + group, n, rows);
    for (size_t i = 0; i < n; ++i) {
      adam_step_row(rows[i], gradient + layout.at(group + i), layout.stride(), scale, dim_,
                    schedule_.options(), step);
      last_[ids[group + i]] = static_cast<uint32_t>(t);
    }
  }
}

template <class T>
void LazyDenseAdam<T>::read(size_t first, size_t last, uint64_t t, T* out) const {
  std::vector<T> copy(kGroup * stride_);
  T* rows[kGroup];
  uint64_t from[kGroup];
  for (size_t i = 0; i < kGroup; ++i) rows[i] = copy.data() + i * stride_;
  for (size_t group = first; group < last; group += kGroup) {
    const size_t n = std::min(kGroup, last - group);
    std::copy_n(rows_.data() + group * stride_, n * stride_, copy.data());
    std::copy_n(last_.data() + group, n, from);
    catch_up_rows(rows, from, n, t);
    for (size_t i = 0; i < n; ++i) std::copy_n(rows[i], dim_, out + (group - first + i) * dim_);
  }
}

}  // namespace subjrec
