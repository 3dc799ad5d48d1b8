// The inverted index of a catalogue for TF-IDF: which works have a term, and how much each counts.
//
// A term is a subject (of value 1, or its weight in the work) or, after the subjects, a feature (of
// feature_weight times its own weight). Works without subjects have no terms here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/model/train_data.h"

namespace subjrec {

/// What does not depend on how much a term counts: changes with the works alone.
struct TermCounts {
  size_t n_works = 0;
  size_t n_subjects = 0;
  size_t voters = 0;             // works with subjects
  std::vector<uint32_t> counts;  // works with each term; those of subjects first

  size_t n_features() const { return counts.size() - n_subjects; }
  std::span<const uint32_t> of_subjects() const { return {counts.data(), n_subjects}; }
};

/// log(voters / works with the term), and 0 for terms of more than a twentieth of the voters (and
/// of more than 2,000), which say little.
std::vector<float> inverse_frequencies(const TermCounts& terms);

struct InvertedWorks {
  TermCounts terms;
  std::vector<float> scales;  // of each work: 1 / the length of its weights, or 0
  SparseRows works;           // terms x works: the value of the term in the work
};
Result<InvertedWorks> invert_works(const TrainData& data, double feature_weight, Monitor& monitor);

struct Posting {
  uint32_t work;
  float weight;  // of a work whose weights have length 1
};

/// The postings of a term, from its works and its values in them: those above 0.
void add_postings(std::span<const uint32_t> works, std::span<const float> values, float idf,
                  std::span<const float> scales, std::vector<Posting>* out);

/// An inverted index that is read as it is asked, and the subjects of works beside it. What is
/// given out stays where it is while the index is there.
class WorkLists {
 public:
  virtual ~WorkLists() = default;
  /// By ascending work.
  virtual Status postings(size_t term, std::span<const Posting>* out) const = 0;
  virtual Status subjects_of(uint32_t work, std::span<const uint32_t>* out) const = 0;
};

}  // namespace subjrec
