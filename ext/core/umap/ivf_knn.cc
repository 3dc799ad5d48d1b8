#include <algorithm>
#include <limits>
#include <numeric>

#include "core/base/random.h"
#include "core/umap/knn_tiles.h"
#include "core/umap/neighbors.h"

namespace subjrec {
namespace {

enum Stream : uint64_t { kSample = 111 };

constexpr size_t kClusterSize = 256;  // points of a cluster, on average
constexpr size_t kSamplePer = 32;     // points per cluster that k-means looks at
constexpr int kRounds = 5;            // of k-means
constexpr size_t kProbes = 16;        // clusters that a cluster's points are compared with
constexpr int kRefinements = 4;       // rounds of neighbours of neighbours
constexpr size_t kPieceQueries = 64;

constexpr float kFar = std::numeric_limits<float>::infinity();

/// The nearest centre of each of some points.
Result<std::vector<uint32_t>> assign(const Points& points, const Points& centres, ThreadTeam& team,
                                     Monitor& monitor) {
  SUBJREC_ASSIGN(const Neighbors nearest,
                 exact_neighbors(points, centres, false, 1, team, monitor));
  std::vector<uint32_t> of = nearest.index;
  for (uint32_t& centre : of) centre = centre == kNoNeighbor ? 0 : centre;
  return of;
}

/// Moves each centre to the mean of its points; one without points stays.
void move_centres(const Points& sample, const std::vector<uint32_t>& of, Points* centres) {
  const size_t dim = sample.dim;
  std::vector<double> sum(centres->rows.size());
  std::vector<size_t> count(centres->n);
  for (size_t i = 0; i < sample.n; ++i) {
    ++count[of[i]];
    for (size_t d = 0; d < dim; ++d) sum[of[i] * dim + d] += sample.row(i)[d];
  }
  for (size_t at = 0; at < sum.size(); ++at) {
    const size_t size = count[at / dim];
    if (size > 0) centres->rows[at] = static_cast<float>(sum[at] / static_cast<double>(size));
  }
}

/// Rows of `points` as a set of their own.
Points pick(const Points& points, std::span<const uint32_t> ids) {
  Points picked{ids.size(), points.dim, points.cosine, points.scale, {}};
  picked.rows.reserve(ids.size() * points.dim);
  for (const uint32_t id : ids) {
    picked.rows.insert(picked.rows.end(), points.row(id), points.row(id) + points.dim);
  }
  return picked;
}

/// k-means (Lloyd) over a sample.
Result<Points> find_centres(const Points& points, uint64_t seed, ThreadTeam& team,
                            Monitor& monitor) {
  const size_t count = std::max<size_t>(1, points.n / kClusterSize);
  std::vector<uint32_t> ids(points.n);
  std::iota(ids.begin(), ids.end(), 0u);
  Random(seed, kSample).shuffle(std::span(ids));
  const Points sample = pick(points, std::span(ids).first(std::min(points.n, count * kSamplePer)));
  Points centres = pick(points, std::span(ids).first(count));
  for (int round = 0; round < kRounds; ++round) {
    SUBJREC_ASSIGN(const std::vector<uint32_t> of, assign(sample, centres, team, monitor));
    move_centres(sample, of, &centres);
  }
  return centres;
}

/// The points of each cluster, and their tiles.
struct Clusters {
  std::vector<std::vector<uint32_t>> members;
  std::vector<Tiles> tiles;
  Neighbors nearest;  // of each centre, itself first
};

Result<Clusters> find_clusters(const Points& points, uint64_t seed, ThreadTeam& team,
                               Monitor& monitor) {
  SUBJREC_ASSIGN(const Points centres, find_centres(points, seed, team, monitor));
  SUBJREC_ASSIGN(const std::vector<uint32_t> of, assign(points, centres, team, monitor));
  Clusters clusters;
  clusters.members.resize(centres.n);
  for (size_t i = 0; i < points.n; ++i) clusters.members[of[i]].push_back(static_cast<uint32_t>(i));
  clusters.tiles.resize(centres.n);
  SUBJREC_TRY(team.run(
      centres.n, [&](size_t c) { clusters.tiles[c] = make_tiles(points, clusters.members[c]); },
      monitor));
  SUBJREC_ASSIGN(clusters.nearest, exact_neighbors(centres, centres, false,
                                                   std::min(kProbes, centres.n), team, monitor));
  return clusters;
}

/// Compares the points of each cluster with those of the clusters nearest to it.
Status scan_clusters(const Points& points, const Clusters& clusters, ThreadTeam& team,
                     Monitor& monitor, Neighbors* found) {
  struct Piece {
    size_t cluster;
    size_t first;
  };
  std::vector<Piece> pieces;
  for (size_t c = 0; c < clusters.members.size(); ++c) {
    for (size_t first = 0; first < clusters.members[c].size(); first += kPieceQueries) {
      pieces.push_back({c, first});
    }
  }
  const size_t k = found->k;
  const auto scan = [&](size_t p) {
    const std::vector<uint32_t>& members = clusters.members[pieces[p].cluster];
    const size_t end = std::min(members.size(), pieces[p].first + kPieceQueries);
    const size_t probes = clusters.nearest.k;
    for (size_t probe = 0; probe < probes; ++probe) {
      const uint32_t other = clusters.nearest.index[pieces[p].cluster * probes + probe];
      if (other == kNoNeighbor) continue;
      const Tiles& tiles = clusters.tiles[other];
      for (size_t i = pieces[p].first; i < end; ++i) {
        const size_t q = members[i];
        scan_tiles(points.row(q), points.dim, tiles.data.data(), tiles.ids.data(), tiles.size(),
                   static_cast<uint32_t>(q),
                   {k, found->distance.data() + q * k, found->index.data() + q * k});
      }
    }
  };
  return team.run(pieces.size(), scan, monitor);
}

/// Rows filled up with zeros to a multiple of sixteen, as row_distance() wants them.
class PaddedRows {
 public:
  explicit PaddedRows(size_t dim) : width_((dim + 15) / 16 * 16) {}

