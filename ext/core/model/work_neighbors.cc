#include "core/model/work_neighbors.h"

#include <algorithm>
#include <cmath>

namespace subjrec {
namespace {

bool nearer(const Neighbor& a, const Neighbor& b) {
  return a.similarity != b.similarity ? a.similarity > b.similarity : a.work < b.work;
}

/// All lists in memory.
class ListsInMemory : public WorkLists {
 public:
  explicit ListsInMemory(const Interactions& works) : works_(works) {}

  Status add(const SparseRows& terms, std::span<const float> idf, std::span<const float> scales,
             Monitor& monitor) {
    Poll poll(monitor, 1 << 14);
    offsets_.reserve(terms.n_rows + 1);
    offsets_.push_back(0);
    for (size_t t = 0; t < terms.n_rows; ++t) {
      if (poll.stop()) return Status::interrupted();
      const size_t begin = terms.offsets[t];
      const size_t count = idf[t] > 0 ? terms.offsets[t + 1] - begin : 0;
      add_postings({terms.columns.data() + begin, count}, {terms.weights.data() + begin, count},
                   idf[t], scales, &postings_);
      offsets_.push_back(postings_.size());
    }
    return {};
  }

  Status postings(size_t term, std::span<const Posting>* out) const override {
    *out = {postings_.data() + offsets_[term],
            static_cast<size_t>(offsets_[term + 1] - offsets_[term])};
    return {};
  }
  Status subjects_of(uint32_t work, std::span<const uint32_t>* out) const override {
    *out = works_.row(work);
    return {};
  }

 private:
  const Interactions& works_;
  std::vector<uint64_t> offsets_;  // postings_ of a term
  std::vector<Posting> postings_;
};

}  // namespace

Result<WorkNeighbors> WorkNeighbors::build(const TrainData& data, double feature_weight, size_t k,
                                           Monitor& monitor) {
  SUBJREC_ASSIGN(InvertedWorks index, invert_works(data, feature_weight, monitor));
  const auto lists = std::make_shared<ListsInMemory>(data.interactions);
  SUBJREC_TRY(lists->add(index.works, inverse_frequencies(index.terms), index.scales, monitor));
  return over(lists, index.terms, feature_weight, k);
}

WorkNeighbors WorkNeighbors::over(std::shared_ptr<const WorkLists> lists, const TermCounts& terms,
                                  double feature_weight, size_t k) {
  WorkNeighbors index;
  index.lists_ = std::move(lists);
  index.terms_ = terms;
  index.k_ = k;
  index.feature_weight_ = static_cast<float>(feature_weight);
  index.idf_ = inverse_frequencies(terms);
  return index;
}

void WorkNeighbors::add_term(size_t term, float value, NeighborScratch* scratch,
                             double* squares) const {
  const float weight = value * idf_[term];
  if (weight == 0 || !scratch->status.ok()) return;
  *squares += double{weight} * double{weight};
  std::span<const Posting> postings;
  scratch->status = lists_->postings(term, &postings);
  float* sums = scratch->sums.data();
  for (const Posting& p : postings) {
    float& sum = sums[p.work];
    if (sum == 0) scratch->touched.push_back(p.work);
    sum += weight * p.weight;
  }
}

void WorkNeighbors::find(const SubjectRow& subjects, std::span<const WeightedFeature> features,
                         uint32_t self, NeighborScratch* scratch,
                         std::vector<Neighbor>* out) const {
  out->clear();
  scratch->status = {};
  scratch->touched.clear();
  scratch->sums.resize(terms_.n_works, 0.0f);
  float* sums = scratch->sums.data();
  double squares = 0;
  for (size_t i = 0; i < subjects.size(); ++i) {
    add_term(subjects[i], subjects.weight(i), scratch, &squares);
  }
  for (const WeightedFeature& f : features) {
    const size_t term = terms_.n_subjects + f.feature;
    const float value = feature_weight_ * f.weight;
    if (value > 0 && term < idf_.size()) {
      add_term(term, value, scratch, &squares);
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
  scratch->shares.resize(terms_.n_subjects, 0.0f);
  float total = 0;
  for (const Neighbor& n : neighbors) {
    if (!scratch->status.ok()) break;
    total += n.similarity;
    std::span<const uint32_t> carried;
    scratch->status = lists_->subjects_of(n.work, &carried);
    for (const uint32_t s : carried) {
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
  std::span<const uint32_t> row;
  return lists_->subjects_of(work, &row).ok() &&
         std::binary_search(row.begin(), row.end(), subject);
}

void WorkNeighbors::vote_for(const SubjectRow& subjects, std::span<const WeightedFeature> features,
                             uint32_t self, NeighborScratch* scratch,
                             std::vector<Vote>* out) const {
  find(subjects, features, self, scratch, &scratch->neighbors);
  vote(scratch->neighbors, scratch, out);
}

}  // namespace subjrec
