// Labels of subjects, cut into the words that texts of works are cut into, and stemmed.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/model/subject_labels.h"
#include "core/train/options.h"
#include "sqlite/bindings/tokenizer.h"
#include "sqlite/source/source.h"

namespace subjrec {

/// The (subject, label) rows of TrainOptions::subject_labels. A subject may have several; rows with
/// a NULL say nothing, and a BLOB for a label is an error.
class SubjectLabelRows {
 public:
  static Result<SubjectLabelRows> read(sqlite3* db, std::string_view who,
                                       const TrainOptions& options, bool remembered,
                                       const IdTable& subjects, Monitor& monitor);

  size_t labels() const { return labels_.size(); }
  /// Those with a label of a word or more that are not among `subjects`, in order of arrival.
  const IdTable& unknown_subjects() const { return unknown_subjects_; }

  /// Makes features of their words as they stand and of their stems, so that a new work's text may
  /// have those that no text of the training has.
  void intern_words(const AddFeature& add) const;
  /// The labels by the features that texts have, which are in order by now.
  Result<std::shared_ptr<const SubjectLabels>> by_features(const IdTable& features,
                                                           Monitor& monitor) const;

 private:
  explicit SubjectLabelRows(Tokenizer stemmer) : stemmer_(std::move(stemmer)) {}
  Result<std::string> stem(std::string_view word, Monitor& monitor) const;
  /// A label, by its words as features.
  Status add(uint32_t subject, const std::set<std::string>& features, Monitor& monitor);

  Tokenizer stemmer_;
  IdTable labels_;  // in order: a subject's position, four bytes, and the stems of a label
  IdTable words_;   // of all labels, as they stand
  IdTable unknown_subjects_;
};

}  // namespace subjrec
