#include "core/data/interactions.h"

#include "core/base/portable_math.h"

namespace subjrec {

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
  std::vector<float> log(counts.size());
  for (size_t s = 0; s < counts.size(); ++s) {
    log[s] = static_cast<float>(portable_log((counts[s] + 1.0) / total));
  }
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
  std::vector<uint64_t> next(t.offsets.begin(), t.offsets.end() - 1);
  for (size_t w = 0; w < n_works; ++w) {
    for (const uint32_t s : row(w)) t.subjects[next[s]++] = static_cast<uint32_t>(w);
  }
  return t;
}

Result<Interactions> make_interactions(std::vector<std::pair<uint32_t, uint32_t>> pairs,
                                       size_t n_works, size_t n_subjects, Monitor& monitor,
                                       size_t* duplicates) {
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
  std::vector<uint64_t> next(by_subject.offsets.begin(), by_subject.offsets.end() - 1);
  for (const auto& [w, s] : pairs) {
    by_subject.subjects[next[s]++] = w;
    if (poll.stop()) return Status::interrupted();
  }
  pairs = {};
  Interactions y = by_subject.transposed();
  if (monitor.stop()) return Status::interrupted();

  size_t kept = 0;
  size_t begin = 0;
  for (size_t w = 0; w < n_works; ++w) {
    if (poll.stop()) return Status::interrupted();
    const size_t end = y.offsets[w + 1];
    for (size_t i = begin; i < end; ++i) {
      if (i > begin && y.subjects[i] == y.subjects[i - 1]) continue;
      y.subjects[kept++] = y.subjects[i];
    }
    begin = end;
    y.offsets[w + 1] = kept;
  }
  if (duplicates != nullptr) *duplicates = y.subjects.size() - kept;
  y.subjects.resize(kept);
  return y;
}

Interactions make_interactions(std::vector<std::pair<uint32_t, uint32_t>> pairs, size_t n_works,
                               size_t n_subjects) {
  Monitor never;
  return *make_interactions(std::move(pairs), n_works, n_subjects, never);
}

}  // namespace subjrec
