#include "core/plot/clusters.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/base/random.h"
#include "core/plot/text.h"

namespace subjrec {
namespace {

constexpr int kMostRounds = 50;
constexpr int kTrials = 5;  // rows drawn for each first centre
constexpr size_t kRowsBetweenPolls = 4096;

struct Rows {
  size_t dim = 0;
  std::vector<float> values;  // unit rows
  std::vector<bool> zero;     // rows without a direction

  size_t size() const { return zero.size(); }
  const float* row(size_t i) const { return values.data() + i * dim; }
};

/// Each row's nearest centre so far.
struct Nearest {
  explicit Nearest(size_t n) : cosine(n, -2), centre(n, 0) {}

  std::vector<float> cosine;
  std::vector<uint32_t> centre;
};

Result<Rows> unit_rows(std::span<const float> embeddings, size_t dim) {
  Rows rows{dim, {embeddings.begin(), embeddings.end()}, {}};
  for (size_t i = 0; i < embeddings.size() / dim; ++i) {
    float* row = rows.values.data() + i * dim;
    double square = 0;
    for (size_t d = 0; d < dim; ++d) square += double{row[d]} * row[d];
    if (!std::isfinite(square)) {
      return Status(Code::kInvalid, "subjrec_plot: embedding " + format_count(i + 1) +
                                        " has a number that is not finite");
    }
    rows.zero.push_back(square == 0);
    if (square == 0) continue;
    for (size_t d = 0; d < dim; ++d) row[d] = static_cast<float>(row[d] / std::sqrt(square));
  }
  return rows;
}

/// Compares every row with one centre more.
Status consider(const Rows& rows, const float* centre, uint32_t number, Nearest* nearest,
                Monitor& monitor) {
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i % kRowsBetweenPolls == 0 && monitor.stop()) return Status::interrupted();
    const float* row = rows.row(i);
    float cosine = 0;
    for (size_t d = 0; d < rows.dim; ++d) cosine += row[d] * centre[d];
    if (cosine > nearest->cosine[i]) {
      nearest->cosine[i] = cosine;
      nearest->centre[i] = number;
    }
  }
  return {};
}

/// How far each row is from its nearest centre (half the squared distance), and their sum.
double distances(const Rows& rows, const Nearest& nearest, std::vector<double>* away) {
  double total = 0;
  away->resize(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    const double d = 1.0 - nearest.cosine[i];
    // A millionth and less is rounding: such rows are on a centre already.
    (*away)[i] = d > 1e-6 && !rows.zero[i] ? d : 0.0;
    total += (*away)[i];
  }
  return total;
}

/// A row, drawn in proportion to its distance; `total` > 0 is the sum of these.
size_t draw_row(const std::vector<double>& away, double total, Random* random) {
  double left = random->uniform() * total;
  size_t drawn = 0;
  for (size_t i = 0; i < away.size(); ++i) {
    if (away[i] > 0) drawn = i;
    left -= away[i];
    if (left < 0) break;
  }
  return drawn;
}

/// Greedy k-means++: each next centre is the best of a few rows drawn by distance.
Result<std::vector<float>> first_centres(const Rows& rows, size_t k, Random* random,
                                         Nearest* nearest, Monitor& monitor) {
  size_t chosen = random->below(rows.size());
  for (size_t i = 0; i < rows.size() && rows.zero[chosen]; ++i) {
    chosen = (chosen + 1) % rows.size();
  }
  std::vector<float> centres(rows.row(chosen), rows.row(chosen) + rows.dim);
  SUBJREC_TRY(consider(rows, centres.data(), 0, nearest, monitor));
  std::vector<double> away;
  std::vector<double> unused;
  for (uint32_t c = 1; c < k; ++c) {
    const double total = distances(rows, *nearest, &away);
    if (total == 0) break;
    const Nearest before = *nearest;
    double least = -1;
    for (int trial = 0; trial < kTrials; ++trial) {
      const size_t drawn = draw_row(away, total, random);
      Nearest with = before;
      SUBJREC_TRY(consider(rows, rows.row(drawn), c, &with, monitor));
      const double remaining = distances(rows, with, &unused);
      if (least >= 0 && remaining >= least) continue;
      least = remaining;
      chosen = drawn;
      *nearest = std::move(with);
    }
    centres.insert(centres.end(), rows.row(chosen), rows.row(chosen) + rows.dim);
  }
  return centres;
}

