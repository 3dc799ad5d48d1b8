#include "core/train/columns.h"

namespace subjrec {

Result<SparseRows> subject_and_feature_columns(const TrainData& data, double feature_weight,
                                               Monitor& monitor) {
  Poll poll(monitor, 1 << 14);
  const Interactions& y = data.interactions;
  const SparseRows& features = data.work_features;
  SparseRows x;
  x.n_rows = y.n_works;
  x.n_columns = y.n_subjects + features.n_columns;
  x.offsets.reserve(x.n_rows + 1);
  x.offsets.push_back(0);
  x.columns.reserve(y.nnz() + features.columns.size());
  x.weights.reserve(y.nnz() + features.columns.size());
  for (size_t w = 0; w < y.n_works; ++w) {
    if (poll.stop()) return Status::interrupted();
    for (const uint32_t s : y.row(w)) {
      x.columns.push_back(s);
      x.weights.push_back(1);
    }
    if (!features.empty()) {
      for (size_t e = features.offsets[w]; e < features.offsets[w + 1]; ++e) {
        const auto weight = static_cast<float>(feature_weight * double{features.weights[e]});
        if (!(weight > 0)) continue;
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
