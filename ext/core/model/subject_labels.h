// Labels of subjects as bags of stemmed words, for a lexical match with the texts of works (as Maui
// and MLLM match the terms of a vocabulary; Medelyan 2009).
//
// A text is known by its words as they stand, each a feature of its work. A word here is a stem:
// all features whose words have it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace subjrec {

/// Rows of numbers of different lengths.
struct NumberRows {
  std::vector<uint64_t> offsets = {0};
  std::vector<uint32_t> numbers;

  size_t size() const { return offsets.size() - 1; }
  std::span<const uint32_t> operator[](size_t at) const {
    return {numbers.data() + offsets[at], static_cast<size_t>(offsets[at + 1] - offsets[at])};
  }
  void end_row() { offsets.push_back(numbers.size()); }
};

struct SubjectLabels {
  static constexpr uint32_t kNoSubject = ~uint32_t{0};
  /// Of each label; ascending but for kNoSubject, which nobody is suggested for. A subject may have
  /// several.
  std::vector<uint32_t> subjects;
  NumberRows labels;  // the distinct words of each, ascending; none is empty
  NumberRows words;   // the features of each word, ascending; none is a feature of two
};

}  // namespace subjrec
