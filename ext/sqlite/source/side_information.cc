#include "sqlite/source/side_information.h"

#include <algorithm>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "sqlite/source/vectors.h"
#include "sqlite/source/work_text.h"

namespace subjrec {
namespace {

bool is_remembered(const OptionNames* said, std::string_view option) {
  return said != nullptr && said->count(option) == 0;
}

}  // namespace

Result<std::optional<SameAs>> read_same_as(sqlite3* db, std::string_view who,
                                           const TrainOptions& options, const OptionNames* said,
                                           Monitor& monitor) {
  if (options.same_as.empty()) return std::optional<SameAs>();
  SUBJREC_ASSIGN(SameAs same, SameAs::read(db, who,
                                           {.text = options.same_as,
                                            .argument = "option \"same_as\"",
                                            .columns = "subject and canonical",
                                            .remembered = is_remembered(said, "same_as")},
                                           monitor));
  return std::optional<SameAs>(std::move(same));
}

Result<size_t> add_unseen_subjects(sqlite3* db, std::string_view who, const TrainOptions& options,
                                   const OptionNames* said, const SameAs* same_as,
                                   IdTable* subjects, TrainData* data, Monitor& monitor) {
  SUBJREC_ASSIGN(const SubjectLabelRows labels,
                 SubjectLabelRows::read(db, who, options, is_remembered(said, "subject_labels"),
                                        *subjects, monitor));
  const size_t known = subjects->size();
  const IdTable& unknown = labels.unknown_subjects();
  for (size_t i = 0; i < unknown.size(); ++i) {
    subjects->intern(same_as == nullptr ? unknown[i] : same_as->canonical(unknown[i]));
  }
  SUBJREC_ASSIGN(const std::vector<uint32_t> moved, subjects->sort(monitor));
  for (uint32_t& s : data->interactions.subjects) s = moved[s];
  data->interactions.n_subjects = moved.size();
  data->unseen_subjects.assign(moved.begin() + static_cast<ptrdiff_t>(known), moved.end());
  std::sort(data->unseen_subjects.begin(), data->unseen_subjects.end());
  return same_as == nullptr ? Result<size_t>(size_t{0}) : same_as->add_aliases(subjects, monitor);
}

Result<WorkFeatures> read_features_of_works(sqlite3* db, std::string_view who,
                                            const TrainOptions& options, const OptionNames* said,
                                            bool limited, const IdTable& works, Monitor& monitor,
                                            WorkTextCounts* texts, const SubjectLabelRows* labels) {
  const auto add_words = [&](const AddFeature& add) -> Status {
    SUBJREC_ASSIGN(const WorkTextCounts counts,
                   read_work_text(db, who, options, is_remembered(said, "work_text"), limited,
                                  works, monitor, add));
    if (texts != nullptr) *texts = counts;
    if (labels != nullptr) labels->intern_words(add);
    return {};
  };
  std::function<Status(const AddFeature&)> more;
  if (!options.work_text.empty()) more = add_words;
  return read_work_features(db, who,
                            {.text = options.work_features,
                             .argument = "option \"work_features\"",
                             .columns = "work and feature",
                             .remembered = is_remembered(said, "work_features")},
                            works, monitor, "work", more);
}

Result<SideInformation> read_side_information(sqlite3* db, std::string_view who,
                                              const TrainOptions& options, const OptionNames* said,
                                              const IdTable& works, const IdTable& subjects,
                                              TrainData* data, Monitor& monitor) {
  SideInformation priors;
  const auto source = [&](const std::string& text, const char* argument, const char* columns) {
    // Of an argument like: option "work_features"
    const std::string_view quoted = std::string_view(argument).substr(8);
    const std::string_view name = quoted.substr(0, quoted.size() - 1);
    return SourceText{.text = text,
                      .argument = argument,
                      .columns = columns,
                      .remembered = is_remembered(said, name)};
  };
  if (!options.work_features.empty() || !options.work_text.empty()) {
    WorkTextCounts texts;
    std::optional<SubjectLabelRows> labels;
    if (!options.subject_labels.empty()) {
      SUBJREC_ASSIGN(labels,
                     SubjectLabelRows::read(db, who, options, is_remembered(said, "subject_labels"),
                                            subjects, monitor));
      priors.summary.add("labels", labels->labels());
      priors.summary.add("subjects_on_no_work", data->unseen_subjects.size());
    }
    SUBJREC_ASSIGN(WorkFeatures read,
                   read_features_of_works(db, who, options, said, true, works, monitor, &texts,
                                          labels ? &*labels : nullptr));
    if (labels) {
      SUBJREC_ASSIGN(data->labels, labels->by_features(read.features, monitor));
    }
    if (!options.work_text.empty()) {
      priors.summary.add("texts", texts.texts).add("texts_of_unknown_works", texts.unknown_works);
    }
    priors.summary.add("features", read.features.size());
    priors.summary.add("features_of_unknown_works", read.unknown_works);
    priors.features = std::move(read.features);
    data->work_features = std::move(read.rows);
  }
  if (!options.subject_features.empty()) {
    SUBJREC_ASSIGN(WorkFeatures read,
                   read_work_features(db, who,
                                      source(options.subject_features,
                                             "option \"subject_features\"", "subject and feature"),
                                      subjects, monitor, "subject"));
    priors.summary.add("subject_features", read.features.size());
    priors.summary.add("features_of_unknown_subjects", read.unknown_works);
    data->subject_features = std::move(read.rows);
  }
  const auto vectors = [&](const std::string& text, const char* argument, const char* columns,
                           const char* what, const IdTable& ids, PretrainedVectors* out) -> Status {
    if (text.empty()) return {};
    SUBJREC_ASSIGN(
        VectorRows read,
        read_pretrained_vectors(db, who, source(text, argument, columns), what, ids, monitor));
    const std::string name = what;
    priors.summary.add(name + "_vectors", read.known);
    priors.summary.add("vectors_of_unknown_" + name + "s", read.unknown);
    *out = std::move(read.vectors);
    return {};
  };
  SUBJREC_TRY(vectors(options.work_vectors, "option \"work_vectors\"", "work and vector", "work",
                      works, &data->work_vectors));
  SUBJREC_TRY(vectors(options.subject_vectors, "option \"subject_vectors\"", "subject and vector",
                      "subject", subjects, &data->subject_vectors));
  return priors;
}

}  // namespace subjrec
