// An embedding matrix under lazy Adam: rows [w | m | v], each brought up to date when touched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/aligned.h"
#include "core/train/optim/adam.h"

namespace subjrec {

/// Where element e of item i of a small dense matrix is: row-major (i * dim + e), or sixteen items
/// side by side ((i / 16 * dim + e) * 16 + i % 16), the layout whose lanes are items.
struct DenseLayout {
  size_t dim = 0;
  bool lanes = false;

  size_t at(size_t i) const { return lanes ? i / 16 * 16 * dim + i % 16 : i * dim; }
  size_t stride() const { return lanes ? 16 : 1; }
};

/// Not thread-safe; calls that touch different rows may run at the same time.
template <class T>
class LazyDenseAdam {
 public:
  /// n rows of zeros; `schedule` must outlive this.
  LazyDenseAdam(size_t n, size_t dim, const AdamSchedule& schedule);

  size_t size() const { return last_.size(); }

  /// Sets rows first, first + 1, ... to `values` (row-major), as if no step had been taken.
  void set(size_t first, std::span<const T> values);

  /// Brings the rows `ids[begin .. end)` to their state after step `t` and copies their w to
  /// items begin .. end of `out`. schedule.extend(t) has been called.
  void catch_up(const uint32_t* ids, size_t begin, size_t end, uint64_t t, T* out,
                DenseLayout layout);

  /// Takes step `t` in rows ids[begin .. end), which are up to date to t - 1; the gradient is
  /// `scale` times items begin .. end of `gradient`.
  void update(const uint32_t* ids, size_t begin, size_t end, uint64_t t, const T* gradient,
              DenseLayout layout, T scale);

  /// Rows first .. last as they are after step `t`, row-major, without touching them: looking at a
  /// model must not change what later steps round to.
  void read(size_t first, size_t last, uint64_t t, T* out) const;

 private:
  static constexpr size_t kGroup = 64;  // rows that are caught up together
  /// [w | m | v] padded to sixteen bytes: 128 bytes, two cache lines, at ten dimensions.
  static size_t padded(size_t elements) { return (elements + 3) / 4 * 4; }

  void fetch(const uint32_t* ids, size_t n, T** rows);
  void walk(T* row, uint64_t from, uint64_t to) const;
  void catch_up_rows(T* const* rows, const uint64_t* from, size_t n, uint64_t t) const;
  T* row(size_t i) { return rows_.data() + i * stride_; }

  const AdamSchedule& schedule_;
  size_t dim_;
  size_t stride_;
  AlignedVector<T> rows_;
  std::vector<uint32_t> last_;  // the last step that each row has taken
};

extern template class LazyDenseAdam<float>;

}  // namespace subjrec