/// Moves every centre to the mean direction of its rows; an empty one stays.
void move_centres(const Rows& rows, const Nearest& nearest, std::vector<float>* centres) {
  const size_t dim = rows.dim;
  std::vector<double> sums(centres->size());
  for (size_t i = 0; i < rows.size(); ++i) {
    double* sum = &sums[nearest.centre[i] * dim];
    for (size_t d = 0; d < dim; ++d) sum[d] += rows.row(i)[d];
  }
  for (size_t c = 0; c * dim < sums.size(); ++c) {
    double square = 0;
    for (size_t d = 0; d < dim; ++d) square += sums[c * dim + d] * sums[c * dim + d];
    if (square == 0) continue;
    for (size_t d = 0; d < dim; ++d) {
      (*centres)[c * dim + d] = static_cast<float>(sums[c * dim + d] / std::sqrt(square));
    }
  }
}

/// Numbers the clusters anew by their size, the largest 0; empty ones vanish.
void number_by_size(size_t k, std::vector<uint32_t>* clusters) {
  std::vector<size_t> sizes(k);
  for (const uint32_t c : *clusters) ++sizes[c];
  std::vector<uint32_t> order(k);
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return sizes[a] > sizes[b]; });
  std::vector<uint32_t> number(k);
  for (uint32_t rank = 0; rank < k; ++rank) number[order[rank]] = rank;
  for (uint32_t& c : *clusters) c = number[c];
}

}  // namespace

Result<std::vector<uint32_t>> cluster_embeddings(std::span<const float> embeddings, size_t dim,
                                                 size_t k, uint64_t seed, Monitor& monitor) {
  if (k < 1 || dim < 1) {
    return Status(Code::kInvalid, "subjrec_plot: want at least 1 cluster and 1 dimension, got " +
                                      format_count(k) + " and " + format_count(dim));
  }
  SUBJREC_ASSIGN(const Rows rows, unit_rows(embeddings, dim));
  if (rows.size() == 0) return std::vector<uint32_t>{};
  Random random(seed);
  Nearest nearest(rows.size());
  SUBJREC_ASSIGN(std::vector<float> centres, first_centres(rows, k, &random, &nearest, monitor));
  const size_t found = centres.size() / dim;
  for (int round = 0; round < kMostRounds; ++round) {
    move_centres(rows, nearest, &centres);
    Nearest next(rows.size());
    for (uint32_t c = 0; c < found; ++c) {
      SUBJREC_TRY(consider(rows, &centres[c * dim], c, &next, monitor));
    }
    const bool settled = next.centre == nearest.centre;
    nearest = std::move(next);
    if (settled) break;
  }
  number_by_size(found, &nearest.centre);
  return std::move(nearest.centre);
}

std::vector<std::string> cluster_names(const std::vector<uint32_t>& clusters,
                                       const std::vector<MapPoint>& points) {
  const uint32_t most =
      clusters.empty() ? 0 : *std::max_element(clusters.begin(), clusters.end()) + 1;
  std::vector<std::string> names(most);
  std::vector<int> used(most);
  for (const uint32_t i : by_weight(points)) {
    const uint32_t c = clusters[i];
    if (used[c] == 2) continue;
    if (used[c]++ > 0) names[c] += ", ";
    names[c] += shorten(display_label(points[i]), 28);
  }
  std::vector<std::string> of_point;
  of_point.reserve(clusters.size());
  for (const uint32_t c : clusters) of_point.push_back(names[c]);
  return of_point;
}

}  // namespace subjrec
