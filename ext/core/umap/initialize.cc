#include "core/umap/initialize.h"

#include <algorithm>
#include <cmath>

#include "core/base/random.h"

namespace subjrec {
namespace {

enum Stream : uint64_t { kNoise = 101, kPlaces = 102 };

/// A component's points and its part of the graph.
struct Part {
  std::vector<uint32_t> points;
  Graph graph;
};

std::vector<Part> parts_of(const Graph& graph, const Components& components) {
  std::vector<Part> parts(components.count);
  std::vector<uint32_t> number(graph.n());
  for (size_t i = 0; i < graph.n(); ++i) {
    std::vector<uint32_t>& points = parts[components.of[i]].points;
    number[i] = static_cast<uint32_t>(points.size());
    points.push_back(static_cast<uint32_t>(i));
  }
  for (Part& part : parts) {
    part.graph.begin.push_back(0);
    for (const uint32_t i : part.points) {
      for (size_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at) {
        part.graph.neighbor.push_back(number[graph.neighbor[at]]);
        part.graph.weight.push_back(graph.weight[at]);
      }
      part.graph.begin.push_back(part.graph.neighbor.size());
    }
  }
  return parts;
}

std::vector<float> centroids(const Points& points, const std::vector<Part>& parts) {
  std::vector<float> rows;
  rows.reserve(parts.size() * points.dim);
  std::vector<double> sum(points.dim);
  for (const Part& part : parts) {
    std::fill(sum.begin(), sum.end(), 0.0);
    for (const uint32_t i : part.points) {
      for (size_t d = 0; d < points.dim; ++d) sum[d] += points.row(i)[d];
    }
    for (const double s : sum) {
      rows.push_back(static_cast<float>(s / static_cast<double>(part.points.size())));
    }
  }
  return rows;
}

/// Where each component goes: the ends of the axes for up to four, else the principal components
/// of their centroids, or anywhere where these say nothing.
Result<std::vector<double>> component_places(const Points& points, const std::vector<Part>& parts,
                                             uint64_t seed, ThreadTeam& team, Monitor& monitor) {
  if (parts.size() <= 4) {
    const std::vector<double> ends{1, 0, -1, 0, 0, 1, 0, -1};
    return std::vector<double>(ends.begin(),
                               ends.begin() + static_cast<std::ptrdiff_t>(2 * parts.size()));
  }
  const std::vector<float> rows = centroids(points, parts);
  SUBJREC_ASSIGN(std::vector<double> places,
                 principal_components(rows.data(), parts.size(), points.dim, team, monitor));
  if (!places.empty()) return places;
  Random random(seed, kPlaces);
  for (size_t i = 0; i < 2 * parts.size(); ++i) places.push_back(2 * random.uniform() - 1);
  return places;
}

/// Half of the distance from each place to the next one.
Result<std::vector<double>> rooms(const std::vector<double>& places, ThreadTeam& team,
                                  Monitor& monitor) {
  Points points;
  points.n = places.size() / 2;
  points.dim = 2;
  points.rows.assign(places.begin(), places.end());
  SUBJREC_ASSIGN(const Neighbors next, exact_neighbors(points, points, true, 1, team, monitor));
  std::vector<double> rooms;
  for (const float distance : next.distance) rooms.push_back(std::max(distance / 2, 1e-3f));
  return rooms;
}

Result<std::vector<double>> spectral_start(const Points& points, const Graph& graph, uint64_t seed,
                                           ThreadTeam& team, Monitor& monitor) {
  SUBJREC_ASSIGN(const Components components, connected_components(graph, monitor));
  if (components.count == 1) return spectral_coordinates(graph, team, monitor);
  const std::vector<Part> parts = parts_of(graph, components);
  SUBJREC_ASSIGN(const std::vector<double> places,
                 component_places(points, parts, seed, team, monitor));
  SUBJREC_ASSIGN(const std::vector<double> room, rooms(places, team, monitor));
  Random random(seed, kPlaces + 1);
  std::vector<double> xy(2 * graph.n());
  for (size_t c = 0; c < parts.size(); ++c) {
    SUBJREC_ASSIGN(std::vector<double> inner, spectral_coordinates(parts[c].graph, team, monitor));
    if (inner.empty()) {
      for (size_t i = 0; i < 2 * parts[c].points.size(); ++i) {
        inner.push_back(2 * random.uniform() - 1);
      }
    }
    for (size_t i = 0; i < inner.size(); ++i) {
      xy[2 * parts[c].points[i / 2] + i % 2] = places[2 * c + i % 2] + room[c] * inner[i];
    }
  }
  return xy;
}

/// Moves and stretches each axis to reach from 0 to 10.
std::vector<float> ten_by_ten(const std::vector<double>& xy) {
  std::vector<float> scaled(xy.size());
  for (size_t c = 0; c < 2; ++c) {
    double least = xy[c];
    double most = xy[c];
    for (size_t at = c; at < xy.size(); at += 2) {
      least = std::min(least, xy[at]);
      most = std::max(most, xy[at]);
    }
    for (size_t at = c; at < xy.size(); at += 2) {
      scaled[at] = most > least ? static_cast<float>(10 * (xy[at] - least) / (most - least)) : 5;
    }
  }
  return scaled;
}

}  // namespace

Result<std::vector<float>> start_layout(const Points& points, const Graph& graph,
                                        const std::string& init, uint64_t seed, ThreadTeam& team,
                                        Monitor& monitor) {
  std::vector<double> xy;
  if (init == "spectral") {
    SUBJREC_ASSIGN(xy, spectral_start(points, graph, seed, team, monitor));
  }
  if (xy.empty() && init != "random") {
    SUBJREC_ASSIGN(xy,
                   principal_components(points.rows.data(), points.n, points.dim, team, monitor));
  }
  Random random(seed, kNoise);
  double largest = 0;
  for (const double value : xy) largest = std::max(largest, std::fabs(value));
  if (xy.empty()) {
    for (size_t i = 0; i < 2 * points.n; ++i) xy.push_back(random.uniform());
  } else {
    // A little noise parts the points that fall together.
    for (double& value : xy) value += largest * 1e-5 * random.normal();
  }
  return ten_by_ten(xy);
}

}  // namespace subjrec
