#include "sqlite/jobs/catalogue_diff.h"

#include <algorithm>
#include <optional>

#include "core/model/item_weights.h"
#include "sqlite/store/stored_subjects.h"

namespace subjrec {
namespace {

/// For each id of `from` its position in `to`; `unknown` counts those that have none.
std::vector<std::optional<uint32_t>> translate(const IdTable& from, const IdTable& to,
                                               size_t* unknown) {
  std::vector<std::optional<uint32_t>> positions(from.size());
  for (size_t i = 0; i < from.size(); ++i) {
    positions[i] = to.find(from[i]);
    if (!positions[i]) ++*unknown;
  }
  return positions;
}

/// Puts the works of the sources beside those of the model.
class Comparison {
 public:
  Comparison(const ServedModel& model, const CatalogueRows& sources)
      : model_(model),
        sources_(sources),
        weighted_(stores_weights(model.stored.model, sources.pairs.interactions)) {
    subjects_ = translate(sources.pairs.subjects, model.stored.subjects, &works_.unknown_subjects);
    features_ =
        translate(sources.features.features, model.stored.features, &works_.unknown_features);
    Interactions& y = works_.data.interactions;
    y.n_subjects = model.stored.subjects.size();
    y.offsets.push_back(0);
    SparseRows& f = works_.data.work_features;
    f.n_columns = model.stored.features.size();
    f.offsets.push_back(0);
  }

  Result<CatalogueDiff> compare(Monitor& monitor) {
    Poll poll(monitor, 1 << 10);
    size_t kept = 0;
    for (size_t w = 0; w < sources_.pairs.works.size(); ++w) {
      if (poll.stop()) return Status::interrupted();
      if (add(w)) ++kept;
    }
    works_.removed = model_.works->ids.size() - kept;
    if (works_.data.work_features.n_columns == 0) works_.data.work_features = SparseRows();
    return std::move(works_);
  }

 private:
  /// Appends work w of the source. True: the model has it already.
  bool add(size_t w) {
    const IdView id = sources_.pairs.works[w];
    const auto old = model_.works->ids.find(id);
    const SubjectRow row = sources_.pairs.interactions.weighted_row(w);
    std::vector<std::pair<uint32_t, float>> subjects;  // and their weights
    for (size_t i = 0; i < row.size(); ++i) {
      if (subjects_[row[i]]) {
        subjects.emplace_back(*subjects_[row[i]], row.weight(i));
      } else {
        ++works_.unknown_interactions;
      }
    }
    if (subjects.empty()) {
      ++works_.without_known_subjects;
      return false;
    }
    // Of twins the greatest weight counts: it comes first.
    std::sort(subjects.begin(), subjects.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first < b.first : a.second > b.second;
    });
    const auto twins = [](const auto& a, const auto& b) { return a.first == b.first; };
    subjects.erase(std::unique(subjects.begin(), subjects.end(), twins), subjects.end());
    append(id, subjects, features_of_source(w));
    const size_t at = works_.ids.size() - 1;
    const bool unchanged = old && same(*old, at);
    works_.unchanged.push_back(unchanged ? *old : CatalogueDiff::kChanged);
    works_.stored.push_back(unchanged && *old == at ? 1 : 0);
    if (!unchanged) {
      works_.to_fold.push_back(static_cast<uint32_t>(at));
      ++(old ? works_.changed : works_.added);
    }
    return old.has_value();
  }

  std::vector<WeightedFeature> features_of_source(size_t w) const {
    std::vector<WeightedFeature> known;
    const SparseRows& rows = sources_.features.rows;
    if (rows.n_rows == 0) return known;
    for (size_t e = rows.offsets[w]; e < rows.offsets[w + 1]; ++e) {
      if (const auto f = features_[rows.columns[e]]) known.push_back({*f, rows.weights[e]});
    }
    std::sort(known.begin(), known.end(), [](const WeightedFeature& a, const WeightedFeature& b) {
      return a.feature < b.feature;
    });
    return known;
  }

