#include "core/plot/clusters.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "core/plot/svg.h"
#include "core/plot/text.h"

namespace subjrec {
namespace {

/// Not std::hypot, whose GLIBC_2.35 a build on Debian 12 would need.
double distance(double x, double y) { return std::sqrt(x * x + y * y); }

constexpr size_t kLongestTerm = 28;

/// Adds the direction of `row` to `sum`; returns its length.
double add_direction(const float* row, size_t dim, double* sum) {
  double square = 0;
  for (size_t d = 0; d < dim; ++d) square += double{row[d]} * row[d];
  if (square == 0) return 0;
  const double length = std::sqrt(square);
  for (size_t d = 0; d < dim; ++d) sum[d] += row[d] / length;
  return length;
}

double dot(const float* row, const double* mean, size_t dim) {
  double sum = 0;
  for (size_t d = 0; d < dim; ++d) sum += row[d] * mean[d];
  return sum;
}

void to_unit(double* mean, size_t dim) {
  double square = 0;
  for (size_t d = 0; d < dim; ++d) square += mean[d] * mean[d];
  if (square == 0) return;
  for (size_t d = 0; d < dim; ++d) mean[d] /= std::sqrt(square);
}

/// "Authors" of "Authors, English": what stands before the first comma, bracket or dash.
std::string head_of(const std::string& label) {
  const size_t end = std::min(
      {label.find(", "), label.find(" ("), label.find(" --"), label.find("--"), label.find(". ")});
  return end == std::string::npos ? std::string() : label.substr(0, end);
}

struct Term {
  double weight = 0;
  size_t points = 0;
  bool head = false;
};

/// What is said of each cluster, and of all of them and none together.
struct Terms {
  std::vector<std::map<std::string, Term>> of;
  std::vector<double> total;
  std::map<std::string, double> everywhere;

