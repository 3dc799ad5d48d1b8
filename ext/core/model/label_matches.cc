#include "core/model/label_matches.h"

#include <algorithm>

#include "core/base/portable_math.h"

namespace subjrec {

Result<LabelMatches> LabelMatches::build(const SubjectLabels& labels, Monitor& monitor) {
  LabelMatches index;
  index.labels_ = &labels;
  Poll poll(monitor, 1 << 12);
  std::vector<std::vector<uint32_t>> with(labels.words.size());
  for (uint32_t l = 0; l < labels.labels.size(); ++l) {
    if (poll.stop()) return Status::interrupted();
    for (const uint32_t word : labels.labels[l]) with[word].push_back(l);
  }
  const auto n = static_cast<double>(labels.labels.size());
  for (uint32_t word = 0; word < with.size(); ++word) {
    if (poll.stop()) return Status::interrupted();
    for (const uint32_t l : with[word]) index.labels_with_.numbers.push_back(l);
    index.labels_with_.end_row();
    const auto count = static_cast<double>(std::max<size_t>(with[word].size(), 1));
    index.weights_.push_back(static_cast<float>(portable_log(1 + n / count)));
    for (const uint32_t feature : labels.words[word]) {
      if (feature >= index.word_of_.size()) index.word_of_.resize(feature + size_t{1}, kNone);
      index.word_of_[feature] = word;
    }
  }
  for (uint32_t l = 0; l < labels.labels.size(); ++l) {
    float total = 0;
    for (const uint32_t word : labels.labels[l]) total += index.weights_[word];
    index.totals_.push_back(total);
  }
  return index;
}

void LabelMatches::find(std::span<const WeightedFeature> features, LabelScratch* scratch,
                        std::vector<LabelMatch>* out) const {
  out->clear();
  scratch->words.clear();
  scratch->touched.clear();
  scratch->sums.resize(labels_->labels.size());
  scratch->found.resize(labels_->labels.size());
  for (const WeightedFeature& f : features) {
    if (word_of(f.feature) != kNone) scratch->words.push_back(word_of(f.feature));
  }
  std::sort(scratch->words.begin(), scratch->words.end());
  const auto end = std::unique(scratch->words.begin(), scratch->words.end());
  for (auto word = scratch->words.begin(); word != end; ++word) {
    for (const uint32_t l : labels_with_[*word]) {
      if (scratch->found[l]++ == 0) scratch->touched.push_back(l);
      scratch->sums[l] += weights_[*word];
    }
  }
  std::sort(scratch->touched.begin(), scratch->touched.end());
  for (const uint32_t l : scratch->touched) {
    const bool whole = scratch->found[l] == labels_->labels[l].size();
    const float share = whole ? 1.0f : std::min(scratch->sums[l] / totals_[l], 0.999f);
    scratch->found[l] = 0;
    scratch->sums[l] = 0;
    const uint32_t subject = labels_->subjects[l];
    if (share < kLeastShare || subject == SubjectLabels::kNoSubject) continue;
    if (out->empty() || out->back().subject != subject) out->push_back({subject, 0});
    out->back().share = std::max(out->back().share, share);
    if (whole) out->back().weight = std::max(out->back().weight, totals_[l]);
  }
}

std::vector<LabelMatches::Cause> LabelMatches::causes(std::span<const WeightedFeature> features,
                                                      uint32_t subject) const {
  std::vector<Cause> best;
  float most = -1;
  const auto& subjects = labels_->subjects;
  const auto [first, last] = std::equal_range(subjects.begin(), subjects.end(), subject);
  for (auto at = first; at != last; ++at) {
    const auto label = static_cast<size_t>(at - subjects.begin());
    std::vector<Cause> found;
    float sum = 0;
    for (const uint32_t word : labels_->labels[label]) {
      for (const WeightedFeature& f : features) {
        if (word_of(f.feature) != word) continue;
        found.push_back({f.feature, weights_[word]});
        sum += weights_[word];
        break;
      }
    }
    if (found.empty() || sum / totals_[label] <= most) continue;
    most = sum / totals_[label];
    for (Cause& cause : found) cause.share /= sum;
    best = std::move(found);
  }
  return best;
}

}  // namespace subjrec
