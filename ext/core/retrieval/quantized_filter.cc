#include "core/retrieval/quantized_filter.h"

#include <cmath>
#include <cstring>

#include "core/retrieval/quantized_code.h"

namespace subjrec {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr double kMore = 1 + 0x1p-40;  // than a sum of squares in double can take away

float round_up(double x) {
  const auto rounded = static_cast<float>(x);
  return rounded < x ? std::nextafter(rounded, kInfinity) : rounded;
}

float round_down(double x) {
  const auto rounded = static_cast<float>(x);
  return rounded > x ? std::nextafter(rounded, -kInfinity) : rounded;
}

double norm_of(std::span<const float> x) {
  double sums[4] = {};
  size_t j = 0;
  for (; j + 4 <= x.size(); j += 4) {
    for (size_t lane = 0; lane < 4; ++lane) {
      sums[lane] += static_cast<double>(x[j + lane]) * x[j + lane];
    }
  }
  for (; j < x.size(); ++j) sums[0] += static_cast<double>(x[j]) * x[j];
  return std::sqrt((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

/// What `x` is multiplied with: 1, or what brings it to length 1. Zeros stay zeros.
double unit_factor(bool unit, double norm) { return unit && norm > 0 ? 1 / norm : 1; }

}  // namespace

Result<QuantizedFilter> QuantizedFilter::build(const Source& source, Monitor& monitor) {
  const size_t dim = source.dim;
  const size_t n = source.vectors.size() / dim;
  const size_t n_blocks = (n + kBlockItems - 1) / kBlockItems;
  const size_t stride = kValuesBetweenPolls / (dim * kBlockItems) + 1;
  QuantizedFilter screen;
  screen.dim_ = dim;
  screen.groups_ = (dim + 3) / 4;
  screen.unit_ = source.unit;
  screen.center_ = source.bias.empty() ? 0 : source.typical_query_norm;
  std::vector<double> norms(n);
  for (size_t i = 0; i < n; ++i) {
    norms[i] = norm_of(source.vectors.subspan(i * dim, dim));
    if (i % (stride * kBlockItems) == 0 && monitor.stop()) return Status::interrupted();
  }
  SUBJREC_TRY(screen.sort_items(source, norms, monitor));
  screen.bias_.resize(source.bias.empty() ? 0 : n_blocks * kBlockItems);
  CodeLine zeros;
  std::fill_n(zeros.codes, sizeof zeros.codes, 64);
  screen.codes_.resize(n_blocks * screen.groups_ * 2, zeros);
  screen.bounds_.resize(n_blocks);
  for (size_t block = 0; block < n_blocks; ++block) {
    screen.code_block(source, norms, block);
    if (block % stride == 0 && monitor.stop()) return Status::interrupted();
  }
  screen.bound_rest(norms);
  return screen;
}

Status QuantizedFilter::sort_items(const Source& source, std::span<const double> norms,
                                   Monitor& monitor) {
  std::vector<uint64_t> keys(norms.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    double key = norms[i] * unit_factor(unit_, norms[i]);
    if (!source.bias.empty()) key = center_ * key + source.bias[i];
    keys[i] = hit_key(static_cast<float>(key), static_cast<uint32_t>(i));
  }
  SUBJREC_TRY(sort_keys(&keys, monitor));
  items_.assign(keys.begin(), keys.end());  // their lower halves
  return {};
}

void QuantizedFilter::code_block(const Source& source, std::span<const double> norms,
                                 size_t block) {
  const size_t begin = block * kBlockItems;
  const size_t end = std::min(begin + kBlockItems, size());
  double largest = 0;
  for (size_t slot = begin; slot < end; ++slot) {
    const double factor = unit_factor(unit_, norms[items_[slot]]);
    const float* x = source.vectors.data() + items_[slot] * dim_;
    largest = std::max(largest, double{largest_magnitude(x, dim_)} * factor);
  }
  BlockBound& bound = bounds_[block];
  bound = {};
  bound.scale = static_cast<float>(largest / 63);
  const double inverse = bound.scale > 0 ? 1 / static_cast<double>(bound.scale) : 0;
  std::vector<uint8_t> row_codes(groups_ * 4, 64);
  for (size_t slot = begin; slot < end; ++slot) {
    const uint32_t item = items_[slot];
    const double factor = unit_factor(unit_, norms[item]);
    const float* x = source.vectors.data() + item * dim_;
    const double square =
        code_item(x, dim_, factor, inverse, static_cast<double>(bound.scale), row_codes.data());
    uint8_t* codes =
        reinterpret_cast<uint8_t*>(codes_.data()) + begin * groups_ * 4 + (slot - begin) * 4;
    for (size_t group = 0; group < groups_; ++group) {
      std::memcpy(codes + group * 4 * kBlockItems, row_codes.data() + group * 4, 4);
    }
    const double norm = unit_ ? norms[item] * factor : norms[item];
    bound.residual = std::max(bound.residual, round_up(std::sqrt(square) * kMore));
    bound.norm = std::max(bound.norm, round_up(norm * kMore));
    if (!bias_.empty()) {
      bias_[slot] = source.bias[item];
      bound.bias = std::max(bound.bias, std::fabs(source.bias[item]));
    }
  }
}

void QuantizedFilter::bound_rest(std::span<const double> norms) {
  // A float sum of d products exceeds |query| |item| by at most (1 + 2^-24)^(d + 1).
  const double margin = 1 + (static_cast<double>(dim_) + 8) * 0x1p-23;
  double key = -kInfinity;
  float greatest = 0;
  float least = kInfinity;
  for (size_t block = bounds_.size(); block-- > 0;) {
    const size_t end = std::min((block + 1) * kBlockItems, size());
    for (size_t slot = block * kBlockItems; slot < end; ++slot) {
      const double item_norm = norms[items_[slot]];
      const double norm = margin * item_norm * unit_factor(unit_, item_norm);
      const double bias = bias_.empty() ? 0 : bias_[slot];
      // What rounding takes away from the sum is given back.
      const double rounding = 0x1p-50 * (center_ * norm + std::fabs(bias));
      key = std::max(key, center_ * norm + bias + rounding);
      greatest = std::max(greatest, round_up(norm * kMore));
      least = std::min(least, round_down(norm / kMore));
    }
    bounds_[block].rest_key = key;
    bounds_[block].rest_max_norm = greatest;
    bounds_[block].rest_min_norm = least;
  }
}

QuantizedQuery QuantizedFilter::prepare(std::span<const float> query, TopKScratch* scratch) const {
  const double length = norm_of(query);
  const double to_unit = unit_factor(unit_, length);
  double largest = 0;
  for (const float x : query) largest = std::max(largest, std::fabs(x * to_unit));
  const double scale = largest / 127;
  const double inverse = scale > 0 ? 1 / scale : 0;
  std::vector<int32_t>& packed = scratch->query_codes;
  packed.assign(groups_, 0);
  double square = 0;
  int32_t sum = 0;
  for (size_t j = 0; j < dim_; ++j) {
    const double value = query[j] * to_unit;
    const auto code = static_cast<int32_t>(std::lrint(value * inverse));
    const double residual = value - code * scale;
    square += residual * residual;
    sum += code;
    packed[j / 4] |= static_cast<int32_t>(static_cast<uint32_t>(code & 0xff) << (8 * (j % 4)));
  }
  QuantizedQuery prepared{};
  prepared.codes = reinterpret_cast<const uint8_t*>(codes_.data());
  prepared.bounds = bounds_.data();
  prepared.bias = bias_.empty() ? nullptr : bias_.data();
  prepared.groups = groups_;
  prepared.query_codes = packed.data();
  prepared.offset = -64 * sum;
  prepared.scale = scale;
  // |query| x |item| + bias = (center x |item| + bias) + (|query| - center) x |item|, and this much
  // for the rounding of that sum and for products below the smallest float.
  const double norm = length * to_unit * kMore;
  const double greatest = bounds_.empty() ? 0 : bounds_[0].rest_max_norm;
  prepared.tiny = 0x1p-133 * static_cast<double>(dim_);
  prepared.factor = norm - center_;
  prepared.slack = 0x1p-48 * (norm + center_) * greatest + prepared.tiny;
  const double margin = (static_cast<double>(dim_) + 16) * 0x1p-23 + 0x1p-21;
  const double residual = std::sqrt(square) * kMore;
  prepared.norm = norm;
  prepared.error = residual + (norm + residual) * margin;
  return prepared;
}

}  // namespace subjrec
