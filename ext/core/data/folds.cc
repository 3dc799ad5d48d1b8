#include "core/data/folds.h"

#include <algorithm>
#include <span>
#include <utility>

#include "core/base/random.h"

namespace subjrec {
namespace {

/// FNV-1a of the id, mixed with the seed.
uint64_t hash_of(const IdView& id, uint64_t seed) {
  uint64_t hash = 0xcbf29ce484222325u ^ static_cast<uint64_t>(id.kind);
  const auto add = [&](uint64_t byte) { hash = (hash ^ byte) * 0x100000001b3u; };
  if (id.kind == IdKind::kInteger) {
    for (int i = 0; i < 8; ++i) add(static_cast<uint64_t>(id.integer) >> (8 * i) & 0xff);
  } else {
    for (const char c : id.bytes) add(static_cast<unsigned char>(c));
  }
  return splitmix64(hash ^ splitmix64(seed));
}

/// Uniform in [0, 1).
double share_of(uint64_t hash) { return static_cast<double>(hash >> 11) * 0x1.0p-53; }

class Assignment {
 public:
  Assignment(const Interactions& y, const IdTable& works, const IdTable& subjects,
             const FoldOptions& options)
      : y_(y), works_(works), options_(options), folds_(y.nnz(), 0), left_(y.subject_counts()) {
    const auto seed = static_cast<uint64_t>(options.seed);
    for (size_t s = 0; s < subjects.size(); ++s) {
      subject_hash_.push_back(hash_of(subjects[s], seed));
    }
  }

  Result<std::vector<uint32_t>> run(Monitor& monitor) {
    Poll poll(monitor, 1 << 12);
    for (size_t w = 0; w < y_.n_works; ++w) {
      if (poll.stop()) return Status::interrupted();
      assign(w);
    }
    if (options_.method == "folds") keep_subjects_in_training();
    return std::move(folds_);
  }

 private:
  void assign(size_t w) {
    const auto seed = static_cast<uint64_t>(options_.seed);
    const uint64_t work_hash = hash_of(works_[w], ~seed);
    const std::span<const uint32_t> row = y_.row(w);
    if (options_.method == "works") {
      if (share_of(splitmix64(work_hash)) < options_.share) take_whole(w);
      return;
    }
    if (row.size() < 2 || row.size() < static_cast<size_t>(options_.least)) return;
    // The pairs of the work in an order of their own.
    std::vector<std::pair<uint64_t, size_t>> order;
    for (size_t i = 0; i < row.size(); ++i) {
      order.emplace_back(splitmix64(work_hash ^ subject_hash_[row[i]]), i);
    }
    std::sort(order.begin(), order.end());
    if (options_.method == "folds") {
      const auto folds = static_cast<uint64_t>(options_.folds);
      const uint64_t first = splitmix64(work_hash) % folds;
      for (size_t i = 0; i < order.size(); ++i) {
        folds_[y_.offsets[w] + order[i].second] = static_cast<uint32_t>((first + i) % folds + 1);
      }
      return;
    }
    size_t wanted = 1;
    if (options_.method == "share") {
      const double share = static_cast<double>(row.size()) * options_.share;
      wanted =
          std::min(static_cast<size_t>(share + share_of(splitmix64(work_hash))), row.size() - 1);
    }
    for (size_t i = 0; i < order.size() && wanted > 0; ++i) {
      if (left_[row[order[i].second]] < 2) continue;
      --left_[row[order[i].second]];
      folds_[y_.offsets[w] + order[i].second] = 1;
      --wanted;
    }
  }

  void take_whole(size_t w) {
    const std::span<const uint32_t> row = y_.row(w);
    const auto last = [&](uint32_t s) { return left_[s] < 2; };
    if (std::any_of(row.begin(), row.end(), last)) return;
    for (size_t i = 0; i < row.size(); ++i) {
      --left_[row[i]];
      folds_[y_.offsets[w] + i] = 1;
    }
  }

  /// Where all works of a subject have it in one fold, the first of them keeps it.
  void keep_subjects_in_training() {
    std::vector<uint32_t> fold(subject_hash_.size(), ~uint32_t{0});
    std::vector<size_t> first(subject_hash_.size(), 0);
    std::vector<bool> safe(subject_hash_.size(), false);
    for (size_t e = 0; e < folds_.size(); ++e) {
      const uint32_t s = y_.subjects[e];
      if (fold[s] == ~uint32_t{0}) {
        fold[s] = folds_[e];
        first[s] = e;
      }
      if (folds_[e] == 0 || folds_[e] != fold[s]) safe[s] = true;
    }
    for (size_t s = 0; s < safe.size(); ++s) {
      if (!safe[s] && fold[s] != ~uint32_t{0}) folds_[first[s]] = 0;
    }
  }

  const Interactions& y_;
  const IdTable& works_;
  const FoldOptions& options_;
  std::vector<uint32_t> folds_;
  std::vector<uint32_t> left_;  // works that keep each subject
  std::vector<uint64_t> subject_hash_;
};

}  // namespace

Result<std::vector<uint32_t>> assign_folds(const Interactions& y, const IdTable& works,
                                           const IdTable& subjects, const FoldOptions& options,
                                           Monitor& monitor) {
  return Assignment(y, works, subjects, options).run(monitor);
}

}  // namespace subjrec
