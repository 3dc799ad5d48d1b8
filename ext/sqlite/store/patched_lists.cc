#include "sqlite/store/patched_lists.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <utility>

namespace subjrec {
namespace {

// As in stored_lists.cc.
constexpr size_t kValues = 1 << 16;
constexpr size_t kWorks = 256;
constexpr size_t kSizes = 5;

std::string_view bytes_of(std::span<const uint32_t> words) {
  return {reinterpret_cast<const char*>(words.data()), words.size_bytes()};
}

class ListPatch {
 public:
  ListPatch(PackedRows* rows, PackedEditor* out, const StoredModel& stored,
            const CataloguePlan& plan, const PatchedCounts& counts, Monitor& monitor)
      : rows_(rows),
        out_(out),
        digest_(stored.config.find("digest")->second),
        plan_(plan),
        counts_(counts),
        idf_before_(inverse_frequencies(counts.before)),
        idf_(inverse_frequencies(counts.now)),
        monitor_(monitor) {}

  /// The subjects of all works: those of the plan are written, and all count in the scales.
  Status subjects_and_scales() {
    for (size_t t = 0; t < idf_.size(); ++t) {
      if (idf_[t] > 0 && !(idf_before_[t] > 0)) entering_[static_cast<uint32_t>(t)];
    }
    scales_.reserve(plan_.n_now);
    const size_t chunks = (std::max(plan_.n_before, plan_.n_now) + kWorks - 1) / kWorks;
    for (size_t chunk = 0; chunk < chunks; ++chunk) {
      if (chunk % 256 == 255 && monitor_.stop()) return Status::interrupted();
      SUBJREC_TRY(subjects_of_chunk(static_cast<uint32_t>(chunk)));
    }
    const size_t parts = (std::max(plan_.n_before, plan_.n_now) + kValues - 1) / kValues;
    for (size_t part = 0; part < parts; ++part) {
      const size_t begin = part * kValues;
      const auto number = static_cast<uint32_t>(part);
      if (begin >= scales_.size()) {
        SUBJREC_TRY(out_->remove(PackedPart::kScales, number));
        continue;
      }
      const size_t n = std::min(kValues, scales_.size() - begin);
      SUBJREC_TRY(
          out_->put(PackedPart::kScales, number,
                    {reinterpret_cast<const char*>(scales_.data() + begin), n * sizeof(float)}));
    }
    return {};
  }

  /// Of the terms of the works of the plan, and those that begin or cease to be listed.
  Status postings() {
    std::map<uint32_t, std::vector<std::pair<uint32_t, bool>>> changes;  // works; true: added
    for (const auto& [n, row] : plan_.rows) {
      if (row.before) {
        for (const uint32_t s : row.before->subjects) changes[s].emplace_back(n, false);
      }
      if (row.now) {
        for (const uint32_t s : row.now->subjects) changes[s].emplace_back(n, true);
      }
    }
    for (uint32_t t = 0; t < idf_.size(); ++t) {
      if (idf_before_[t] > 0 && !(idf_[t] > 0)) {
        SUBJREC_TRY(out_->remove(PackedPart::kPostings, t));
      }
    }
    for (const auto& [term, works] : entering_) SUBJREC_TRY(put_postings(term, works));
    Poll poll(monitor_, 64);
    for (const auto& [term, works] : changes) {
      if (poll.stop()) return Status::interrupted();
      if (idf_before_[term] > 0 && idf_[term] > 0) SUBJREC_TRY(patch_postings(term, works));
    }
    return {};
  }

  Status counts() {
    const std::vector<uint32_t>& now = counts_.now.counts;
    const std::vector<uint32_t> sizes = {1, static_cast<uint32_t>(plan_.n_now),
                                         static_cast<uint32_t>(now.size()), 0,
                                         static_cast<uint32_t>(counts_.now.voters)};
    SUBJREC_TRY(out_->put(PackedPart::kSizes, 0, bytes_of(sizes)));
    for (size_t begin = 0; begin < now.size(); begin += kValues) {
      const auto values = std::span(now).subspan(begin, std::min(kValues, now.size() - begin));
      SUBJREC_TRY(out_->put(PackedPart::kTermCounts, static_cast<uint32_t>(begin / kValues),
                            bytes_of(values)));
    }
    return {};
  }

 private:
  Status subjects_of_chunk(uint32_t chunk) {
    const size_t first = size_t{chunk} * kWorks;
    const size_t n_before = std::min(kWorks, plan_.n_before - std::min(first, plan_.n_before));
    const size_t n = std::min(kWorks, plan_.n_now - std::min(first, plan_.n_now));
    std::vector<uint32_t> old;
    if (n_before > 0) {
      SUBJREC_TRY(read(PackedPart::kSubjectsOfWorks, chunk, &old));
      bool good =
          old.size() > n_before && old[0] == 0 && old[n_before] == old.size() - n_before - 1;
      for (size_t i = 0; good && i < n_before; ++i) good = old[i] <= old[i + 1];
      for (size_t i = n_before + 1; good && i < old.size(); ++i) good = old[i] < idf_.size();
      if (!good) return rows_->damaged(PackedPart::kSubjectsOfWorks, chunk);
    }
    auto touched = plan_.rows.lower_bound(static_cast<uint32_t>(first));
    const bool any = touched != plan_.rows.end() && touched->first < first + kWorks;
    std::vector<uint32_t> offsets{0};
    std::vector<uint32_t> all;
    for (size_t i = 0; i < n; ++i) {
      std::span<const uint32_t> row;
      if (touched != plan_.rows.end() && touched->first == first + i) {
        row = (touched++)->second.now->subjects;
      } else {
        row = std::span<const uint32_t>(old).subspan(n_before + 1 + old[i], old[i + 1] - old[i]);
      }
      add_work(static_cast<uint32_t>(first + i), row);
      if (!any) continue;
      all.insert(all.end(), row.begin(), row.end());
      offsets.push_back(static_cast<uint32_t>(all.size()));
    }
    if (!any) return {};
    if (n == 0) return out_->remove(PackedPart::kSubjectsOfWorks, chunk);
    offsets.insert(offsets.end(), all.begin(), all.end());
    return out_->put(PackedPart::kSubjectsOfWorks, chunk, bytes_of(offsets));
  }

