#include "core/train/ials/exact_gramian.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/linalg/gemm.h"

namespace subjrec {
namespace {

constexpr size_t kChunk = 1024;  // rows whose products are exact
constexpr size_t kRowsPerPiece = 8192;
constexpr size_t kAtOnce = 16;  // pieces whose sums are held at a time
constexpr int kBits = 15;

/// The power of two above every element; kNotFinite for a row that is not finite, and the least
/// number for one of zeros.
int32_t power_of(const float* row, size_t dim) {
  float greatest = 0;
  float sum = 0;
  for (size_t k = 0; k < dim; ++k) {
    greatest = std::max(greatest, std::fabs(row[k]));
    sum += row[k] * 0.0f;  // NaN for what is not finite
  }
  if (sum != 0 || std::isnan(sum)) return ExactGramian::kNotFinite;
  if (greatest < std::numeric_limits<float>::min()) return std::numeric_limits<int32_t>::min();
  int power = 0;
  std::frexp(greatest, &power);
  return power;
}

}  // namespace

void ExactGramian::add_chunk(const Factors& rows, int32_t power, const uint32_t* chunk, size_t n) {
  std::vector<float> high(n * dim_);
  std::vector<float> low(n * dim_);
  const float scale = std::ldexp(1.0f, std::min(kBits - power, 127));
  const float more = std::ldexp(1.0f, kBits - power - std::min(kBits - power, 127));
  for (size_t i = 0; i < n; ++i) {
    const float* row = rows.row(chunk[i]);
    for (size_t k = 0; k < dim_; ++k) {
      // By adding a half and cutting off: scaled elements are within 2^15.
      const auto q = static_cast<int32_t>(std::floor(row[k] * scale * more + 0.5f));
      const int32_t hi = (q + 128) >> 8;
      high[i * dim_ + k] = static_cast<float>(hi);
      low[i * dim_ + k] = static_cast<float>(q - hi * 256);
    }
  }
  std::vector<float> hh(dim_ * dim_), hl(dim_ * dim_), ll(dim_ * dim_);
  const MatrixView h = row_major(high.data(), n, dim_);
  const MatrixView l = row_major(low.data(), n, dim_);
  const PackedMatrix packed_low(l);
  multiply_add(1, h.transposed(), h, hh.data(), dim_);
  multiply_add(1, h.transposed(), packed_low, hl.data(), dim_);
  multiply_add(1, l.transposed(), packed_low, ll.data(), dim_);
  std::vector<int64_t>& sum = sums_.try_emplace(power, dim_ * dim_, 0).first->second;
  for (size_t i = 0; i < dim_; ++i) {
    for (size_t j = 0; j < dim_; ++j) {
      const size_t at = i * dim_ + j;
      const auto mixed = static_cast<int64_t>(hl[at]) + static_cast<int64_t>(hl[j * dim_ + i]);
      sum[at] += (static_cast<int64_t>(hh[at]) << 16) + mixed * 256 + static_cast<int64_t>(ll[at]);
    }
  }
}

void ExactGramian::add_rows(const Factors& rows, size_t begin, size_t end) {
  std::map<int32_t, std::vector<uint32_t>> by_power;
  for (size_t r = begin; r < end; ++r) {
    const int32_t power = power_of(rows.row(r), dim_);
    if (power != std::numeric_limits<int32_t>::min()) {
      by_power[power].push_back(static_cast<uint32_t>(r));
    }
  }
  for (const auto& [power, of_power] : by_power) {
    if (power == kNotFinite) {
      sums_.try_emplace(power, dim_ * dim_, 1);
      continue;
    }
    for (size_t first = 0; first < of_power.size(); first += kChunk) {
      add_chunk(rows, power, of_power.data() + first, std::min(kChunk, of_power.size() - first));
    }
  }
}

Status ExactGramian::add(const Factors& rows, ThreadTeam& team, Monitor& monitor) {
  const size_t pieces = (rows.size() + kRowsPerPiece - 1) / kRowsPerPiece;
  for (size_t first = 0; first < pieces; first += kAtOnce) {
    std::vector<ExactGramian> parts(std::min(kAtOnce, pieces - first), ExactGramian(dim_));
    SUBJREC_TRY(team.run(
        parts.size(),
        [&](size_t p) {
          const size_t begin = (first + p) * kRowsPerPiece;
          parts[p].add_rows(rows, begin, std::min(rows.size(), begin + kRowsPerPiece));
        },
        monitor));
    for (const ExactGramian& part : parts) add(part);
  }
  return {};
}

void ExactGramian::add(const ExactGramian& other) {
  for (const auto& [power, sums] : other.sums_) add_sums(power, sums);
}

bool ExactGramian::add_sums(int32_t power, const std::vector<int64_t>& sums) {
  if (sums.size() != dim_ * dim_) return false;
  std::vector<int64_t>& sum = sums_.try_emplace(power, sums.size(), 0).first->second;
  for (size_t i = 0; i < sums.size(); ++i) sum[i] += sums[i];
  return true;
}

std::vector<double> ExactGramian::value() const {
  std::vector<double> total(dim_ * dim_, 0.0);
  for (const auto& [power, sums] : sums_) {
    const double unit = power == kNotFinite ? std::numeric_limits<double>::quiet_NaN()
                                            : std::ldexp(1.0, 2 * (power - kBits));
    for (size_t i = 0; i < total.size(); ++i) total[i] += unit * static_cast<double>(sums[i]);
  }
  return total;
}

}  // namespace subjrec
