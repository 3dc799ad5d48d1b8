#include "core/data/interactions.h"

#include <algorithm>

#include "core/base/by_count.h"
#include "core/base/portable_math.h"
#include "core/base/release.h"

namespace subjrec {

RowWithout::RowWithout(const SubjectRow& all, uint32_t subject) {
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i] == subject) continue;
    subjects.push_back(all[i]);
    if (!all.weights.empty()) weights.push_back(all.weights[i]);
  }
}

std::vector<uint32_t> Interactions::subject_counts() const {
  std::vector<uint32_t> counts(n_subjects, 0);
  for (const uint32_t s : subjects) ++counts[s];
  return counts;
}

std::vector<float> Interactions::log_popularity() const {
  return log_popularity_of(subject_counts(), nnz());
}

std::vector<float> log_popularity_of(const std::vector<uint32_t>& counts, uint64_t pairs) {
  const auto total = static_cast<double>(pairs + counts.size());
  ByCount log_share(
      [total](uint32_t count) { return static_cast<float>(portable_log((count + 1.0) / total)); });
  std::vector<float> log(counts.size());
  for (size_t s = 0; s < counts.size(); ++s) log[s] = log_share(counts[s]);
  return log;
}

Interactions Interactions::transposed() const {
  Interactions t;
  t.n_works = n_subjects;
  t.n_subjects = n_works;
  t.offsets.assign(n_subjects + 1, 0);
  for (const uint32_t s : subjects) ++t.offsets[s + 1];
  for (size_t s = 0; s < n_subjects; ++s) t.offsets[s + 1] += t.offsets[s];
  t.subjects.resize(subjects.size());
  t.weights.resize(weights.size());
  std::vector<uint64_t> next(t.offsets.begin(), t.offsets.end() - 1);
  for (size_t w = 0; w < n_works; ++w) {
    for (size_t e = offsets[w]; e < offsets[w + 1]; ++e) {
      const uint64_t place = next[subjects[e]]++;
      t.subjects[place] = static_cast<uint32_t>(w);
      if (weighted()) t.weights[place] = weights[e];
    }
  }
  return t;
}

void Interactions::weigh_as(const Interactions& whole) {
  weights.clear();
  if (!whole.weighted()) return;
  weights.reserve(subjects.size());
  for (size_t w = 0; w < n_works; ++w) {
    size_t of_whole = whole.offsets[w];
    for (const uint32_t s : row(w)) {
      while (whole.subjects[of_whole] != s) ++of_whole;
      weights.push_back(whole.weights[of_whole]);
    }
  }
}

namespace {

/// Of pairs that come again, within rows that ascend, the first is kept with the greatest weight.
/// Weights that are all 1 are dropped.
Status drop_repeats(Interactions* y, Monitor& monitor) {
  Poll poll(monitor, 1 << 17);
  const bool weighted = y->weighted();
  bool plain = true;
  size_t kept = 0;
  size_t begin = 0;
  for (size_t w = 0; w < y->n_works; ++w) {
    if (poll.stop()) return Status::interrupted();
    const size_t end = y->offsets[w + 1];
    for (size_t i = begin; i < end; ++i) {
      const bool again = i > begin && y->subjects[i] == y->subjects[i - 1];
      if (!again) y->subjects[kept++] = y->subjects[i];
      if (!weighted) continue;
      float& weight = y->weights[kept - 1];
      weight = again ? std::max(weight, y->weights[i]) : y->weights[i];
    }
    begin = end;
    y->offsets[w + 1] = kept;
  }
  y->subjects.resize(kept);
  if (weighted) y->weights.resize(kept);
  for (const float weight : y->weights) plain = plain && weight == 1.0f;
  if (plain) release(&y->weights);
  return {};
}

}  // namespace

Result<Interactions> make_interactions(std::vector<std::pair<uint32_t, uint32_t>> pairs,
                                       size_t n_works, size_t n_subjects, Monitor& monitor,
                                       size_t* duplicates, std::vector<float> weights) {
  Poll poll(monitor, 1 << 17);
  // Two counting sorts, by subject and then by work, leave each row ascending.
  Interactions by_subject;
  by_subject.n_works = n_subjects;
  by_subject.n_subjects = n_works;
  by_subject.offsets.assign(n_subjects + 1, 0);
  for (const auto& [w, s] : pairs) {
    ++by_subject.offsets[s + 1];
    if (poll.stop()) return Status::interrupted();
  }
  for (size_t s = 0; s < n_subjects; ++s) by_subject.offsets[s + 1] += by_subject.offsets[s];
  by_subject.subjects.resize(pairs.size());
  by_subject.weights.resize(weights.size());
  std::vector<uint64_t> next(by_subject.offsets.begin(), by_subject.offsets.end() - 1);
  for (size_t i = 0; i < pairs.size(); ++i) {
    const uint64_t place = next[pairs[i].second]++;
    by_subject.subjects[place] = pairs[i].first;
    if (!weights.empty()) by_subject.weights[place] = weights[i];
    if (poll.stop()) return Status::interrupted();
  }
  release(&pairs);
  release(&weights);
  Interactions y = by_subject.transposed();
  if (monitor.stop()) return Status::interrupted();
  const size_t read = y.nnz();
  SUBJREC_TRY(drop_repeats(&y, monitor));
  if (duplicates != nullptr) *duplicates = read - y.nnz();
  return y;
}

Interactions make_interactions(std::vector<std::pair<uint32_t, uint32_t>> pairs, size_t n_works,
                               size_t n_subjects) {
  Monitor never;
  return *make_interactions(std::move(pairs), n_works, n_subjects, never);
}

}  // namespace subjrec