  /// The scale of a work (core/model/inverted_works.cc), and its place in lists that begin.
  void add_work(uint32_t n, std::span<const uint32_t> subjects) {
    double squares = 0;
    for (const uint32_t s : subjects) {
      squares += double{idf_[s]} * double{idf_[s]};
      if (entering_.empty()) continue;
      const auto entering = entering_.find(s);
      if (entering != entering_.end()) entering->second.push_back(n);
    }
    scales_.push_back(static_cast<float>(squares > 0 ? 1 / std::sqrt(squares) : 0));
  }

  Status patch_postings(uint32_t term, std::span<const std::pair<uint32_t, bool>> changes) {
    std::vector<uint32_t> words;
    SUBJREC_TRY(read(PackedPart::kPostings, term, &words));
    if (words.empty() || words.size() != size_t{words[0]} + 1) {
      return rows_->damaged(PackedPart::kPostings, term);
    }
    std::vector<uint32_t> gone;
    std::vector<uint32_t> come;
    for (const auto& [n, added] : changes) (added ? come : gone).push_back(n);
    std::vector<uint32_t> left;
    std::vector<uint32_t> works;
    std::set_difference(words.begin() + 1, words.end(), gone.begin(), gone.end(),
                        std::back_inserter(left));
    std::merge(left.begin(), left.end(), come.begin(), come.end(), std::back_inserter(works));
    if (works.size() != counts_.now.counts[term]) {
      return rows_->damaged(PackedPart::kPostings, term);
    }
    return put_postings(term, works);
  }

  Status put_postings(uint32_t term, const std::vector<uint32_t>& works) {
    std::vector<uint32_t> words{static_cast<uint32_t>(works.size())};
    words.insert(words.end(), works.begin(), works.end());
    return out_->put(PackedPart::kPostings, term, bytes_of(words));
  }

  Status read(PackedPart part, uint32_t number, std::vector<uint32_t>* words) {
    SUBJREC_ASSIGN(const std::string_view bytes, rows_->read(part, number, digest_));
    words->resize(bytes.size() / sizeof(uint32_t));
    if (!bytes.empty()) std::memcpy(words->data(), bytes.data(), words->size() * sizeof(uint32_t));
    return bytes.size() % sizeof(uint32_t) == 0 ? Status() : rows_->damaged(part, number);
  }

  PackedRows* rows_;
  PackedEditor* out_;
  std::string digest_;
  const CataloguePlan& plan_;
  const PatchedCounts& counts_;
  std::vector<float> idf_before_;
  std::vector<float> idf_;
  Monitor& monitor_;
  std::map<uint32_t, std::vector<uint32_t>> entering_;  // works of terms that begin to be listed
  std::vector<float> scales_;
};

/// Numbers of 32 bits, `n` in all.
Status read_words(PackedRows* rows, PackedPart part, std::string_view digest, size_t n,
                  std::vector<uint32_t>* out) {
  for (uint32_t number = 0; out->size() < n; ++number) {
    SUBJREC_ASSIGN(const std::string_view bytes, rows->read(part, number, digest));
    const size_t wanted = std::min(kValues, n - out->size());
    if (bytes.size() != wanted * sizeof(uint32_t)) return rows->damaged(part, number);
    out->resize(out->size() + wanted);
    std::memcpy(out->data() + out->size() - wanted, bytes.data(), bytes.size());
  }
  return {};
}

}  // namespace

Result<PatchedCounts> read_patched_counts(PackedRows* rows, const StoredModel& stored,
                                          const CataloguePlan& plan) {
  const std::string& digest = stored.config.find("digest")->second;
  std::vector<uint32_t> sizes;
  SUBJREC_TRY(read_words(rows, PackedPart::kSizes, digest, kSizes, &sizes));
  if (sizes[0] != 1 || sizes[1] != stored.n_works || sizes[2] != stored.n_subjects) {
    return rows->damaged(PackedPart::kSizes, 0);
  }
  PatchedCounts counts;
  counts.features = sizes[3] != 0;
  counts.before = {sizes[1], sizes[2], sizes[4], {}};
  SUBJREC_TRY(
      read_words(rows, PackedPart::kTermCounts, digest, stored.n_subjects, &counts.before.counts));
  counts.now = counts.before;
  counts.now.n_works = plan.n_now;
  for (const auto& [n, row] : plan.rows) {
    if (row.before) {
      counts.now.voters -= row.before->subjects.empty() ? 0 : 1;
      for (const uint32_t s : row.before->subjects) --counts.now.counts[s];
    }
    if (row.now) {
      counts.now.voters += row.now->subjects.empty() ? 0 : 1;
      for (const uint32_t s : row.now->subjects) ++counts.now.counts[s];
    }
  }
  return counts;
}

Status patch_lists(PackedRows* rows, PackedEditor* out, const StoredModel& stored,
                   const CataloguePlan& plan, const PatchedCounts& counts, Monitor& monitor) {
  ListPatch patch(rows, out, stored, plan, counts, monitor);
  SUBJREC_TRY(patch.subjects_and_scales());
  SUBJREC_TRY(patch.postings());
  return patch.counts();
}

}  // namespace subjrec
