// The shape of a catalogue's records: where a record has its id, its title, its subjects.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/ingest/json_path.h"

namespace subjrec {

/// A list of {id, label, type, weight}, each of whose members has a path. A path in the options
/// leads from the record; here it is cut at its last [*]: `list` leads to the items, the others on
/// from there.
struct ListPaths {
  JsonPath list;
  std::optional<JsonPath> id, label, type, weight;
};

struct FeaturePaths {
  std::string kind;
  ListPaths items;
};

/// What the options call the parts of a record, for messages.
struct PartNames {
  std::string_view id = "work_id";
  std::string_view title = "title";
  std::string_view alternative_titles = "alternative_titles";
  std::string_view type = "work_type";
  std::string_view subject_id = "subject_id";
};

/// `"shape": "marc"`, or `"shape": {"work_id": "$.id", "subject_id": "$.concepts[*].id", ...}`.
struct Shape {
  enum class Reader { kWellcome, kMarc, kMapped };

  std::string name = "wellcome";
  Reader reader = Reader::kWellcome;
  bool label_as_id = false;  // unless the option without_id says otherwise
  bool text_lines = false;   // a line that is no JSON is a text, a tab and <ids> (Annif)
  bool weighted = false;     // subjects have weights
  bool vocabulary = false;   // the records are subjects, see read_vocabulary_shape()
  PartNames names;

  // Of a mapping; of several paths, the first that leads to something counts.
  std::vector<JsonPath> work_id, title, alternative_titles, work_type, production_date;
  std::vector<ListPaths> subjects;  // all of these
  std::vector<FeaturePaths> features;
};

/// A name or a JSON object. An error says which member, what was wanted and what was got.
Result<Shape> read_shape(std::string_view text);

/// The shape of a vocabulary's records: "" for the usual one, or a JSON object. A subject is read
/// as a work that has its label for title, its alternative labels for titles, what is broader for
/// subjects, and what is narrower for features of the kind "narrower".
Result<Shape> read_vocabulary_shape(std::string_view text);

/// "wellcome", "marc", ...
const std::vector<std::string_view>& shape_names();

/// The named shape that records with these members seem to have; empty for none.
std::string_view guess_shape(const std::vector<std::string>& members);

}  // namespace subjrec