  void add(uint32_t cluster, const std::string& text, double weight, bool head) {
    everywhere[text] += weight;
    if (cluster >= of.size()) return;
    Term& term = of[cluster][text];
    term.weight += weight;
    ++term.points;
    term.head = head && (term.head || term.points == 1);
    total[cluster] += weight;
  }
};

bool starts_alike(const std::string& a, const std::string& b) {
  const size_t n = std::min(a.size(), b.size());
  return a.compare(0, n, b, 0, n) == 0;
}

/// The best term, and the next that says something else.
std::string name_of(const std::map<std::string, Term>& terms, double total, double average,
                    const std::map<std::string, double>& everywhere) {
  std::vector<std::pair<double, std::string>> ranked;
  for (const auto& [text, term] : terms) {
    if (term.head && term.points < 2) continue;  // only what several begin with
    const double rarity = std::log(1 + average / everywhere.at(text));
    const double share = term.weight / everywhere.at(text);  // of it that is here
    ranked.emplace_back(-term.weight / std::max(total, 1e-300) * rarity * share, text);
  }
  std::sort(ranked.begin(), ranked.end());
  std::string name;
  size_t used = 0;
  for (const auto& [score, text] : ranked) {
    if (used == 2) break;
    if (used == 1 && starts_alike(text, ranked.front().second)) continue;
    name += (used++ > 0 ? ", " : "") + shorten(text, kLongestTerm);
  }
  return name;
}

/// The middle of each cluster, and how far its points are from it.
struct Middle {
  double x = 0;
  double y = 0;
  double radius = 0;
  size_t count = 0;
};

std::vector<Middle> middles(const std::vector<uint32_t>& clusters, size_t n_clusters,
                            const std::vector<MapPoint>& points) {
  std::vector<Middle> found(n_clusters);
  for (size_t i = 0; i < clusters.size(); ++i) {
    if (clusters[i] >= n_clusters) continue;
    Middle& m = found[clusters[i]];
    ++m.count;
    m.x += (points[i].x - m.x) / static_cast<double>(m.count);
    m.y += (points[i].y - m.y) / static_cast<double>(m.count);
  }
  for (size_t i = 0; i < clusters.size(); ++i) {
    if (clusters[i] >= n_clusters) continue;
    Middle& m = found[clusters[i]];
    m.radius += distance(points[i].x - m.x, points[i].y - m.y) / static_cast<double>(m.count);
  }
  return found;
}

/// The colour whose nearest cluster is furthest off.
uint8_t color_for(const std::vector<Middle>& of, const std::vector<MapRegion>& before) {
  const Middle& own = of[before.size()];
  std::vector<double> nearest(kCategoryColors, std::numeric_limits<double>::infinity());
  for (size_t c = 0; c < before.size(); ++c) {
    const double away = distance(of[c].x - own.x, of[c].y - own.y) - of[c].radius - own.radius;
    nearest[before[c].color] = std::min(nearest[before[c].color], away);
  }
  return static_cast<uint8_t>(std::max_element(nearest.begin(), nearest.end()) - nearest.begin());
}

uint32_t count_clusters(const std::vector<uint32_t>& clusters, uint32_t none) {
  uint32_t count = 0;
  for (const uint32_t c : clusters) {
    if (c != none) count = std::max(count, c + 1);
  }
  return count;
}

}  // namespace

Result<std::vector<double>> typicality(std::span<const float> embeddings, size_t dim,
                                       const std::vector<uint32_t>& clusters, uint32_t none,
                                       Monitor& monitor) {
  const uint32_t n_clusters = count_clusters(clusters, none);
  std::vector<double> means((n_clusters + size_t{1}) * dim);  // the last of all
  double* all = means.data() + n_clusters * dim;
  std::vector<double> length(clusters.size());
  Poll poll(monitor, 1024);
  for (size_t i = 0; i < clusters.size(); ++i) {
    if (poll.stop()) return Status::interrupted();
    const float* row = embeddings.data() + i * dim;
    length[i] = add_direction(row, dim, all);
    if (clusters[i] != none) add_direction(row, dim, means.data() + clusters[i] * dim);
  }
  for (size_t c = 0; c <= n_clusters; ++c) to_unit(means.data() + c * dim, dim);
  std::vector<double> typical(clusters.size());
  for (size_t i = 0; i < clusters.size(); ++i) {
    if (poll.stop()) return Status::interrupted();
    if (clusters[i] == none || length[i] == 0) continue;
    const float* row = embeddings.data() + i * dim;
    const double own = dot(row, means.data() + clusters[i] * dim, dim);
    typical[i] = std::max(0.0, (own - dot(row, all, dim)) / length[i]);
  }
  return typical;
}

Result<std::vector<std::string>> cluster_names(const std::vector<uint32_t>& clusters, uint32_t none,
                                               const std::vector<MapPoint>& points,
                                               const std::vector<double>& typical,
                                               const BroaderTerms& broader, Monitor& monitor) {
  const uint32_t n_clusters = count_clusters(clusters, none);
  Terms terms{
      std::vector<std::map<std::string, Term>>(n_clusters), std::vector<double>(n_clusters), {}};
  const auto weight = [&](size_t i) {
    const double known = std::log1p(std::max(0.0, points[i].weight));
    return known * (clusters[i] == none ? 0.5 : 0.1 + std::sqrt(typical[i]));
  };
  Poll poll(monitor, 1024);
  for (size_t i = 0; i < points.size(); ++i) {
    if (poll.stop()) return Status::interrupted();
    const std::string label = display_label(points[i]);
    terms.add(clusters[i], label, weight(i), false);
    const std::string head = head_of(label);
    if (!head.empty()) terms.add(clusters[i], head, weight(i), true);
  }
  for (const auto& [point, label] : broader) {
    if (poll.stop()) return Status::interrupted();
    terms.add(clusters[point], label, weight(point), false);
  }
  double average = 0;
  for (const double total : terms.total) average += total / std::max(1u, n_clusters);
  std::vector<std::string> names;
  for (uint32_t c = 0; c < n_clusters; ++c) {
    names.push_back(name_of(terms.of[c], terms.total[c], average, terms.everywhere));
  }
  return names;
}

PointColors cluster_colors(const std::vector<uint32_t>& clusters,
                           const std::vector<std::string>& names,
                           const std::vector<MapPoint>& points) {
  PointColors colors;
  colors.title = "groups";
  colors.clusters = clusters;
  const std::vector<Middle> of = middles(clusters, names.size(), points);
  for (size_t c = 0; c < names.size(); ++c) {
    const uint8_t color = color_for(of, colors.regions);
    colors.regions.push_back({names[c], of[c].x, of[c].y, of[c].count, color});
  }
  return colors;
}

}  // namespace subjrec
