// The options of an import: one struct, one table of names and defaults.
#pragma once

#include <string>

#include "core/options/option_table.h"

namespace subjrec {

struct ImportOptions {
  std::string level = "concept";  // a subject is a "concept", or a whole "heading"
  std::string schema = "main";    // the database that is filled
  std::string missing = "keep";   // what this snapshot lacks: "keep" it, or "delete" it
  bool features = true;           // also fill features and work_features
  bool progress = false;          // draw a line on standard error where it is a terminal

  OptionNames given;  // which of these were said, rather than left at their default
};

/// Names, choices and spellings of the fields above, in the order of the reference page.
const OptionTable<ImportOptions>& import_option_table();

}  // namespace subjrec
