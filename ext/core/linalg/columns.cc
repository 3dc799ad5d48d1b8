#include "core/linalg/columns.h"

#include <algorithm>

namespace subjrec {

std::vector<int> column_counts(const SparseRows& matrix) {
  std::vector<int> counts(matrix.n_columns, 0);
  for (const uint32_t c : matrix.columns) ++counts[c];
  return counts;
}

size_t count_frequent_columns(const std::vector<int>& counts, int least) {
  return static_cast<size_t>(
      std::count_if(counts.begin(), counts.end(), [least](int n) { return n >= least; }));
}

Result<ColumnChoice> frequent_columns(const SparseRows& matrix, int least, Monitor& monitor) {
  constexpr uint32_t kNone = ~uint32_t{0};
  Poll poll(monitor, 1 << 14);
  const std::vector<int> counts = column_counts(matrix);
  ColumnChoice choice;
  std::vector<uint32_t> place(matrix.n_columns, kNone);
  for (uint32_t c = 0; c < matrix.n_columns; ++c) {
    if (counts[c] < least) continue;
    place[c] = static_cast<uint32_t>(choice.columns.size());
    choice.columns.push_back(c);
  }
  SparseRows& rows = choice.rows;
  rows.n_rows = matrix.n_rows;
  rows.n_columns = choice.columns.size();
  rows.offsets.assign(1, 0);
  for (size_t r = 0; r < matrix.n_rows && !matrix.offsets.empty(); ++r) {
    if (poll.stop()) return Status::interrupted();
    for (size_t e = matrix.offsets[r]; e < matrix.offsets[r + 1]; ++e) {
      if (place[matrix.columns[e]] == kNone) continue;
      rows.columns.push_back(place[matrix.columns[e]]);
      rows.weights.push_back(matrix.weights[e]);
    }
    rows.offsets.push_back(rows.columns.size());
  }
  return choice;
}

Result<SparseRows> subject_and_feature_columns(const Interactions& y, const SparseRows& features,
                                               double feature_weight, Monitor& monitor) {
  Poll poll(monitor, 1 << 14);
  SparseRows x;
  x.n_rows = y.n_works;
  x.n_columns = y.n_subjects + features.n_columns;
  x.offsets.reserve(x.n_rows + 1);
  x.offsets.push_back(0);
  x.columns.reserve(y.nnz() + features.columns.size());
  x.weights.reserve(y.nnz() + features.columns.size());
  for (size_t w = 0; w < y.n_works; ++w) {
    if (poll.stop()) return Status::interrupted();
    for (size_t e = y.offsets[w]; e < y.offsets[w + 1]; ++e) {
      x.columns.push_back(y.subjects[e]);
      x.weights.push_back(y.weight(e));
    }
    if (!features.empty()) {
      for (size_t e = features.offsets[w]; e < features.offsets[w + 1]; ++e) {
        const auto weight = static_cast<float>(feature_weight * double{features.weights[e]});
        if (weight == 0) continue;
        x.columns.push_back(static_cast<uint32_t>(y.n_subjects) + features.columns[e]);
        x.weights.push_back(weight);
      }
    }
    x.offsets.push_back(x.columns.size());
  }
  return x;
}

Result<SparseRows> transposed(const SparseRows& rows, Monitor& monitor) {
  Poll poll(monitor, 1 << 14);
  SparseRows t;
  t.n_rows = rows.n_columns;
  t.n_columns = rows.n_rows;
  t.offsets.assign(t.n_rows + 1, 0);
  for (const uint32_t c : rows.columns) ++t.offsets[c + 1];
  if (monitor.stop()) return Status::interrupted();
  for (size_t c = 0; c < t.n_rows; ++c) t.offsets[c + 1] += t.offsets[c];
  t.columns.resize(rows.columns.size());
  t.weights.resize(rows.columns.size());
  std::vector<uint64_t> next(t.offsets.begin(), t.offsets.end() - 1);
  for (size_t r = 0; r < rows.n_rows; ++r) {
    if (poll.stop()) return Status::interrupted();
    for (size_t e = rows.offsets[r]; e < rows.offsets[r + 1]; ++e) {
      const uint64_t place = next[rows.columns[e]]++;
      t.columns[place] = static_cast<uint32_t>(r);
      t.weights[place] = rows.weights[e];
    }
  }
  return t;
}

}  // namespace subjrec
