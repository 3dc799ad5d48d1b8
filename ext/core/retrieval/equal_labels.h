// Subjects of one label: two ids of the same thing, or forms of one word.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/model/subject_labels.h"
#include "core/retrieval/topk_index.h"

namespace subjrec {

/// Whether a label of `a` has the words of a label of `b`.
bool have_equal_label(const SubjectLabels& labels, uint32_t a, uint32_t b);

/// Whether `subject` has a label of one of these hits, or of one of these subjects, itself apart.
bool repeats_label(const SubjectLabels& labels, uint32_t subject, std::span<const ScoredItem> hits,
                   std::span<const uint32_t> subjects);

}  // namespace subjrec
