// The options of an import: one struct, one table of names and defaults.
#pragma once

#include <string>

#include "core/options/option_table.h"

namespace subjrec {

struct ImportOptions {
  std::string kind = "works";      // what the records are: "works", or subjects ("vocabulary")
  std::string shape = "wellcome";  // a named shape, or an object of JSON paths (shape.h)
  std::string level = "concept";   // a subject is a "concept", a whole "heading", or either: "both"
  std::string without_id = "auto";  // concepts without an id: "skip", "label"; "auto": as shaped
  std::string records;              // JSON pointer to the records in a page; not given: found out
  std::string schema = "main";      // the database that is filled
  std::string missing = "keep";     // what this snapshot lacks: "keep" it, or "delete" it
  double skipped_limit = 0.001;     // share of the records that may be skipped
  double delete_limit = 0.1;        // share of the works that `missing` may delete
  int shards = 1;                   // files that the works are spread over
  int shard = 0;                    // which of them this is, from 0
  bool features = true;             // also fill features and work_features
  bool progress = false;            // draw a line on standard error where it is a terminal

  OptionNames given;  // which of these were said, rather than left at their default
};

/// Names, choices and spellings of the fields above, in the order of the reference page.
const OptionTable<ImportOptions>& import_option_table();

/// Reads a JSON object; other than the table alone it takes an object for "shape".
Status read_import_options(std::string_view who, std::string_view json, ImportOptions* options);

}  // namespace subjrec
