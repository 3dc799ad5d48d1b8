#include "core/train/ease/local_ease_weights.h"

#include <algorithm>
#include <cmath>

#include "core/linalg/columns.h"

namespace subjrec {
namespace {

constexpr size_t kColumnsInAPiece = 16;

/// A few rows of a sparse matrix, as a piece of work makes them.
struct RowPiece {
  std::vector<size_t> ends;
  std::vector<uint32_t> columns;
  std::vector<float> values;
};

/// The pieces in their order, as one matrix.
SparseRows joined(std::vector<RowPiece>* pieces, size_t n_columns) {
  SparseRows all;
  all.n_columns = n_columns;
  all.offsets.push_back(0);
  for (RowPiece& piece : *pieces) {
    const size_t begin = all.columns.size();
    all.columns.insert(all.columns.end(), piece.columns.begin(), piece.columns.end());
    all.weights.insert(all.weights.end(), piece.values.begin(), piece.values.end());
    for (const size_t end : piece.ends) all.offsets.push_back(begin + end);
    piece = RowPiece();
  }
  all.n_rows = all.offsets.size() - 1;
  return all;
}

/// G = X'X, each row by ascending column.
Result<SparseRows> sparse_gram(const SparseRows& by_work, ThreadTeam& team, Monitor& monitor) {
  SUBJREC_ASSIGN(const SparseRows by_column, transposed(by_work, monitor));
  const size_t n = by_work.n_columns;
  std::vector<RowPiece> pieces((n + kColumnsInAPiece - 1) / kColumnsInAPiece);
  const auto add_row = [&](size_t column, std::vector<float>* sums, RowPiece* piece) {
    std::vector<uint32_t> touched;
    for (size_t e = by_column.offsets[column]; e < by_column.offsets[column + 1]; ++e) {
      const uint32_t w = by_column.columns[e];
      for (size_t f = by_work.offsets[w]; f < by_work.offsets[w + 1]; ++f) {
        float& sum = (*sums)[by_work.columns[f]];
        if (sum == 0) touched.push_back(by_work.columns[f]);
        sum += by_column.weights[e] * by_work.weights[f];
      }
    }
    std::sort(touched.begin(), touched.end());
    for (const uint32_t c : touched) {
      piece->columns.push_back(c);
      piece->values.push_back((*sums)[c]);
      (*sums)[c] = 0;
    }
    piece->ends.push_back(piece->columns.size());
  };
  SUBJREC_TRY(team.run(
      pieces.size(),
      [&](size_t p) {
        std::vector<float> sums(n, 0.0f);
        const size_t end = std::min(n, (p + 1) * kColumnsInAPiece);
        for (size_t column = p * kColumnsInAPiece; column < end; ++column) {
          add_row(column, &sums, &pieces[p]);
        }
      },
      monitor));
  return joined(&pieces, n);
}

/// The regressions of single subjects on their neighbourhoods.
class Regression {
 public:
  Regression(const SparseRows& gram, double regularization, size_t neighborhood)
      : gram_(gram), lambda_(static_cast<float>(regularization)), most_(neighborhood) {
    for (size_t c = 0; c < gram.n_rows; ++c) diagonal_.push_back(at(c, static_cast<uint32_t>(c)));
  }

  /// Appends the weights of `subject`, by ascending column.
  void solve(uint32_t subject, RowPiece* out) const {
    std::vector<uint32_t> near = neighborhood(subject);
    const size_t n = near.size();
    const size_t stride = n + 1;
    std::vector<float> system(n * stride);  // the upper triangle, and the right-hand side
    for (size_t i = 0; i < n; ++i) {
      float* row = system.data() + i * stride;
      fill(near[i], std::span(near).subspan(i), row + i);
      row[i] += lambda_;
      row[n] = at(near[i], subject);
    }
    eliminate(system.data(), n);
    for (size_t i = n; i-- > 0;) {
      const float* row = system.data() + i * stride;
      float sum = row[n];
      for (size_t j = i + 1; j < n; ++j) sum -= row[j] * system[j * stride + n];
      system[i * stride + n] = sum / row[i];
    }
    for (size_t i = 0; i < n; ++i) {
      if (system[i * stride + n] == 0) continue;
      out->columns.push_back(near[i]);
      out->values.push_back(system[i * stride + n]);
    }
    out->ends.push_back(out->columns.size());
  }

 private:
  float at(size_t row, uint32_t column) const {
    const auto begin = gram_.columns.begin() + static_cast<ptrdiff_t>(gram_.offsets[row]);
    const auto end = gram_.columns.begin() + static_cast<ptrdiff_t>(gram_.offsets[row + 1]);
    const auto found = std::lower_bound(begin, end, column);
    if (found == end || *found != column) return 0;
    return gram_.weights[static_cast<size_t>(found - gram_.columns.begin())];
  }

