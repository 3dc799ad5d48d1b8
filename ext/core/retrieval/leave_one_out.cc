#include "core/retrieval/leave_one_out.h"

#include <algorithm>
#include <mutex>

#include "core/model/item_weights.h"

namespace subjrec {
namespace {

constexpr size_t kPairsInAPiece = 64;  // of fast algorithms; Newton's method asks on its own

/// Keeps the k least; the greatest of them on top of the heap.
class Least {
 public:
  Least(size_t k, std::span<const float> shift) : k_(k), shift_(shift) {}

  void take(const Outlier& pair) {
    const auto before = [this](const Outlier& a, const Outlier& b) { return less(a, b); };
    if (pairs_.size() == k_) {
      if (k_ == 0 || !less(pair, pairs_.front())) return;
      std::pop_heap(pairs_.begin(), pairs_.end(), before);
      pairs_.pop_back();
    }
    pairs_.push_back(pair);
    std::push_heap(pairs_.begin(), pairs_.end(), before);
  }

  std::vector<Outlier> sorted() {
    std::sort(pairs_.begin(), pairs_.end(),
              [this](const Outlier& a, const Outlier& b) { return less(a, b); });
    return std::move(pairs_);
  }

 private:
  float key(const Outlier& pair) const {
    return shift_.empty() ? pair.score : pair.score + shift_[pair.subject];
  }
  bool less(const Outlier& a, const Outlier& b) const {
    if (key(a) != key(b)) return key(a) < key(b);
    return a.work != b.work ? a.work < b.work : a.subject < b.subject;
  }

  size_t k_;
  std::span<const float> shift_;
  std::vector<Outlier> pairs_;
};

}  // namespace

/// Whether the model learned anything of the feature, so that a work with it is not unknown.
bool LeaveOneOutScorer::knows(const WeightedFeature& f) const {
  if (f.weight == 0) return false;
  if (model_.needs_catalogue()) return true;  // similar works have it
  if (!model_.weights.offsets.empty()) {
    const std::vector<uint64_t>& offsets = model_.weights.offsets;
    const size_t row = model_.weights.n_columns + f.feature;
    return row + 1 < offsets.size() && offsets[row] != offsets[row + 1];
  }
  const size_t begin = f.feature * model_.dim;
  if (begin + model_.dim > model_.feature_inputs.size()) return false;
  const auto input = model_.feature_inputs.begin() + static_cast<ptrdiff_t>(begin);
  return std::any_of(input, input + static_cast<ptrdiff_t>(model_.dim),
                     [](float x) { return x != 0; });
}

Status LeaveOneOutScorer::score_work(uint32_t work, Monitor& monitor,
                                     std::vector<Outlier>* out) const {
  const SubjectRow subjects = data_.interactions.weighted_row(work);
  const std::vector<WeightedFeature> features = features_of(data_, work);
  if (subjects.size() < 2 &&
      std::none_of(features.begin(), features.end(), [this](const auto& f) { return knows(f); })) {
    return {};
  }
  if (model_.scored_by_weights()) {
    // A subject's weight for itself is 0: the scores of all are those without each.
    std::vector<float> scores(model_.n_subjects());
    SUBJREC_TRY(fold_in_.scores(subjects, features, scores, monitor));
    for (const uint32_t subject : subjects) out->push_back({work, subject, scores[subject]});
    return {};
  }
  for (const uint32_t subject : subjects) {
    if (monitor.stop()) return Status::interrupted();
    SUBJREC_ASSIGN(const float found, fold_in_.score(RowWithout(subjects, subject).row(), features,
                                                     subject, first_ + work, monitor));
    out->push_back({work, subject, found});
  }
  return {};
}

Result<std::vector<Outlier>> LeaveOneOutScorer::least(size_t k, std::span<const float> shift,
                                                      ThreadTeam& team, Monitor& monitor) const {
  const size_t n = data_.interactions.n_works;
  std::vector<size_t> starts;  // of the pieces, in works
  for (size_t w = 0, pairs = kPairsInAPiece; w < n; ++w) {
    if (pairs >= kPairsInAPiece) {
      starts.push_back(w);
      pairs = 0;
    }
    pairs += data_.interactions.row(w).size() + 1;
  }
  Least best(k, shift);
  std::mutex lock;
  const auto piece = [&](size_t p, Monitor& asked) -> Status {
    std::vector<Outlier> found;
    const size_t end = p + 1 < starts.size() ? starts[p + 1] : n;
    for (size_t w = starts[p]; w < end; ++w) {
      SUBJREC_TRY(score_work(static_cast<uint32_t>(w), asked, &found));
    }
    const std::lock_guard<std::mutex> held(lock);
    for (const Outlier& pair : found) best.take(pair);
    return {};
  };
  SUBJREC_TRY(team.try_run(starts.size(), piece, monitor));
  return best.sorted();
}

Result<size_t> LeaveOneOutScorer::rank(uint32_t work, uint32_t subject,
                                       std::span<const float> shift, Monitor& monitor) const {
  const RowWithout left(data_.interactions.weighted_row(work), subject);
  const std::vector<uint32_t>& others = left.subjects;
  std::vector<float> scores(model_.n_subjects());
  SUBJREC_TRY(
      fold_in_.scores(left.row(), features_of(data_, work), scores, monitor, first_ + work));
  for (size_t s = 0; s < shift.size(); ++s) scores[s] += shift[s];
  size_t before = 0;
  for (size_t s = 0, other = 0; s < scores.size(); ++s) {
    if (other < others.size() && others[other] == s) {
      ++other;
    } else if (scores[s] > scores[subject] || (scores[s] == scores[subject] && s < subject)) {
      ++before;
    }
  }
  return before + 1;
}

}  // namespace subjrec
