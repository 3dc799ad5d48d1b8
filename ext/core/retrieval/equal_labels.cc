#include "core/retrieval/equal_labels.h"

#include <algorithm>

namespace subjrec {

bool have_equal_label(const SubjectLabels& labels, uint32_t a, uint32_t b) {
  const auto first_of = [&](uint32_t subject) {
    const auto at = std::lower_bound(labels.subjects.begin(), labels.subjects.end(), subject);
    return static_cast<size_t>(at - labels.subjects.begin());
  };
  const size_t n = labels.subjects.size();
  for (size_t i = first_of(a); i < n && labels.subjects[i] == a; ++i) {
    const auto words = labels.labels[i];
    for (size_t j = first_of(b); j < n && labels.subjects[j] == b; ++j) {
      const auto others = labels.labels[j];
      if (std::equal(words.begin(), words.end(), others.begin(), others.end())) return true;
    }
  }
  return false;
}

bool repeats_label(const SubjectLabels& labels, uint32_t subject, std::span<const ScoredItem> hits,
                   std::span<const uint32_t> subjects) {
  const auto repeats = [&](uint32_t other) {
    return other != subject && have_equal_label(labels, subject, other);
  };
  for (const ScoredItem& hit : hits) {
    if (repeats(hit.item)) return true;
  }
  return std::any_of(subjects.begin(), subjects.end(), repeats);
}

}  // namespace subjrec