  std::vector<uint32_t> neighborhood(uint32_t subject) const {
    struct Candidate {
      float explained;
      uint32_t column;
    };
    std::vector<Candidate> candidates;
    for (size_t e = gram_.offsets[subject]; e < gram_.offsets[subject + 1]; ++e) {
      const uint32_t c = gram_.columns[e];
      const float g = gram_.weights[e];
      if (c != subject) candidates.push_back({g * g / (diagonal_[c] + lambda_), c});
    }
    const auto better = [](const Candidate& a, const Candidate& b) {
      return a.explained != b.explained ? a.explained > b.explained : a.column < b.column;
    };
    if (candidates.size() > most_) {
      std::nth_element(candidates.begin(), candidates.begin() + static_cast<ptrdiff_t>(most_),
                       candidates.end(), better);
      candidates.resize(most_);
    }
    std::vector<uint32_t> columns;
    for (const Candidate& c : candidates) columns.push_back(c.column);
    std::sort(columns.begin(), columns.end());
    return columns;
  }

  /// to[j] = G[row][columns[j]]; columns ascend. A long row is searched, a short one walked.
  void fill(size_t row, std::span<const uint32_t> columns, float* to) const {
    const uint32_t* begin = gram_.columns.data() + gram_.offsets[row];
    const uint32_t* end = gram_.columns.data() + gram_.offsets[row + 1];
    const float* values = gram_.weights.data();
    const bool search = static_cast<size_t>(end - begin) > 16 * columns.size();
    const uint32_t* place = begin;
    for (size_t j = 0; j < columns.size(); ++j) {
      if (search) {
        place = std::lower_bound(place, end, columns[j]);
      } else {
        while (place != end && *place < columns[j]) ++place;
      }
      const bool found = place != end && *place == columns[j];
      to[j] = found ? values[place - gram_.columns.data()] : 0.0f;
    }
  }

  /// Gaussian elimination of a positive definite matrix, which needs no pivots: row i loses its
  /// multiples of the rows above it. The symmetric half below the diagonal is never touched.
  static void eliminate(float* system, size_t n) {
    const size_t stride = n + 1;
    for (size_t i = 0; i < n; ++i) {
      const float* row = system + i * stride;
      const float inverse = 1 / row[i];
      for (size_t j = i + 1; j < n; ++j) {
        const float factor = row[j] * inverse;
        if (factor == 0) continue;
        float* below = system + j * stride;
        for (size_t k = j; k <= n; ++k) below[k] -= factor * row[k];
      }
    }
  }

  const SparseRows& gram_;
  float lambda_;
  size_t most_;
  std::vector<float> diagonal_;
};

}  // namespace

Result<SparseRows> local_ease_weights(const SparseRows& by_work, size_t n_subjects,
                                      double regularization, size_t neighborhood, ThreadTeam& team,
                                      Monitor& monitor) {
  SUBJREC_ASSIGN(const SparseRows gram, sparse_gram(by_work, team, monitor));
  const Regression regression(gram, regularization, neighborhood);
  std::vector<RowPiece> pieces((n_subjects + kColumnsInAPiece - 1) / kColumnsInAPiece);
  SUBJREC_TRY(team.run(
      pieces.size(),
      [&](size_t p) {
        const size_t end = std::min(n_subjects, (p + 1) * kColumnsInAPiece);
        for (size_t s = p * kColumnsInAPiece; s < end; ++s) {
          regression.solve(static_cast<uint32_t>(s), &pieces[p]);
        }
      },
      monitor));
  const SparseRows by_subject = joined(&pieces, by_work.n_columns);
  return transposed(by_subject, monitor);
}

SparseRows spread_rows(const SparseRows& trained, const std::vector<uint32_t>& features,
                       size_t n_features, size_t n_subjects) {
  SparseRows b;
  b.n_rows = n_subjects + n_features;
  b.n_columns = n_subjects;
  b.offsets.push_back(0);
  size_t at = n_subjects;
  for (size_t i = 0; i < b.n_rows; ++i) {
    const bool known = i < n_subjects || (at - n_subjects < features.size() &&
                                          features[at - n_subjects] == i - n_subjects);
    const size_t from = i < n_subjects ? i : at;
    if (known) {
      const auto begin = static_cast<ptrdiff_t>(trained.offsets[from]);
      const auto end = static_cast<ptrdiff_t>(trained.offsets[from + 1]);
      b.columns.insert(b.columns.end(), trained.columns.begin() + begin,
                       trained.columns.begin() + end);
      b.weights.insert(b.weights.end(), trained.weights.begin() + begin,
                       trained.weights.begin() + end);
      if (i >= n_subjects) ++at;
    }
    b.offsets.push_back(b.columns.size());
  }
  return b;
}

}  // namespace subjrec
