#include "core/train/calibration_set.h"

#include <algorithm>
#include <span>

#include "core/base/random.h"

namespace subjrec {
namespace {

constexpr uint64_t kPairStream = 3;
constexpr uint64_t kColdStream = 4;
constexpr size_t kFewRich = 32;  // works with three subjects: fewer, and two will do

std::vector<uint32_t> works_with(const Interactions& y, size_t least) {
  std::vector<uint32_t> works;
  for (uint32_t w = 0; w < y.n_works; ++w) {
    if (y.row(w).size() >= least) works.push_back(w);
  }
  return works;
}

/// `share` of n as a number, but at least `least`, where that is no more than `greatest` of n.
size_t share_of(size_t n, size_t share, size_t least, size_t greatest, size_t most) {
  return std::min(std::max(n / share, std::min(least, n / greatest)), most);
}

/// Draws a set in which every subject is left on some other work. `left` are the works of each
/// subject, and where pairs leave together they are counted down.
class Drawing {
 public:
  Drawing(const Interactions& y, uint64_t seed, bool together)
      : y_(y), seed_(seed), together_(together), left_(y.subject_counts()) {}

  void draw_pairs(std::vector<uint32_t> works, size_t wanted, CalibrationSet* set) {
    Random random(seed_, kPairStream);
    random.shuffle(std::span(works));
    works.resize(std::min(works.size(), wanted));
    std::sort(works.begin(), works.end());
    for (const uint32_t w : works) {
      const uint32_t s = y_.row(w)[random.below(y_.row(w).size())];
      if (left_[s] < 2) continue;
      if (together_) --left_[s];
      set->pairs.push_back({w, s});
    }
  }

  void draw_works(std::vector<uint32_t> works, size_t wanted, CalibrationSet* set) {
    std::vector<bool> taken(y_.n_works, false);
    for (const CalibrationPair& pair : set->pairs) taken[pair.work] = true;
    Random random(seed_, kColdStream);
    random.shuffle(std::span(works));
    for (const uint32_t w : works) {
      if (set->cold_works.size() == wanted) break;
      const std::span<const uint32_t> row = y_.row(w);
      const auto last = [&](uint32_t s) { return left_[s] < 2; };
      if ((together_ && taken[w]) || std::any_of(row.begin(), row.end(), last)) continue;
      for (const uint32_t s : row) left_[s] -= together_ ? 1 : 0;
      set->cold_works.push_back(w);
    }
    std::sort(set->cold_works.begin(), set->cold_works.end());
  }

