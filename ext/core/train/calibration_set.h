// The calibration set: pairs and works that are kept out of training, so that scores can be told
// from probabilities by them.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/data/interactions.h"
#include "core/model/calibration.h"

namespace subjrec {

struct CalibrationPair {
  uint32_t work;
  uint32_t subject;
};

/// In the order of the works. No work is in both, and every subject stays on some other work.
struct CalibrationSet {
  static constexpr size_t kLeastColdWorks = 16;  // from which a curve is made of them
  std::vector<CalibrationPair> pairs;
  std::vector<uint32_t> cold_works;  // all of their pairs are kept out

  bool empty() const { return pairs.empty() && cold_works.empty(); }
  /// `y` without what is kept out.
  Interactions training_part(const Interactions& y) const;
};

/// For add_outcomes(): every subject of the work is hidden.
inline constexpr uint32_t kAllHidden = ~uint32_t{0};

/// What is shown of a work's subjects where one of them is hidden, or all are.
RowWithout shown_of(const SubjectRow& all, uint32_t hidden);

/// Adds the scores of all subjects of one work, which carries `own`, of which `hidden` was not
/// shown: that it is carried is the outcome. The other subjects of the work say nothing.
void add_outcomes(std::span<const uint32_t> own, uint32_t hidden, std::span<const float> scores,
                  CalibrationBins* bins);

/// Keeps out one subject of some works with three or more (with two or more where fewer than 32
/// have three): of a twentieth of them, but of 64 where that is more, though never of more than a
/// quarter, and of 1,024 at the most. And, of the works that are `known_without` their subjects (by
/// features, say), all subjects of a fortieth, but of 32 where that is more, though never of more
/// than a tenth, and of 512 at the most. By the seed.
CalibrationSet hold_out_for_calibration(const Interactions& y, uint64_t seed,
                                        const std::function<bool(uint32_t)>& known_without);

/// Works that may be kept out, those with the least keys; several parts of a catalogue find each
/// their own, and together those of the whole.
struct CalibrationCandidates {
  static constexpr size_t kMostPairs = 1024;
  static constexpr size_t kMostCold = 2048;
  struct Work {
    uint64_t key;
    uint32_t work;  // in the order of the ids
    std::span<const uint32_t> subjects;
  };
  size_t n_three = 0;       // works with three subjects or more
  size_t n_two = 0;         // with two or more
  size_t n_known = 0;       // that are known without their subjects
  std::vector<Work> three;  // of these, by key
  std::vector<Work> two;    // where there are fewer than 32 with three
  std::vector<Work> known;

  void add(const CalibrationCandidates& other);
  /// Puts the works in the order of their keys, and keeps as many as are needed.
  void sort();
};
/// `keys` has a hash of each work; a work's key follows from it and the seed.
CalibrationCandidates find_calibration_candidates(
    const Interactions& y, std::span<const uint64_t> keys, uint64_t seed,
    const std::function<bool(uint32_t)>& known_without);

/// As many as hold_out_for_calibration(), drawn by their keys: whether a work is kept out does not
/// depend on its position. `subject_works` says how many works carry each subject.
CalibrationSet hold_out_by_key(const CalibrationCandidates& candidates,
                               std::vector<uint32_t> subject_works);

/// The same for scores that leave one work out at a time, so that no quality is lost: one subject
/// of up to `most_pairs` works, and all subjects of up to `most_works`.
CalibrationSet draw_leave_one_out_set(const Interactions& y, uint64_t seed,
                                      const std::function<bool(uint32_t)>& known_without,
                                      size_t most_pairs = 1024, size_t most_works = 512);

}  // namespace subjrec
