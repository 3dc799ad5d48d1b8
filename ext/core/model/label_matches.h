// Which subjects have a label whose words a text has, and how much of it: the greatest share of a
// label's weight that the text has, over the labels of a subject. The weight of a word is
// log(1 + labels / labels with the word).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/model/model.h"
#include "core/model/subject_labels.h"

namespace subjrec {

struct LabelMatch {
  uint32_t subject = 0;
  float share = 0;   // kLeastShare at least; 1 where a label is there as a whole
  float weight = 0;  // of such a label; 0 where there is none
};

/// What a search writes on; one for each thread, for any number of searches of one index.
struct LabelScratch {
  std::vector<uint32_t> words;
  std::vector<float> sums;      // a label each; zero between searches
  std::vector<uint32_t> found;  // a label each; zero between searches
  std::vector<uint32_t> touched;
};

class LabelMatches {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};
  static constexpr float kLeastShare = 0.5f;

  /// `labels` must outlive the index.
  static Result<LabelMatches> build(const SubjectLabels& labels, Monitor& monitor);

  /// The subjects that the features have a label of, ascending.
  void find(std::span<const WeightedFeature> features, LabelScratch* scratch,
            std::vector<LabelMatch>* out) const;

  /// A feature that a label of the subject has as a word, and its share of that label.
  struct Cause {
    uint32_t feature;
    float share;
  };
  /// Those of the label that find() tells of.
  std::vector<Cause> causes(std::span<const WeightedFeature> features, uint32_t subject) const;

 private:
  uint32_t word_of(uint32_t feature) const {
    return feature < word_of_.size() ? word_of_[feature] : kNone;
  }

  const SubjectLabels* labels_ = nullptr;
  std::vector<uint32_t> word_of_;  // of each feature, or kNone
  NumberRows labels_with_;         // of each word
  std::vector<float> weights_;     // of each word
  std::vector<float> totals_;      // of each label
};

}  // namespace subjrec
