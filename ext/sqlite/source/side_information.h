// What a training is told besides (work, subject): features and prior vectors.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/json_writer.h"
#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/model/train_data.h"
#include "core/train/options.h"
#include "sqlite/source/same_as.h"
#include "sqlite/source/source.h"
#include "sqlite/source/subject_labels.h"
#include "sqlite/source/work_text.h"

namespace subjrec {

struct SideInformation {
  IdTable features;    // of the works, in order
  JsonWriter summary;  // what was read
};

/// The twins that the option `same_as` names, or nothing. `said` as below.
Result<std::optional<SameAs>> read_same_as(sqlite3* db, std::string_view who,
                                           const TrainOptions& options, const OptionNames* said,
                                           Monitor& monitor);

/// Makes subjects of those that `subject_labels` has a label of and no work carries, in their place
/// in the order of ids; they are TrainData::unseen_subjects then. Returns the number of twins that
/// all subjects have. `said` as below.
Result<size_t> add_unseen_subjects(sqlite3* db, std::string_view who, const TrainOptions& options,
                                   const OptionNames* said, const SameAs* same_as,
                                   IdTable* subjects, TrainData* data, Monitor& monitor);

/// The features of works that `work_features` and `work_text` name, or none. `limited`: common
/// words are left out, as for a training. What was counted of the texts goes to `texts` where it is
/// given; words of `labels` are features, too. `said` as below.
Result<WorkFeatures> read_features_of_works(sqlite3* db, std::string_view who,
                                            const TrainOptions& options, const OptionNames* said,
                                            bool limited, const IdTable& works, Monitor& monitor,
                                            WorkTextCounts* texts = nullptr,
                                            const SubjectLabelRows* labels = nullptr);

/// Reads what the options name, into `data`. Options that are not among `said` were found in the
/// database file (SourceText::remembered); null: the caller said all of them.
Result<SideInformation> read_side_information(sqlite3* db, std::string_view who,
                                              const TrainOptions& options, const OptionNames* said,
                                              const IdTable& works, const IdTable& subjects,
                                              TrainData* data, Monitor& monitor);

}  // namespace subjrec
