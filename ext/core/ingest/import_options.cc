#include "core/ingest/import_options.h"

namespace subjrec {

const OptionTable<ImportOptions>& import_option_table() {
  using O = ImportOptions;
  static const OptionTable<O> table(
      {
          {.name = "level",
           .field = &O::level,
           .choices = {"concept", "heading"},
           .help = "what a subject is: each concept of a heading, or the whole heading"},
          {.name = "schema",
           .field = &O::schema,
           .choices = {},
           .help = "the attached database to fill"},
          {.name = "missing",
           .field = &O::missing,
           .choices = {"keep", "delete"},
           .help = "what to do with works, subjects and features that this snapshot lacks"},
          {.name = "features",
           .field = &O::features,
           .choices = {},
           .help = "also keep contributors, genres, languages and work types"},
          {.name = "progress",
           .field = &O::progress,
           .choices = {},
           .help = "draw a line with counts and rate on standard error, where that is a terminal"},
      },
      {
          {"granularity", "level"},
          {"subject_level", "level"},
          {"database", "schema"},
          {"db", "schema"},
          {"replace", "missing"},
          {"delete_missing", "missing"},
          {"prune", "missing"},
          {"verbose", "progress"},
      });
  return table;
}

}  // namespace subjrec