  void append(const IdView& id, const std::vector<std::pair<uint32_t, float>>& subjects,
              const std::vector<WeightedFeature>& features) {
    works_.ids.intern(id);
    Interactions& y = works_.data.interactions;
    for (const auto& [subject, weight] : subjects) {
      y.subjects.push_back(subject);
      if (weighted_) y.weights.push_back(weight);
    }
    y.offsets.push_back(y.subjects.size());
    ++y.n_works;
    SparseRows& f = works_.data.work_features;
    for (const WeightedFeature& feature : features) {
      f.columns.push_back(feature.feature);
      f.weights.push_back(feature.weight);
    }
    f.offsets.push_back(f.columns.size());
    ++f.n_rows;
  }

  /// Work `old` of the model carries what work `at` of the new ones does.
  bool same(uint32_t old, size_t at) const {
    const SubjectRow before = model_.works->data.interactions.weighted_row(old);
    const SubjectRow now = works_.data.interactions.weighted_row(at);
    for (size_t i = 0; i < now.size() && before.size() == now.size(); ++i) {
      if (now.weight(i) != before.weight(i)) return false;
    }
    const auto features_before = features_of(model_.works->data, old);
    const auto features_now = features_of(works_.data, at);
    return std::equal(before.begin(), before.end(), now.begin(), now.end()) &&
           std::equal(features_before.begin(), features_before.end(), features_now.begin(),
                      features_now.end(), [](const WeightedFeature& a, const WeightedFeature& b) {
                        return a.feature == b.feature && a.weight == b.weight;
                      });
  }

  const ServedModel& model_;
  const CatalogueRows& sources_;
  bool weighted_;  // the source has weights, and the model reads them
  std::vector<std::optional<uint32_t>> subjects_;
  std::vector<std::optional<uint32_t>> features_;
  CatalogueDiff works_;
};

}  // namespace

TrainData works_to_fold(const CatalogueDiff& works) {
  TrainData data;
  Interactions& y = data.interactions;
  SparseRows& f = data.work_features;
  y.n_subjects = works.data.interactions.n_subjects;
  f.n_columns = works.data.work_features.n_columns;
  y.offsets.push_back(0);
  f.offsets.push_back(0);
  for (const uint32_t w : works.to_fold) {
    const SubjectRow row = works.data.interactions.weighted_row(w);
    y.subjects.insert(y.subjects.end(), row.begin(), row.end());
    y.weights.insert(y.weights.end(), row.weights.begin(), row.weights.end());
    y.offsets.push_back(y.subjects.size());
    ++y.n_works;
    for (const WeightedFeature& feature : features_of(works.data, w)) {
      f.columns.push_back(feature.feature);
      f.weights.push_back(feature.weight);
    }
    f.offsets.push_back(f.columns.size());
    ++f.n_rows;
  }
  return data;
}

Result<CatalogueCounts> count_catalogue(const IdTable& subjects, const SourcePairs& pairs,
                                        Monitor& monitor) {
  CatalogueCounts counts;
  const auto known = translate(pairs.subjects, subjects, &counts.unknown_subjects);
  Poll poll(monitor, 1 << 14);
  for (size_t w = 0; w < pairs.works.size(); ++w) {
    if (poll.stop()) return Status::interrupted();
    size_t carried = 0;
    for (const uint32_t s : pairs.interactions.row(w)) carried += known[s].has_value();
    counts.unknown_interactions += pairs.interactions.row(w).size() - carried;
    counts.interactions += carried;
    ++(carried > 0 ? counts.works : counts.without_known_subjects);
  }
  return counts;
}

Result<CatalogueDiff> compare_catalogue(const ServedModel& model, const CatalogueRows& sources,
                                        Monitor& monitor) {
  return Comparison(model, sources).compare(monitor);
}

}  // namespace subjrec
