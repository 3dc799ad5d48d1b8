#include "core/model/work_neighbors.h"

#include <algorithm>
#include <cmath>

#include "core/base/portable_math.h"
#include "core/linalg/columns.h"

namespace subjrec {
namespace {

constexpr size_t kAlwaysListed = 2000;  // works with a term
constexpr size_t kMostShare = 20;       // or one in so many of all works

bool nearer(const Neighbor& a, const Neighbor& b) {
  return a.similarity != b.similarity ? a.similarity > b.similarity : a.work < b.work;
}

/// The columns of works that have subjects; the rows of the others are empty.
Result<SparseRows> voting_columns(const TrainData& data, double feature_weight, Monitor& monitor) {
  SUBJREC_ASSIGN(SparseRows x, subject_and_feature_columns(data.interactions, data.work_features,
                                                           feature_weight, monitor));
  size_t kept = 0;
  size_t begin = 0;
  for (size_t w = 0; w < x.n_rows; ++w) {
    const size_t end = x.offsets[w + 1];
    for (size_t e = begin; e < end && !data.interactions.row(w).empty(); ++e, ++kept) {
      x.columns[kept] = x.columns[e];
      x.weights[kept] = x.weights[e];
    }
    begin = end;
    x.offsets[w + 1] = kept;
  }
  x.columns.resize(kept);
  x.weights.resize(kept);
  return x;
}

}  // namespace

Result<WorkNeighbors> WorkNeighbors::build(const TrainData& data, double feature_weight, size_t k,
                                           Monitor& monitor) {
  WorkNeighbors index;
  index.works_ = &data.interactions;
  index.k_ = k;
  index.feature_weight_ = static_cast<float>(feature_weight);
  SUBJREC_ASSIGN(SparseRows x, voting_columns(data, feature_weight, monitor));
  const std::vector<int> counts = column_counts(x);
  size_t works = 0;
  for (size_t w = 0; w < x.n_rows; ++w) works += x.offsets[w + 1] > x.offsets[w];
  const size_t most = std::max(kAlwaysListed, works / kMostShare);
  for (const int n : counts) {
    const auto count = static_cast<size_t>(n);
    const double ratio = static_cast<double>(works) / static_cast<double>(std::max(n, 1));
    index.idf_.push_back(count == 0 || count > most ? 0.0f
                                                    : static_cast<float>(portable_log(ratio)));
  }
  Poll poll(monitor, 1 << 14);
  for (size_t w = 0; w < x.n_rows; ++w) {
    if (poll.stop()) return Status::interrupted();
    double squares = 0;
    for (size_t e = x.offsets[w]; e < x.offsets[w + 1]; ++e) {
      x.weights[e] *= index.idf_[x.columns[e]];
      squares += double{x.weights[e]} * double{x.weights[e]};
    }
    const auto scale = static_cast<float>(squares > 0 ? 1 / std::sqrt(squares) : 0);
    for (size_t e = x.offsets[w]; e < x.offsets[w + 1]; ++e) x.weights[e] *= scale;
  }
  SUBJREC_ASSIGN(const SparseRows by_term, transposed(x, monitor));
  x = SparseRows();
  index.offsets_.push_back(0);
  for (size_t t = 0; t < by_term.n_rows; ++t) {
    if (poll.stop()) return Status::interrupted();
    for (size_t e = by_term.offsets[t]; e < by_term.offsets[t + 1]; ++e) {
      if (by_term.weights[e] > 0)
        index.postings_.push_back({by_term.columns[e], by_term.weights[e]});
    }
    index.offsets_.push_back(index.postings_.size());
  }
  return index;
}

void WorkNeighbors::add_term(size_t term, float value, float* sums, std::vector<uint32_t>* touched,
                             double* squares) const {
  const float weight = value * idf_[term];
  if (weight == 0) return;
  *squares += double{weight} * double{weight};
  for (uint64_t p = offsets_[term]; p < offsets_[term + 1]; ++p) {
    float& sum = sums[postings_[p].work];
    if (sum == 0) touched->push_back(postings_[p].work);
    sum += weight * postings_[p].weight;
  }
}

void WorkNeighbors::find(const SubjectRow& subjects, std::span<const WeightedFeature> features,
                         uint32_t self, NeighborScratch* scratch,
                         std::vector<Neighbor>* out) const {
  out->clear();
  scratch->touched.clear();
  scratch->sums.resize(works_->n_works, 0.0f);
  float* sums = scratch->sums.data();
  double squares = 0;
  for (size_t i = 0; i < subjects.size(); ++i) {
    add_term(subjects[i], subjects.weight(i), sums, &scratch->touched, &squares);
  }
  for (const WeightedFeature& f : features) {
    const size_t term = works_->n_subjects + f.feature;
    const float value = feature_weight_ * f.weight;
    if (value > 0 && term < idf_.size()) {
      add_term(term, value, sums, &scratch->touched, &squares);
    }
  }
  const auto scale = static_cast<float>(squares > 0 ? 1 / std::sqrt(squares) : 0);
  float least = 0;
  for (const uint32_t w : scratch->touched) {
    const float similarity = sums[w] * scale;
    sums[w] = 0;
    if (w == self || !(similarity > 0) || (out->size() == k_ && similarity < least)) continue;
    if (out->size() == k_) {
      if (!nearer({w, similarity}, out->front())) continue;
      std::pop_heap(out->begin(), out->end(), nearer);
      out->back() = {w, similarity};
    } else {
      out->push_back({w, similarity});
    }
    std::push_heap(out->begin(), out->end(), nearer);
    if (out->size() == k_) least = out->front().similarity;
  }
  std::sort_heap(out->begin(), out->end(), nearer);
}

void WorkNeighbors::vote(std::span<const Neighbor> neighbors, NeighborScratch* scratch,
                         std::vector<Vote>* out) const {
  out->clear();
  scratch->shares.resize(works_->n_subjects, 0.0f);
  float total = 0;
  for (const Neighbor& n : neighbors) {
    total += n.similarity;
    for (const uint32_t s : works_->row(n.work)) {
      if (scratch->shares[s] == 0) out->push_back({s, 0});
      scratch->shares[s] += n.similarity;
    }
  }
  std::sort(out->begin(), out->end(),
            [](const Vote& a, const Vote& b) { return a.subject < b.subject; });
  for (Vote& v : *out) {
    v.share = scratch->shares[v.subject] / total;
    scratch->shares[v.subject] = 0;
  }
}

bool WorkNeighbors::carries(uint32_t work, uint32_t subject) const {
  const std::span<const uint32_t> row = works_->row(work);
  return std::binary_search(row.begin(), row.end(), subject);
}

void WorkNeighbors::vote_for(const SubjectRow& subjects, std::span<const WeightedFeature> features,
                             uint32_t self, NeighborScratch* scratch,
                             std::vector<Vote>* out) const {
  find(subjects, features, self, scratch, &scratch->neighbors);
  vote(scratch->neighbors, scratch, out);
}

}  // namespace subjrec
