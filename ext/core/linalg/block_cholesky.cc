#include "core/linalg/block_cholesky.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "core/linalg/gemm.h"

namespace subjrec {
namespace {

constexpr size_t kBlock = 256;   // rows and columns of a block
constexpr size_t kStrip = 1024;  // columns that a piece of work takes at a time

size_t strips(size_t columns) { return (columns + kStrip - 1) / kStrip; }

/// Rows of an upper triangle U with A = U'U, in place; false where A is not positive definite.
bool factor_upper(float* a, size_t n) {
  for (size_t j = 0; j < n; ++j) {
    float* row = a + j * n;
    if (!(row[j] > 0)) return false;
    const float inverse = 1.0f / std::sqrt(row[j]);
    for (size_t i = j; i < n; ++i) row[i] *= inverse;
    for (size_t i = j + 1; i < n; ++i) {
      const float factor = row[i];
      float* below = a + i * n;
      for (size_t k = i; k < n; ++k) below[k] -= factor * row[k];
    }
  }
  return true;
}

/// The inverse of the lower triangle L = U', row-major, from the rows of U.
std::vector<float> invert_lower(const float* upper, size_t n) {
  std::vector<float> inverse(n * n, 0.0f);
  for (size_t i = 0; i < n; ++i) {
    float* row = inverse.data() + i * n;
    for (size_t j = 0; j < i; ++j) {
      const float factor = upper[j * n + i];
      const float* above = inverse.data() + j * n;
      for (size_t k = 0; k <= j; ++k) row[k] -= factor * above[k];
    }
    const float diagonal = upper[i * n + i];
    for (size_t k = 0; k < i; ++k) row[k] /= diagonal;
    row[i] = 1.0f / diagonal;
  }
  return inverse;
}

/// to = a b, both of them blocks, through a copy of what `to` holds.
void replace_product(MatrixView a, MatrixView b, float* to, size_t stride) {
  std::vector<float> product(a.rows * b.columns, 0.0f);
  multiply_add(1, a, b, product.data(), b.columns);
  for (size_t i = 0; i < a.rows; ++i) {
    std::copy_n(product.data() + i * b.columns, b.columns, to + i * stride);
  }
}

}  // namespace

Result<BlockCholesky> BlockCholesky::factor(SquareMatrix a, size_t split, ThreadTeam& team,
                                            Monitor& monitor) {
  BlockCholesky result(std::move(a));
  const size_t n = result.size();
  for (size_t i = 0; i < split; i += kBlock) result.cuts_.push_back(i);
  for (size_t i = split; i < n; i += kBlock) result.cuts_.push_back(i);
  result.cuts_.push_back(n);
  for (size_t k = 0; k < result.blocks(); ++k) {
    SUBJREC_TRY(result.factor_diagonal(k));
    SUBJREC_TRY(result.divide_below(k, team, monitor));
    SUBJREC_TRY(result.update_below(k, team, monitor));
  }
  return result;
}

Status BlockCholesky::factor_diagonal(size_t k) {
  const size_t n = rows(k);
  std::vector<float> upper(n * n, 0.0f);
  for (size_t i = 0; i < n; ++i) {
    const float* row = block(k, k) + i * l_.size;
    for (size_t j = 0; j <= i; ++j) upper[j * n + i] = row[j];
  }
  if (!factor_upper(upper.data(), n)) {
    return {Code::kInvalid, "the matrix is not positive definite"};
  }
  for (size_t i = 0; i < n; ++i) {
    float* row = l_.row(cuts_[k] + i) + cuts_[k];
    for (size_t j = 0; j <= i; ++j) row[j] = upper[j * n + i];
  }
  inverse_.push_back(invert_lower(upper.data(), n));
  return {};
}

Status BlockCholesky::divide_below(size_t k, ThreadTeam& team, Monitor& monitor) {
  const MatrixView inverse = row_major(inverse_[k].data(), rows(k), rows(k));
  return team.run(
      blocks() - k - 1,
      [&](size_t piece) {
        const size_t i = k + 1 + piece;
        float* to = l_.row(cuts_[i]) + cuts_[k];
        replace_product({to, rows(i), rows(k), l_.size, 1}, inverse.transposed(), to, l_.size);
      },
      monitor);
}

Status BlockCholesky::update_below(size_t k, ThreadTeam& team, Monitor& monitor) {
  const size_t first = cuts_[k + 1];
  const size_t left = size() - first;
  std::vector<std::optional<PackedMatrix>> packed(strips(left));
  SUBJREC_TRY(team.run(
      packed.size(),
      [&](size_t s) {
        const size_t begin = first + s * kStrip;
        packed[s].emplace(MatrixView{l_.row(begin) + cuts_[k], std::min(kStrip, size() - begin),
                                     rows(k), l_.size, 1}
                              .transposed());
      },
      monitor));
  // Strip s of block row i; where it begins above the diagonal there is nothing to do.
  const size_t below = blocks() - k - 1;
  return team.run(
      below * packed.size(),
      [&](size_t piece) {
        const size_t i = k + 1 + piece / packed.size();
        const size_t s = piece % packed.size();
        const size_t begin = first + s * kStrip;
        if (begin >= cuts_[i + 1]) return;
        multiply_add(-1, {block(i, k), rows(i), rows(k), l_.size, 1}, *packed[s],
                     l_.row(cuts_[i]) + begin, l_.size);
      },
      monitor);
}

Status BlockCholesky::substitute(size_t k, bool transposed, size_t begin, size_t end, float* x,
                                 size_t columns, ThreadTeam& team, Monitor& monitor) {
  std::vector<std::optional<PackedMatrix>> packed(strips(columns));
  MatrixView inverse = row_major(inverse_[k].data(), rows(k), rows(k));
  if (transposed) inverse = inverse.transposed();
  SUBJREC_TRY(team.run(
      packed.size(),
      [&](size_t s) {
        const size_t width = std::min(kStrip, columns - s * kStrip);
        float* to = x + cuts_[k] * columns + s * kStrip;
        const MatrixView part{to, rows(k), width, columns, 1};
        replace_product(inverse, part, to, columns);
        packed[s].emplace(part);
      },
      monitor));
  return team.run(
      (end - begin) * packed.size(),
      [&](size_t piece) {
        const size_t i = begin + piece / packed.size();
        const size_t s = piece % packed.size();
        const MatrixView factor =
            transposed ? MatrixView{block(k, i), rows(k), rows(i), l_.size, 1}.transposed()
                       : MatrixView{block(i, k), rows(i), rows(k), l_.size, 1};
        multiply_add(-1, factor, *packed[s], x + cuts_[i] * columns + s * kStrip, columns);
      },
      monitor);
}

Status BlockCholesky::forward(size_t first_row, float* x, size_t columns, ThreadTeam& team,
                              Monitor& monitor) {
  for (size_t k = 0; k < blocks(); ++k) {
    if (cuts_[k] < first_row) continue;
    SUBJREC_TRY(substitute(k, false, k + 1, blocks(), x, columns, team, monitor));
  }
  return {};
}

Status BlockCholesky::backward(float* x, size_t columns, ThreadTeam& team, Monitor& monitor) {
  for (size_t k = blocks(); k-- > 0;) {
    SUBJREC_TRY(substitute(k, true, 0, k, x, columns, team, monitor));
  }
  return {};
}

}  // namespace subjrec