  Status fill(const Points& points, ThreadTeam& team, Monitor& monitor) {
    rows_.resize(points.n * width_);
    constexpr size_t kRows = 4096;
    const auto piece = [&](size_t p) {
      for (size_t i = p * kRows; i < std::min(points.n, (p + 1) * kRows); ++i) {
        std::copy_n(points.row(i), points.dim, &rows_[i * width_]);
      }
    };
    return team.run((points.n + kRows - 1) / kRows, piece, monitor);
  }
  float distance(size_t i, size_t j) const {
    return row_distance(&rows_[i * width_], &rows_[j * width_], width_);
  }

 private:
  size_t width_;
  std::vector<float> rows_;
};

/// One point's list, to which strictly nearer points are added.
class List {
 public:
  List(const uint32_t* ids, const float* squared, size_t k)
      : ids_(ids, ids + k), squared_(squared, squared + k) {}

  void offer(uint32_t id, float squared) {
    if (squared >= squared_.back()) return;
    const auto at = std::upper_bound(squared_.begin(), squared_.end(), squared);
    const auto offset = at - squared_.begin();
    squared_.insert(at, squared);
    ids_.insert(ids_.begin() + offset, id);
    squared_.pop_back();
    ids_.pop_back();
  }
  const std::vector<uint32_t>& ids() const { return ids_; }
  const std::vector<float>& squared() const { return squared_; }

 private:
  std::vector<uint32_t> ids_;
  std::vector<float> squared_;
};

/// For each point, some of those that have it among their nearest: up to k, those to whom it is
/// nearest first.
Result<std::vector<uint32_t>> reverse_lists(const Neighbors& found, Monitor& monitor) {
  const size_t k = found.k;
  std::vector<uint32_t> reverse(found.index.size(), kNoNeighbor);
  std::vector<uint32_t> count(found.index.size() / k);
  for (size_t j = 0; j < k; ++j) {
    if (monitor.stop()) return Status::interrupted();
    for (size_t i = 0; i < count.size(); ++i) {
      const uint32_t to = found.index[i * k + j];
      if (to == kNoNeighbor || count[to] == k) continue;
      reverse[to * k + count[to]++] = static_cast<uint32_t>(i);
    }
  }
  return reverse;
}

/// The neighbours of point i's neighbours, in both directions, that are not on its list: distinct.
void find_candidates(const Neighbors& found, const std::vector<uint32_t>& reverse, size_t i,
                     std::vector<uint32_t>* candidates) {
  const size_t k = found.k;
  const uint32_t* own = &found.index[i * k];
  candidates->clear();
  for (size_t j = 0; j < k && own[j] != kNoNeighbor; ++j) {
    const size_t row = size_t{own[j]} * k;
    candidates->insert(candidates->end(), &found.index[row], &found.index[row] + k);
    candidates->insert(candidates->end(), &reverse[row], &reverse[row] + k);
  }
  std::sort(candidates->begin(), candidates->end());
  candidates->erase(std::unique(candidates->begin(), candidates->end()), candidates->end());
  std::vector<uint32_t> known(own, own + k);
  known.push_back(static_cast<uint32_t>(i));
  known.push_back(kNoNeighbor);
  std::sort(known.begin(), known.end());
  std::erase_if(*candidates, [&](uint32_t candidate) {
    return std::binary_search(known.begin(), known.end(), candidate);
  });
}

/// Compares each point with the neighbours of its neighbours, as they were before the round.
Status refine(const PaddedRows& rows, ThreadTeam& team, Monitor& monitor, Neighbors* found) {
  const size_t k = found->k;
  const size_t n = found->index.size() / k;
  SUBJREC_ASSIGN(const std::vector<uint32_t> reverse, reverse_lists(*found, monitor));
  Neighbors next = *found;
  const auto piece = [&](size_t p) {
    std::vector<uint32_t> candidates;
    for (size_t i = p * kPieceQueries; i < std::min(n, (p + 1) * kPieceQueries); ++i) {
      find_candidates(*found, reverse, i, &candidates);
      List list(&found->index[i * k], &found->distance[i * k], k);
      for (const uint32_t candidate : candidates) {
        list.offer(candidate, rows.distance(i, candidate));
      }
      std::copy(list.ids().begin(), list.ids().end(), &next.index[i * k]);
      std::copy(list.squared().begin(), list.squared().end(), &next.distance[i * k]);
    }
  };
  SUBJREC_TRY(team.run((n + kPieceQueries - 1) / kPieceQueries, piece, monitor));
  *found = std::move(next);
  return {};
}

}  // namespace

Result<Neighbors> approximate_neighbors(const Points& points, size_t k, uint64_t seed,
                                        ThreadTeam& team, Monitor& monitor) {
  Neighbors found;
  found.k = k;
  found.index.assign(points.n * k, kNoNeighbor);
  found.distance.assign(points.n * k, kFar);
  {
    SUBJREC_ASSIGN(const Clusters clusters, find_clusters(points, seed, team, monitor));
    SUBJREC_TRY(scan_clusters(points, clusters, team, monitor, &found));
  }
  PaddedRows rows(points.dim);
  SUBJREC_TRY(rows.fill(points, team, monitor));
  for (int round = 0; round < kRefinements; ++round) {
    SUBJREC_TRY(refine(rows, team, monitor, &found));
  }
  to_metric(points, &found);
  return found;
}

}  // namespace subjrec
