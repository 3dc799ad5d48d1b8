#include "core/train/ease/whole_ease_weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace subjrec {
namespace {

/// The size from which entries are kept, so that at most `keep` are. Sizes are told apart by the
/// upper half of their bits, to 1 part in 128.
Result<float> least_size(const std::vector<float>& dense, size_t keep, Monitor& monitor) {
  std::vector<size_t> counts(1 << 16, 0);
  const auto upper_half = [](float x) {
    uint32_t bits = 0;
    std::memcpy(&bits, &x, sizeof bits);
    return (bits & 0x7fffffffu) >> 16;
  };
  Poll poll(monitor, 1 << 20);
  for (const float x : dense) {
    ++counts[upper_half(x)];
    if (poll.stop()) return Status::interrupted();
  }
  size_t kept = 0;
  uint32_t bin = 0x7f80;  // infinity
  while (bin > 1 && kept + counts[bin - 1] <= keep) kept += counts[--bin];
  const uint32_t bits = bin << 16;
  float least = 0;
  std::memcpy(&least, &bits, sizeof least);
  return least;
}

}  // namespace

Result<SquareMatrix> gram_matrix(const SparseRows& by_work, const SparseRows& by_column,
                                 size_t n_subjects, double regularization, ThreadTeam& team,
                                 Monitor& monitor) {
  const size_t n = by_work.n_columns;
  const size_t n_features = n - n_subjects;
  const auto place = [&](size_t column) {
    return column < n_subjects ? n_features + column : column - n_subjects;
  };
  SUBJREC_ASSIGN(SquareMatrix gram, SquareMatrix::zeros(n, monitor));
  SUBJREC_TRY(team.run(
      n,
      [&](size_t column) {
        const size_t i = place(column);
        float* row = gram.row(i);
        for (size_t e = by_column.offsets[column]; e < by_column.offsets[column + 1]; ++e) {
          const uint32_t w = by_column.columns[e];
          const float weight = by_column.weights[e];
          for (size_t f = by_work.offsets[w]; f < by_work.offsets[w + 1]; ++f) {
            const size_t j = place(by_work.columns[f]);
            if (j <= i) row[j] += weight * by_work.weights[f];
          }
        }
        row[i] += static_cast<float>(regularization);
      },
      monitor));
  return gram;
}

Result<Inverse> invert(SquareMatrix gram, size_t n_subjects, const SparseRows& features,
                       ThreadTeam& team, Monitor& monitor) {
  const size_t n = gram.size;
  const size_t n_features = n - n_subjects;
  SUBJREC_ASSIGN(BlockCholesky factor,
                 BlockCholesky::factor(std::move(gram), n_features, team, monitor));
  Inverse inverse;
  inverse.norms.assign(features.n_rows, 0.0);
  if (n_features > 0 && features.n_rows > 0) {
    std::vector<float> rows;
    SUBJREC_TRY(grow_zeroed(&rows, n * features.n_rows, monitor));
    for (size_t r = 0; r < features.n_rows; ++r) {
      for (size_t e = features.offsets[r]; e < features.offsets[r + 1]; ++e) {
        rows[features.columns[e] * features.n_rows + r] = features.weights[e];
      }
    }
    SUBJREC_TRY(factor.forward(0, rows.data(), features.n_rows, team, monitor));
    for (size_t i = 0; i < rows.size(); ++i) {
      inverse.norms[i % features.n_rows] += double{rows[i]} * double{rows[i]};
    }
  }
  std::vector<float>& x = inverse.columns;
  SUBJREC_TRY(grow_zeroed(&x, n * n_subjects, monitor));
  for (size_t s = 0; s < n_subjects; ++s) x[(n_features + s) * n_subjects + s] = 1;
  SUBJREC_TRY(factor.forward(n_features, x.data(), n_subjects, team, monitor));
  SUBJREC_TRY(factor.backward(x.data(), n_subjects, team, monitor));
  return inverse;
}

Result<std::vector<float>> weights_in_place(std::vector<float>* p, size_t n_features,
                                            size_t n_subjects, ThreadTeam& team, Monitor& monitor) {
  std::vector<float> scale(n_subjects);
  for (size_t s = 0; s < n_subjects; ++s) scale[s] = -1 / (*p)[(n_features + s) * n_subjects + s];
  const size_t n = p->size() / std::max<size_t>(n_subjects, 1);
  SUBJREC_TRY(team.run(
      n,
      [&](size_t i) {
        float* row = p->data() + i * n_subjects;
        for (size_t s = 0; s < n_subjects; ++s) row[s] *= scale[s];
        if (i >= n_features) row[i - n_features] = 0;
      },
      monitor));
  return scale;
}

Result<SparseRows> keep_greatest(const std::vector<float>& dense,
                                 const std::vector<uint32_t>& features, size_t n_features,
                                 size_t n_subjects, size_t keep, Monitor& monitor) {
  SUBJREC_ASSIGN(const float least, least_size(dense, keep, monitor));
  SparseRows b;
  b.n_rows = n_features + n_subjects;
  b.n_columns = n_subjects;
  b.offsets.push_back(0);
  size_t trained = 0;
  for (size_t i = 0; i < b.n_rows; ++i) {
    if (monitor.stop()) return Status::interrupted();
    const float* row = nullptr;
    if (i < n_subjects) {
      row = dense.data() + (features.size() + i) * n_subjects;
    } else if (trained < features.size() && features[trained] == i - n_subjects) {
      row = dense.data() + trained++ * n_subjects;
    }
    for (size_t s = 0; row != nullptr && s < n_subjects; ++s) {
      if (std::fabs(row[s]) < least || row[s] == 0) continue;
      b.columns.push_back(static_cast<uint32_t>(s));
      b.weights.push_back(row[s]);
    }
    b.offsets.push_back(b.columns.size());
  }
  return b;
}

}  // namespace subjrec
