// What a training is told besides (work, subject): features and prior vectors.
#pragma once

#include <string>
#include <string_view>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/model/train_data.h"
#include "core/train/options.h"
#include "sqlite/source/source.h"

namespace subjrec {

struct SideInformation {
  IdTable features;     // of the works, in order
  std::string summary;  // what was read, as members of a JSON object, each with a comma before it
};

/// Reads what the options name, into `data`. Options that are not among `said` were found in the
/// database file (SourceText::remembered); null: the caller said all of them.
Result<SideInformation> read_side_information(sqlite3* db, std::string_view who,
                                              const TrainOptions& options, const OptionNames* said,
                                              const IdTable& works, const IdTable& subjects,
                                              TrainData* data, Monitor& monitor);

}  // namespace subjrec
