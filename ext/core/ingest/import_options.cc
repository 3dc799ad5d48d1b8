#include "core/ingest/import_options.h"

namespace subjrec {

const OptionTable<ImportOptions>& import_option_table() {
  using O = ImportOptions;
  static const OptionTable<O> table(
      {
          {.name = "kind",
           .field = &O::kind,
           .choices = {"works", "vocabulary"},
           .help = "what the records are: works, or the subjects of a vocabulary"},
          {.name = "shape",
           .field = &O::shape,
           .choices = {},
           .help = "what the records look like: wellcome, marc, annif, openalex, datacite, "
                   "openlibrary, or an object of JSON paths"},
          {.name = "level",
           .field = &O::level,
           .choices = {"concept", "heading", "both"},
           .help =
               "what a subject is: each concept of a heading, the whole heading, or all of these"},
          {.name = "without_id",
           .field = &O::without_id,
           .choices = {"auto", "skip", "label"},
           .help = "subjects and features without an id: left out, or known by their label; auto: "
                   "as is usual in their shape"},
          {.name = "records",
           .field = &O::records,
           .choices = {},
           .help = "JSON pointer to the array that holds the records in each document, like "
                   "/hits/hits; by default it is found"},
          {.name = "schema",
           .field = &O::schema,
           .choices = {},
           .help = "the attached database to fill"},
          {.name = "missing",
           .field = &O::missing,
           .choices = {"keep", "delete"},
           .help = "what to do with works, subjects and features that this snapshot lacks"},
          {.name = "skipped_limit",
           .field = &O::skipped_limit,
           .least = 0,
           .most = 1,
           .choices = {},
           .help = "share of the records that may be skipped; with more, nothing is imported"},
          {.name = "delete_limit",
           .field = &O::delete_limit,
           .least = 0,
           .most = 1,
           .choices = {},
           .help = "share of the works that missing = delete may delete; with more, nothing is "
                   "imported"},
          {.name = "shards",
           .field = &O::shards,
           .least = 1,
           .most = 65536,
           .choices = {},
           .help = "how many databases the works are spread over, by their ids; each imports the "
                   "whole snapshot, and keeps its own works"},
          {.name = "shard",
           .field = &O::shard,
           .least = 0,
           .most = 65535,
           .choices = {},
           .help = "which of the shards this is, from 0"},
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
          {"format", "shape"},
          {"mapping", "shape"},
          {"pointer", "records"},
          {"max_skipped", "skipped_limit"},
          {"max_deleted", "delete_limit"},
      });
  return table;
}

Status read_import_options(std::string_view who, std::string_view json, ImportOptions* options) {
  SUBJREC_ASSIGN(const auto pairs, option_detail::read_json(who, json));
  OptionNames seen;
  for (const auto& [key, value] : pairs) {
    if (!seen.insert(key).second) {
      return {Code::kInvalid, std::string(who) + ": option \"" + key + "\" is given twice"};
    }
    const bool mapping = key == "shape" && value.kind == OptionValue::Kind::kRaw;
    if (mapping) {
      options->shape = value.text;
      options->given.insert(key);
    } else {
      SUBJREC_TRY(import_option_table().set(who, key, value, options));
    }
  }
  if (options->kind == "vocabulary") {
    for (const char* of_works : {"level", "without_id", "shards", "shard", "features"}) {
      if (options->given.count(of_works) == 0) continue;
      return {Code::kInvalid, std::string(who) + ": option \"" + of_works +
                                  "\" is for works, and says nothing of {\"kind\": "
                                  "\"vocabulary\"}"};
    }
  }
  if (options->shard >= options->shards) {
    return {Code::kInvalid,
            std::string(who) + ": option \"shard\" must be a whole number from 0 to " +
                std::to_string(options->shards - 1) + ", below option \"shards\" = " +
                std::to_string(options->shards) + ", got " + std::to_string(options->shard)};
  }
  return {};
}

}  // namespace subjrec