 private:
  const Interactions& y_;
  uint64_t seed_;
  bool together_;
  std::vector<uint32_t> left_;
};

using Candidate = CalibrationCandidates::Work;

void keep_least(std::vector<Candidate>* works, size_t most) {
  const auto less = [](const Candidate& a, const Candidate& b) {
    return a.key != b.key ? a.key < b.key : a.work < b.work;
  };
  if (works->size() > most) {
    std::nth_element(works->begin(), works->begin() + static_cast<ptrdiff_t>(most), works->end(),
                     less);
    works->resize(most);
  }
  std::sort(works->begin(), works->end(), less);
}

std::vector<uint32_t> works_to_hide_in(const Interactions& y) {
  std::vector<uint32_t> rich = works_with(y, 3);
  return rich.size() < kFewRich ? works_with(y, 2) : rich;
}

std::vector<uint32_t> works_that(const Interactions& y,
                                 const std::function<bool(uint32_t)>& known_without) {
  std::vector<uint32_t> known;
  for (uint32_t w = 0; w < y.n_works; ++w) {
    if (!y.row(w).empty() && known_without(w)) known.push_back(w);
  }
  return known;
}

}  // namespace

CalibrationSet hold_out_for_calibration(const Interactions& y, uint64_t seed,
                                        const std::function<bool(uint32_t)>& known_without) {
  CalibrationSet set;
  Drawing drawing(y, seed, true);
  std::vector<uint32_t> rich = works_to_hide_in(y);
  const size_t n_pairs = share_of(rich.size(), 20, 64, 4, 1024);
  drawing.draw_pairs(std::move(rich), n_pairs, &set);
  std::vector<uint32_t> known = works_that(y, known_without);
  const size_t n_works = share_of(known.size(), 40, 32, 10, 512);
  drawing.draw_works(std::move(known), n_works, &set);
  return set;
}

void CalibrationCandidates::add(const CalibrationCandidates& other) {
  n_three += other.n_three;
  n_two += other.n_two;
  n_known += other.n_known;
  three.insert(three.end(), other.three.begin(), other.three.end());
  two.insert(two.end(), other.two.begin(), other.two.end());
  known.insert(known.end(), other.known.begin(), other.known.end());
}

void CalibrationCandidates::sort() {
  if (n_three >= kFewRich) two.clear();
  keep_least(&three, kMostPairs);
  keep_least(&two, kMostPairs);
  keep_least(&known, kMostCold);
}

CalibrationCandidates find_calibration_candidates(
    const Interactions& y, std::span<const uint64_t> keys, uint64_t seed,
    const std::function<bool(uint32_t)>& known_without) {
  CalibrationCandidates found;
  const uint64_t salt = splitmix64(seed);
  for (uint32_t w = 0; w < y.n_works; ++w) {
    const std::span<const uint32_t> row = y.row(w);
    const Candidate work{splitmix64((w < keys.size() ? keys[w] : splitmix64(w)) ^ salt), w, row};
    if (row.size() >= 3) found.three.push_back(work);
    if (row.size() >= 2) found.two.push_back(work);
    if (!row.empty() && known_without(w)) found.known.push_back(work);
  }
  found.n_three = found.three.size();
  found.n_two = found.two.size();
  found.n_known = found.known.size();
  found.sort();
  return found;
}

CalibrationSet hold_out_by_key(const CalibrationCandidates& candidates,
                               std::vector<uint32_t> subject_works) {
  const bool few = candidates.n_three < kFewRich;
  const std::vector<Candidate>& rich = few ? candidates.two : candidates.three;
  const size_t n_rich = few ? candidates.n_two : candidates.n_three;
  CalibrationSet set;
  const size_t n_pairs = std::min(rich.size(), share_of(n_rich, 20, 64, 4, 1024));
  for (const Candidate& c : std::span(rich).first(n_pairs)) {
    const uint32_t s = c.subjects[splitmix64(c.key) % c.subjects.size()];
    if (subject_works[s] < 2) continue;
    --subject_works[s];
    set.pairs.push_back({c.work, s});
  }
  const auto by_work = [](const CalibrationPair& a, const CalibrationPair& b) {
    return a.work < b.work;
  };
  std::sort(set.pairs.begin(), set.pairs.end(), by_work);
  const size_t n_cold = share_of(candidates.n_known, 40, 32, 10, 512);
  for (const Candidate& c : candidates.known) {
    if (set.cold_works.size() == n_cold) break;
    const auto last = [&](uint32_t s) { return subject_works[s] < 2; };
    if (std::binary_search(set.pairs.begin(), set.pairs.end(), CalibrationPair{c.work, 0},
                           by_work) ||
        std::any_of(c.subjects.begin(), c.subjects.end(), last)) {
      continue;
    }
    for (const uint32_t s : c.subjects) --subject_works[s];
    set.cold_works.push_back(c.work);
  }
  std::sort(set.cold_works.begin(), set.cold_works.end());
  return set;
}

CalibrationSet draw_leave_one_out_set(const Interactions& y, uint64_t seed,
                                      const std::function<bool(uint32_t)>& known_without,
                                      size_t most_pairs, size_t most_works) {
  CalibrationSet set;
  Drawing drawing(y, seed, false);
  drawing.draw_pairs(works_to_hide_in(y), most_pairs, &set);
  drawing.draw_works(works_that(y, known_without), most_works, &set);
  return set;
}

RowWithout shown_of(const SubjectRow& all, uint32_t hidden) {
  return {hidden == kAllHidden ? SubjectRow() : all, hidden};
}

void add_outcomes(std::span<const uint32_t> own, uint32_t hidden, std::span<const float> scores,
                  CalibrationBins* bins) {
  size_t next = 0;
  for (size_t s = 0; s < scores.size(); ++s) {
    const bool carried = next < own.size() && own[next] == s;
    next += carried ? 1 : 0;
    const bool is_hidden = carried && (hidden == kAllHidden || hidden == s);
    if (!carried || is_hidden) bins->add(scores[s], is_hidden);
  }
}

Interactions CalibrationSet::training_part(const Interactions& y) const {
  Interactions part = y;
  size_t kept = 0;
  auto pair = pairs.begin();
  auto cold = cold_works.begin();
  for (uint32_t w = 0; w < y.n_works; ++w) {
    const bool is_cold = cold != cold_works.end() && *cold == w;
    const bool has_pair = pair != pairs.end() && pair->work == w;
    part.offsets[w] = kept;
    for (const uint32_t s : y.row(w)) {
      if (!is_cold && !(has_pair && pair->subject == s)) part.subjects[kept++] = s;
    }
    cold += is_cold ? 1 : 0;
    pair += has_pair ? 1 : 0;
  }
  part.offsets[y.n_works] = kept;
  part.subjects.resize(kept);
  part.weigh_as(y);
  return part;
}

}  // namespace subjrec
